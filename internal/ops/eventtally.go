package ops

import "time"

const (
	tallySeconds = 60
	// tallyTypes bounds how many types are told apart: what Knock sends has 26,
	// what somebody else makes up has no end.
	tallyTypes = 200
	otherTypes = "other types"
)

// EventTally counts events as they pass.
type EventTally struct {
	Total, Unverified int
	ByType            map[string]int

	perSecond [tallySeconds]struct {
		second int64
		n      int
	}
}

// Add counts an event.
func (t *EventTally) Add(e Event) {
	if t.ByType == nil {
		t.ByType = map[string]int{}
	}
	t.Total++
	kind := e.Type
	if _, known := t.ByType[kind]; !known && len(t.ByType) >= tallyTypes {
		kind = otherTypes
	}
	t.ByType[kind]++
	if !e.Verified {
		t.Unverified++
	}
	second := e.ReceivedAt.Unix()
	switch at := &t.perSecond[second%tallySeconds]; {
	case at.second == second:
		at.n++
	case at.second < second:
		at.second, at.n = second, 1
	}
}

// Rates are the events of each of the last 60 whole seconds, oldest first.
func (t *EventTally) Rates(now time.Time) []float64 {
	rates := make([]float64, tallySeconds)
	for i := range rates {
		second := now.Unix() - int64(tallySeconds-i)
		if at := t.perSecond[second%tallySeconds]; at.second == second {
			rates[i] = float64(at.n)
		}
	}
	return rates
}

// Failures tells how many messages were not delivered, of all whose delivery
// was decided.
func (t *EventTally) Failures() (failed, decided int) {
	failed = t.ByType["message.undelivered"] + t.ByType["message.bounced"]
	return failed, failed + t.ByType["message.delivered"]
}
