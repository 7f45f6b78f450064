package emulator

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// consistent says what in a webhook's object contradicts the webhook, or "".
func consistent(event m) string {
	what, did, _ := strings.Cut(event["type"].(string), ".")
	data, _ := event["data"].(m)
	told, _ := event["event_data"].(m)
	at := map[string]string{
		"seen": "seen_at", "read": "read_at", "archived": "archived_at", "interacted": "interacted_at", "link_clicked": "link_clicked_at",
		"unseen": "seen_at", "unread": "read_at", "unarchived": "archived_at",
	}[did]
	switch {
	case what == "workflow_recipient_run" && did == "error" && (data["error_count"] == 0.0 || data["status"] != "completed"):
		return "a run that failed without an error"
	case what == "workflow_recipient_run" && did == "completed" && data["status"] != "completed":
		return "a completed run that is not"
	case what == "message" && slices.Contains(messageStatuses, did) && data["status"] != did:
		return "a message that is " + data["status"].(string)
	case at != "" && strings.HasPrefix(did, "un") != (data[at] == nil):
		return "a message whose " + at + " says otherwise"
	case did == "committed" && told["commit_id"] == nil, did == "delivery_attempted" && told["attempt"] == nil,
		(did == "undelivered" || did == "bounced") && told["failure_reason"] == nil, did == "link_clicked" && told["url"] == nil:
		return "no event_data"
	case did == "bounced" && data["channel"].(m)["type"] == "push" && told["token"] == nil:
		return "a push message that bounced without a token"
	}
	return ""
}

func TestLivelyTrafficHasEverything(t *testing.T) {
	fullscale.Unraced(t)
	l := &listener{}
	o := l.options(nil)
	o.Lively = true
	inBubble(t, o, func(b *bed) {
		b.pass(3 * time.Hour)
		got := map[string]int{}
		for _, d := range l.got {
			got[d.event["type"].(string)]++
			if wrong := consistent(d.event); wrong != "" {
				b.Errorf("%s: %s: %s", d.event["type"], wrong, d.body)
			}
			if told, ok := d.event["event_data"].(m); ok && told["commit_id"] != nil {
				b.must("GET", "/v1/commits/"+told["commit_id"].(string), nil)
			}
		}
		for kind := range hookTypes {
			if got[kind] == 0 {
				b.Errorf("no %s in three hours", kind)
			}
		}
		sources := map[string]bool{}
		for _, r := range b.Runs() {
			sources[r.Source] = true
		}
		want := []string{"api", "audience", "broadcast", "integration", "rehearsal", "schedule", "workflow_step"}
		if got := slices.Sorted(maps.Keys(sources)); !slices.Equal(got, want) {
			b.Errorf("runs come from %q, want %q", got, want)
		}
	})
}

func TestSamplesFitTheirObjects(t *testing.T) {
	l := &listener{}
	inBubble(t, l.options(nil), func(b *bed) {
		b.trigger("order-shipped", m{"recipients": list("dana"), "data": m{"order_id": "o"}})
		b.pass(time.Minute)
		before := len(l.got)
		for kind := range hookTypes {
			b.must("POST", "/_emulator/webhooks/"+kind, m{})
		}
		b.pass(time.Second)
		for _, d := range l.got[before:] {
			if wrong := consistent(d.event); wrong != "" {
				b.Errorf("%s: %s: %s", d.event["type"], wrong, d.body)
			}
		}
		if n := len(l.got) - before; n != len(hookTypes) {
			b.Errorf("%d webhooks for %d samples", n, len(hookTypes))
		}
	})
}
