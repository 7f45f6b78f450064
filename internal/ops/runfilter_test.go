package ops

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
)

func TestRunFilter(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	f, err := ParseRunFilter(RunWords{
		Statuses: []string{"completed", "pending", "paused"}, Workflow: " welcome ", Recipient: "projects/atlas", Key: "invite-9*", Since: "2h", Until: "30m",
	})
	if err != nil {
		t.Fatal(err)
	}
	q := f.Query(now)
	if want := append(slices.Clone(client.PendingStatuses), client.RunCompleted); !slices.Equal(q.Statuses, want) {
		t.Errorf("statuses %v, want %v", q.Statuses, want)
	}
	if q.Workflow != "welcome" || q.Recipient == nil || q.Recipient.Collection != "projects" || !q.StartingAt.Equal(now.Add(-2*time.Hour)) || !q.EndingAt.Equal(now.Add(-30*time.Minute)) {
		t.Errorf("asks Knock for %+v", q)
	}
	var r client.Run
	for key, want := range map[string]bool{"invite-99": true, "invite-9": true, "invite-1": false, "": false} {
		if r.TriggerSource.CancellationKey = key; f.Matches(&r) != want {
			t.Errorf("key %q: %v, want %v", key, !want, want)
		}
	}
	if !f.Counted() {
		t.Error("an age counts by Knock's clock")
	}
}

func TestRunFilterSaysWhichWordIsWrong(t *testing.T) {
	for flag, w := range map[string]RunWords{
		"status": {Statuses: []string{"sleeping"}}, "to": {Recipient: "/x"}, "since": {Since: "yesterday"}, "until": {Since: "1h", Until: "2h"},
	} {
		var wrong *WordError
		if _, err := ParseRunFilter(w); !errors.As(err, &wrong) || wrong.Flag != flag {
			t.Errorf("%+v: %v, want an error of %s", w, err, flag)
		}
	}
	f, err := ParseRunFilter(RunWords{})
	if err != nil || !slices.Equal(f.Statuses, client.PendingStatuses) || f.Counted() || !f.Matches(&client.Run{}) {
		t.Errorf("without a word it is %+v, %v", f, err)
	}
}
