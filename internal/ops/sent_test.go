package ops_test

import (
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

func TestSentNothing(t *testing.T) {
	type events = []client.RunEvent
	at := func(ref, kind, event, status string, data map[string]any) client.RunEvent {
		return client.RunEvent{StepRef: ref, StepType: kind, Event: event, Status: status, Data: data}
	}
	skip := at("email_1", "channel", "step_skipped", "ok", map[string]any{"reason": "preferences", "setting": "channel_types.email"})
	made := at("email_2", "channel", "message_enqueued", "ok", map[string]any{"message_id": "m"})
	failed := at("email_2", "channel", "step_failed", "error", map[string]any{"error": "timeout"})
	condition := at("", "", "conditions_not_met", "ok", map[string]any{"condition": "data.x is 1"})
	for _, c := range []struct {
		name     string
		status   client.RunStatus
		events   events
		messages []client.Message
		nothing  bool
		reason   string
	}{
		{"skipped", client.RunCompleted, events{skip}, nil, true, "email_1: a preference switches it off (channel_types.email)"},
		{"condition of the workflow", client.RunCompleted, events{condition}, nil, true, "its conditions did not hold (data.x is 1)"},
		{"skipped and failed", client.RunCompleted, events{skip, failed, failed}, nil, true, "email_1: a preference switches it off (channel_types.email); email_2: failed (timeout)"},
		{"no step that sends", client.RunCompleted, events{at("f", "http_fetch", "fetch_succeeded", "ok", nil)}, nil, true, "no step of it sent a message"},
		{"one of two was made", client.RunCompleted, events{skip, made}, nil, false, ""},
		{"made at the second attempt", client.RunCompleted, events{failed, made}, nil, false, ""},
		{"an unknown event of a channel", client.RunCompleted, events{at("email_1", "channel", "novel", "ok", nil)}, nil, false, ""},
		{"a message is known", client.RunCompleted, events{skip}, []client.Message{{}}, false, ""},
		{"still pending", client.RunPaused, events{skip}, nil, false, ""},
		{"cancelled", client.RunCancelled, events{skip}, nil, false, ""},
		{"read without its events", client.RunCompleted, nil, nil, false, ""},
	} {
		reason, nothing := ops.SentNothing(client.Run{Status: c.status, Events: c.events}, c.messages)
		if nothing != c.nothing || reason != c.reason {
			t.Errorf("%s: %t, %q", c.name, nothing, reason)
		}
	}
}

// What was read whole is remembered for lists, which tell no events.
func TestListsKnowWhatWasReadWhole(t *testing.T) {
	s := &ops.Session{}
	quiet := client.Run{ID: "quiet", Status: client.RunCompleted, Events: []client.RunEvent{{Event: "triggered", Status: "ok"}}}
	sent := quiet
	sent.ID = "sent"
	s.Learn(quiet, nil)
	s.Learn(sent, []client.Message{{ID: "m"}})
	if !s.Silent("quiet") || s.Silent("sent") || s.Silent("other") {
		t.Errorf("quiet %v, sent %v, other %v", s.Silent("quiet"), s.Silent("sent"), s.Silent("other"))
	}
}
