package cancel

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
)

func run(id, workflow, key, recipient string, status client.RunStatus) *client.Run {
	return &client.Run{ID: id, Workflow: workflow, Status: status, Recipient: client.Ref{ID: recipient}, TriggerSource: client.TriggerSource{Type: "api", CancellationKey: key}}
}

var anyRuns = rapid.Custom(func(t *rapid.T) []*client.Run {
	n := rapid.IntRange(0, 30).Draw(t, "n")
	var out []*client.Run
	for i := range n {
		out = append(out, run(fmt.Sprint("run_", i),
			rapid.SampledFrom([]string{"invite", "digest"}).Draw(t, "workflow"),
			rapid.SampledFrom([]string{"", "k1", "k2", "k3"}).Draw(t, "key"),
			rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "recipient"),
			rapid.SampledFrom([]client.RunStatus{client.RunQueued, client.RunPaused, client.RunCompleted, client.RunCancelled}).Draw(t, "status")))
	}
	return out
})

// Every chosen run is in exactly one place of the plan; no request is without
// recipients; and whatever a request reaches was chosen, or is told.
func TestPlanCancelReachesWhatWasChosenAndTellsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := anyRuns.Draw(t, "known")
		var chosen []*client.Run
		for _, r := range known {
			if rapid.Bool().Draw(t, "chosen") {
				chosen = append(chosen, r)
			}
		}
		p := PlanCancel(chosen, known)
		seen := map[string]int{}
		for _, r := range slices.Concat(p.NoKey, p.Ended) {
			seen[r.ID]++
		}
		for _, req := range p.Requests {
			c := req.Cancellation
			if c.Everyone() || len(c.Recipients()) == 0 {
				t.Fatalf("a cancel of chosen runs names nobody: %+v", c)
			}
			told := map[string]bool{}
			for _, r := range req.Runs {
				seen[r.ID]++
				told[r.ID] = true
			}
			for _, r := range req.Also {
				told[r.ID] = true
			}
			for _, r := range known {
				reached := r.Status.Pending() && r.Workflow == c.Workflow() && r.TriggerSource.CancellationKey == c.Key() && slices.Contains(c.Recipients(), r.Recipient)
				if reached != told[r.ID] {
					t.Fatalf("%s: reached %t, told %t", r.ID, reached, told[r.ID])
				}
			}
		}
		for _, r := range chosen {
			if seen[r.ID] != 1 {
				t.Fatalf("%s is in the plan %d times", r.ID, seen[r.ID])
			}
		}
		if total := len(chosen); len(seen) != total {
			t.Fatalf("the plan has %d runs, %d were chosen", len(seen), total)
		}
	})
}

func TestPlanCancelCountsWhoStays(t *testing.T) {
	known := []*client.Run{
		run("1", "invite", "k", "a", client.RunPaused), run("2", "invite", "k", "b", client.RunPaused),
		run("3", "invite", "k", "c", client.RunPaused), run("4", "invite", "other", "a", client.RunPaused), run("5", "digest", "k", "d", client.RunPaused),
	}
	p := PlanCancel(known[:1], known)
	if len(p.Requests) != 1 || p.Requests[0].Others != 2 || len(p.Requests[0].Also) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestPlanCancelSplitsWhatOneRequestMayName(t *testing.T) {
	var chosen []*client.Run
	for i := range 2500 {
		chosen = append(chosen, run(fmt.Sprint(i), "invite", "k", fmt.Sprint("u", i), client.RunPaused))
	}
	p := PlanCancel(chosen, chosen)
	if len(p.Requests) != 3 || p.Runs() != 2500 {
		t.Errorf("%d requests for %d runs", len(p.Requests), p.Runs())
	}
	for _, r := range p.Requests {
		if len(r.Also)+r.Others > 0 {
			t.Errorf("runs of one request are told as others of another: %d, %d", len(r.Also), r.Others)
		}
	}
}
