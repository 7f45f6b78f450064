package ops

import (
	"strings"

	"github.com/knockops/knockops/client"
)

// Sign is what an event of a run says about why nothing was sent.
type Sign string

// The signs of run events. Knock documents neither their names nor their data.
const (
	ByPreference Sign = "preference"
	ByAddress    Sign = "address"
	ByCondition  Sign = "condition"
	ByThrottle   Sign = "throttle"
	ByBatch      Sign = "batch"
	ByFrozen     Sign = "workflow_inactive"
	ByCancel     Sign = "cancel"
)

// exactSigns are signs by an event's name and its data's reason, wordSigns those of events of other names.
var (
	exactSigns = map[string]Sign{
		"step_skipped/preferences": ByPreference, "step_skipped/missing_channel_data": ByAddress,
		"step_skipped/conditions_not_met": ByCondition, "step_skipped/no_branch_matched": ByCondition, "conditions_not_met": ByCondition,
		"throttled": ByThrottle, "batch_handed_over": ByBatch, "run_cancelled/workflow_inactive": ByFrozen,
	}
	wordSigns = []struct {
		word string
		sign Sign
	}{
		{"preference", ByPreference}, {"channel_data", ByAddress}, {"channel data", ByAddress}, {"condition", ByCondition},
		{"throttled", ByThrottle}, {"workflow_inactive", ByFrozen}, {"cancel", ByCancel},
	}
)

// SignOf reads what an event says; exact is false where it is guessed from words in it.
func SignOf(e client.RunEvent) (sign Sign, exact bool) {
	reason, _ := e.Data["reason"].(string)
	if sign, ok := exactSigns[strings.TrimSuffix(e.Event+"/"+reason, "/")]; ok {
		return sign, true
	}
	if e.Event == "run_cancelled" {
		return ByCancel, true
	}
	text := strings.ToLower(e.Event + " " + reason)
	for _, w := range wordSigns {
		if strings.Contains(text, w.word) && e.Status != "error" {
			return w.sign, false
		}
	}
	return "", false
}

// Signed is the first event of a sign.
func Signed(events []client.RunEvent, sign Sign) (e client.RunEvent, exact, ok bool) {
	for _, e := range events {
		if s, exact := SignOf(e); s == sign {
			return e, exact, true
		}
	}
	return e, false, false
}

// skipped reports whether an event tells of something that was not done.
func skipped(e client.RunEvent) bool {
	if e.Status == "error" {
		return false
	}
	sign, _ := SignOf(e)
	return sign == ByPreference || sign == ByAddress || sign == ByCondition || sign == ByThrottle || strings.Contains(e.Event, "skipped")
}
