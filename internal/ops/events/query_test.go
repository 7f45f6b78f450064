package events

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseEventQuery(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	q, err := ParseQuery(`type:message.*,run.error workflow:welcome to:projects/atlas run:r1 trigger:t1 tenant:acme message:m1 channel:c1 key:"invite 9" verified:no since:2h failed timeout "no such mailbox"`, now)
	if err != nil {
		t.Fatal(err)
	}
	f := q.Filter
	if !slices.Equal(f.Types, []string{"message.*", "workflow_recipient_run.error"}) || f.Workflow != "welcome" || f.Recipient != "projects/atlas" ||
		f.RunID != "r1" || f.WorkflowRunID != "t1" || f.Tenant != "acme" || f.MessageID != "m1" || f.ChannelID != "c1" || f.Key != "invite 9" ||
		f.Verified == nil || *f.Verified || !f.Since.Equal(now.Add(-2*time.Hour)) || !f.Failures || f.Text != `timeout "no such mailbox"` {
		t.Errorf("the filter is %+v", f)
	}
	if len(q.Words) != 14 || q.String() == "" {
		t.Errorf("%d words: %s", len(q.Words), q)
	}
}

func TestEventQueryRecipients(t *testing.T) {
	for typed, want := range map[string]string{
		"to:dana": "dana", "to:projects/atlas": "projects/atlas", `to:"ops/night shift"`: `"ops/night shift"`, `to:"Ana B"`: "Ana B",
	} {
		q, err := ParseQuery(typed, time.Now())
		if err != nil || q.Filter.Recipient != want {
			t.Errorf("%s asks for %q (%v), want %q", typed, q.Filter.Recipient, err, want)
		}
	}
}

func TestEventQueryErrorsSayWhatToType(t *testing.T) {
	for typed, want := range map[string]string{
		"typ:x":            "did you mean type:?",
		"http://x":         "put text with a colon in double quotes",
		"to:":              "to: wants something",
		"verified:perhaps": "verified:yes",
		"since:soon":       "15m, 2h or 3d",
		`"open`:            "not closed",
	} {
		if _, err := ParseQuery(typed, time.Now()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", typed, err, want)
		}
	}
	if q, err := ParseQuery(`"http://x" "failed"`, time.Now()); err != nil || q.Filter.Text != `"http://x" "failed"` || q.Filter.Failures {
		t.Errorf("quoted text: %+v, %v", q.Filter, err)
	}
}

func TestEventQueryPartsComeAndGo(t *testing.T) {
	var q Query
	q = q.With(Word("to", "Ana B")).Toggled(FailedWord)
	if q.String() != `to:"Ana B" failed` || !q.Filter.Failures {
		t.Errorf("%s: %+v", q, q.Filter)
	}
	if q = q.Toggled(FailedWord); q.String() != `to:"Ana B"` || q.Filter.Failures {
		t.Errorf("%s: %+v", q, q.Filter)
	}
}

// Whatever is typed, what was understood of it can be written and read again.
func TestEventQueryRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringMatching(`([a-z]{1,8}:?"?[a-zé ./*\\"]{0,8}"? ?){0,5}`).Draw(t, "typed")
		q, err := ParseQuery(typed, time.Time{})
		if err != nil {
			return
		}
		again, err := ParseQuery(q.String(), time.Time{})
		if err != nil || again.String() != q.String() || again.Filter.Text != q.Filter.Text || again.Filter.Recipient != q.Filter.Recipient {
			t.Fatalf("%q is %+v, and %q is %+v (%v)", typed, q, q.String(), again, err)
		}
	})
}
