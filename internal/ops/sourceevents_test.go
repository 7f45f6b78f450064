package ops

import (
	"testing"
	"time"

	"github.com/knockops/knockops/client"
)

// What came of an event is told by its actions, and where it had none by what is mapped and by what it repeats.
func TestSourceEvents(t *testing.T) {
	source := client.Source{Key: "shop", Mappings: []client.SourceMapping{
		{Event: "shipped", Action: "workflows_trigger", Active: true},
		{Event: "off", Action: "workflows_trigger"},
		{Event: "both", Action: "workflows_trigger"}, {Event: "both", Action: "users_identify", Active: true},
	}}
	at := time.Date(2026, 11, 27, 14, 2, 1, 0, time.Local)
	log := func(event, messageID string, actions ...client.SourceLogAction) client.SourceLog {
		return client.SourceLog{Event: event, InsertedAt: at, Data: map[string]any{"messageId": messageID}, Actions: actions}
	}
	trigger := client.SourceLogAction{
		Type: "workflows_trigger", Status: "success", Parameters: map[string]any{"key": "w"}, Result: map[string]any{"id": "run1"},
		Payload: map[string]any{"recipients": []any{map[string]any{"collection": "$users", "id": "sam"}, map[string]any{"collection": "projects", "id": "atlas"}, "dana"}},
	}
	refused := client.SourceLogAction{
		Type: "workflows_trigger", Status: "error", Parameters: map[string]any{"key": "w"},
		Result: map[string]any{"id": "e1", "code": "workflow_inactive", "message": "It is off."},
	}
	identify := client.SourceLogAction{Type: "users_identify", Status: "success"}
	for _, c := range []struct {
		name    string
		logs    []client.SourceLog // the first is told of
		outcome SourceOutcome
		words   string
	}{
		{"triggered", []client.SourceLog{log("shipped", "m1", trigger)}, SourceActed, "triggered w"},
		{"identified", []client.SourceLog{log("both", "m1", identify)}, SourceActed, "users identify success"},
		{"refused", []client.SourceLog{log("shipped", "m1", identify, refused)}, SourceRefused, "users identify success; workflow_inactive: trigger w (It is off.)"},
		{"unmatched", []client.SourceLog{log("never", "m1")}, SourceUnmatched, "matched nothing"},
		{"inactive", []client.SourceLog{log("off", "m1")}, SourceInactive, "its mapping is inactive"},
		{"one of two is active", []client.SourceLog{log("both", "m1")}, SourceIdle, "did nothing: a duplicate, or mapped since"},
		{"duplicate", []client.SourceLog{log("shipped", "m1"), log("shipped", "m2"), log("shipped", "m1", trigger)}, SourceDuplicate, "duplicate of 2026-11-27 14:02:01"},
		{"no message id", []client.SourceLog{log("never", ""), log("never", "")}, SourceUnmatched, "matched nothing"},
		{"the same id again, with actions", []client.SourceLog{log("shipped", "m1", trigger), log("shipped", "m1", trigger)}, SourceActed, "triggered w"},
	} {
		if got := SourceEvents(source, c.logs)[0]; got.Outcome != c.outcome || got.Words != c.words {
			t.Errorf("%s: %s %q", c.name, got.Outcome, got.Words)
		}
	}
	got := SourceEvents(source, []client.SourceLog{log("shipped", "m1", trigger)})[0].Triggers[0]
	if got.WorkflowRunID != "run1" || len(got.Recipients) != 3 || got.Recipients[0].Ref != (client.Ref{ID: "sam"}) || got.Recipients[1].Ref != (client.Ref{Collection: "projects", ID: "atlas"}) {
		t.Errorf("triggered %+v", got)
	}
	if got := SourceEvents(client.Source{}, []client.SourceLog{log("shipped", "m1")})[0]; got.Outcome != SourceIdle || got.Words != "did nothing" {
		t.Errorf("of a source that was not read it is said %s %q", got.Outcome, got.Words)
	}
}

// A Knock that does not log what it had before is not waited for, and a repeat is not taken for what it repeats.
func TestWhatKnockHadBeforeIsADuplicate(t *testing.T) {
	earlier := client.SourceLog{ID: "l1", Event: "shipped", Actions: []client.SourceLogAction{{Type: "users_identify", Status: "success"}}}
	caused, err := (&Session{}).Caused(t.Context(), SentEvent{before: &earlier})
	if err != nil || caused.Outcome != SourceDuplicate || caused.Log.ID != "l1" {
		t.Errorf("%s %+v %v", caused.Outcome, caused.Log, err)
	}
}
