package ops_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// history is what the journal's list shows, the first thing first.
func history(t *testing.T, j *journal.Journal, f ops.ActionFilter) (lines []string) {
	t.Helper()
	for e, err := range ops.ReadHistory(t.Context(), j, f) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append([]string{fmt.Sprint(e.Words(), ": ", e.Standing(), ", ", e.VerdictWords())}, lines...)
	}
	return lines
}

// A cancel that takes several requests is one entry, which is confirmed once every run is, and its requests are listed
// when they are asked for.
func TestACancelOfSeveralRequestsIsOneEntry(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		for i := range 3 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "user_1", "user_2")
		}
		time.Sleep(10 * time.Second)
		var chosen []*client.Run
		for run, err := range w.Session.Client.Runs(t.Context(), client.RunFilter{Workflow: "invite-reminder"}) {
			if err != nil {
				t.Fatal(err)
			}
			chosen = append(chosen, &run)
		}
		carryOut := func(prove bool) {
			if _, err := cancel.Run(context.Background(), &w.Session.Runner, cancel.PlanCancel(chosen, nil), "", prove, func(cancel.Result) {}); err != nil {
				t.Fatal(err)
			}
		}
		carryOut(false)
		carryOut(true)
		const act = "cancel invite-reminder, 3 keys, to 2 recipients, in 3 requests: "
		want := []string{act + "requested, 6 requested", act + "confirmed, 6 confirmed"}
		for _, f := range []ops.ActionFilter{{}, {Workflow: "invite-reminder"}, {State: journal.Done}, {Kinds: []ops.ActionKind{journal.Cancel}}} {
			if got := history(t, w.Session.Journal, f); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%+v: %q", f, got)
			}
		}
		if got := history(t, w.Session.Journal, ops.ActionFilter{State: journal.Failed}); len(got) > 0 {
			t.Errorf("failed: %q", got)
		}
		if got := history(t, w.Session.Journal, ops.ActionFilter{Act: 4}); len(got) != 3 || got[0] != "cancel invite-reminder, key invite-2, to user_2, user_1: confirmed, 2 confirmed" {
			t.Errorf("the requests of the second: %q", got)
		}
	})
}

// No act is called confirmed while one of its requests was refused, got no answer, or tells nothing of its runs.
func TestAnActIsConfirmedOnlyWhenAllOfItIs(t *testing.T) {
	type request struct {
		to      string
		state   journal.State
		verdict string
	}
	for name, x := range map[string]struct {
		requests []request
		want     ops.Standing
	}{
		"all":                  {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Done, "confirmed"}}, ops.StandsConfirmed},
		"one finished first":   {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Done, "finished first"}}, ops.StandsFinishedFirst},
		"one unconfirmed":      {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Done, "unconfirmed"}}, ops.StandsUnconfirmed},
		"one only requested":   {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Done, "requested"}}, ops.StandsRequested},
		"one nobody knows of":  {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Done, ""}}, ops.StandsRequested},
		"one without answer":   {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Unknown, ""}}, ops.StandsRequested},
		"one under way":        {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Begun, ""}}, ops.StandsInProgress},
		"one refused":          {[]request{{"a", journal.Done, "confirmed"}, {"b", journal.Failed, ""}}, ops.StandsUnconfirmed},
		"one never sent":       {[]request{{"a", journal.Done, "confirmed"}, {"a", journal.Done, "failed"}}, ops.StandsUnconfirmed},
		"all refused":          {[]request{{"a", journal.Failed, ""}, {"b", journal.Failed, ""}}, ops.StandsFailed},
		"refused, then taken":  {[]request{{"a", journal.Failed, ""}, {"a", journal.Done, "confirmed"}}, ops.StandsConfirmed},
		"unknown, then proven": {[]request{{"a", journal.Unknown, "confirmed"}, {"b", journal.Done, "confirmed"}}, ops.StandsConfirmed},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := journal.OpenMemory()
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			for i, r := range x.requests {
				id, err := j.Begin(t.Context(), journal.Action{Kind: journal.Cancel, Workflow: "w", Key: "k", Recipients: []string{r.to}, Act: "act"})
				if err != nil {
					t.Fatal(err)
				}
				if r.state != journal.Begun {
					err = j.Finish(t.Context(), id, journal.Outcome{State: r.state})
				}
				if err == nil && r.verdict != "" {
					err = j.Note(t.Context(), id, journal.Note{Run: fmt.Sprint("run-", i), Verdict: r.verdict})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			n := 0
			for e, err := range ops.ReadHistory(t.Context(), j, ops.ActionFilter{}) {
				if n++; err != nil || e.Standing() != x.want {
					t.Errorf("%s: %v, want %s", e.Standing(), err, x.want)
				}
			}
			if n != 1 {
				t.Errorf("%d entries", n)
			}
		})
	}
}
