package sweep_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// The history holds a sweep once, with what became of its runs, in its place among what else was done; asked for, its
// requests tell each what the sweep knows of their runs.
func TestTheHistoryHoldsASweepOnce(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		const keys = 700 // more requests than a page holds
		for i := range keys {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "user_1", "user_2")
		}
		s := w.Session
		note := func(workflow string) {
			if _, err := s.SetActive("welcome", false, workflow).Result(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		note("before")
		p := ended(t, started(t, s, sweep.Scope{Workflow: "invite-reminder", Keys: []string{"invite-1", "invite-2"}}, follow))
		note("between")
		p2 := ended(t, started(t, s, sweep.Scope{Workflow: "invite-reminder"}, follow))
		note("after")
		if p.Confirmed != 4 || p2.Confirmed != 2*keys-4 {
			t.Fatalf("%+v\n%+v", p, p2)
		}
		var got []string
		for e, err := range ops.ReadHistory(t.Context(), s.Journal, ops.ActionFilter{}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(e.Words(), " ", e.Reason, " ", e.Standing(), " ", e.VerdictWords()))
		}
		want := []string{
			"freeze welcome after done ", "sweep invite-reminder drill confirmed 1,396 confirmed", "freeze welcome between done ",
			"sweep invite-reminder; 2 listed keys drill confirmed 4 confirmed", "freeze welcome before done ",
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		requests := 0
		for e, err := range ops.ReadHistory(t.Context(), s.Journal, ops.ActionFilter{Sweep: 2}) {
			if requests++; err != nil || e.Swept != nil || e.Standing() != ops.StandsConfirmed || e.Verdicts["confirmed"] != 2 {
				t.Fatalf("request %d: %v, %s, %v", requests, err, e.Standing(), e.Verdicts)
			}
		}
		if requests != keys-2 {
			t.Errorf("the second sweep tells of %d requests", requests)
		}
		for range 600 { // so that the sweeps are on the second page
			note("later")
		}
		n, last := 0, time.Now()
		for e, err := range ops.ReadHistory(t.Context(), s.Journal, ops.ActionFilter{}) {
			if n++; err != nil || e.At.After(last) {
				t.Fatalf("%v, or %s of %s out of order", err, e.Words(), e.At)
			}
			last = e.At
		}
		if n != 605 {
			t.Errorf("%d entries, want 605", n)
		}
		for f, want := range map[*ops.ActionFilter]int{
			{Kinds: []ops.ActionKind{ops.ActionSweep}}: 2, {Kinds: []ops.ActionKind{"freeze"}}: 603, {Kinds: []ops.ActionKind{"cancel"}}: 2, {Workflow: "invite-reminder"}: 2,
			{Key: "invite-7"}: 1, {Recipient: "user_1"}: 0, {State: ops.ActionFailed}: 0, {Until: time.Now().Add(-24 * time.Hour)}: 0,
		} {
			n := 0
			for _, err := range ops.ReadHistory(t.Context(), s.Journal, *f) {
				if n++; err != nil {
					t.Fatal(err)
				}
			}
			if n != want {
				t.Errorf("%+v: %d entries, want %d", *f, n, want)
			}
		}
		report, requests, err := ops.ReadReport(t.Context(), s.Journal, ops.ActionFilter{Kinds: []ops.ActionKind{ops.ActionSweep}}, "")
		if err != nil || requests != keys+2 || !strings.Contains(report, "- Runs: 1,400 confirmed\n") || !strings.Contains(report, "\n- It began at ") {
			t.Errorf("%d requests in the report of the sweeps: %v\n%s", requests, err, report[:min(len(report), 1000)])
		}
	})
}
