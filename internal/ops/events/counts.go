package events

import "time"

const (
	countSeconds = 60
	// maxTypes bounds how many types are told apart: what Knock sends has 26,
	// what somebody else makes up has no end.
	maxTypes   = 200
	otherTypes = "other types"
)

// Counts counts events as they pass.
type Counts struct {
	Total, Unverified int
	ByType            map[string]int

	perSecond [countSeconds]struct {
		second int64
		n      int
	}
}

// Add counts an event.
func (t *Counts) Add(e Event) {
	if t.ByType == nil {
		t.ByType = map[string]int{}
	}
	t.Total++
	kind := e.Type
	if _, known := t.ByType[kind]; !known && len(t.ByType) >= maxTypes {
		kind = otherTypes
	}
	t.ByType[kind]++
	if e.Reconstructed {
		return // it came from the API, at no rate and from nobody
	}
	if !e.Verified {
		t.Unverified++
	}
	second := e.ReceivedAt.Unix()
	switch at := &t.perSecond[second%countSeconds]; {
	case at.second == second:
		at.n++
	case at.second < second:
		at.second, at.n = second, 1
	}
}

// Rates are the events of each of the last 60 whole seconds, oldest first.
func (t *Counts) Rates(now time.Time) []float64 {
	rates := make([]float64, countSeconds)
	for i := range rates {
		second := now.Unix() - int64(countSeconds-i)
		if at := t.perSecond[second%countSeconds]; at.second == second {
			rates[i] = float64(at.n)
		}
	}
	return rates
}

// Failures tells how many messages were not delivered, of all whose delivery
// was decided.
func (t *Counts) Failures() (failed, decided int) {
	failed = t.ByType["message.undelivered"] + t.ByType["message.bounced"]
	return failed, failed + t.ByType["message.delivered"]
}
