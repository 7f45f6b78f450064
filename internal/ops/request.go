package ops

import (
	"context"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
)

// PlanRecipients plans to cancel what these recipients have under a key, known
// or not. known are the pending runs that the caller knows of.
func PlanRecipients(workflow, key string, to []client.Ref, known []*client.Run) Plan {
	var p Plan
	for part := range slices.Chunk(to, mostRecipients) {
		req := Request{Cancellation: client.CancelRecipients(workflow, key, part[0], part[1:]...)}
		for _, r := range known {
			switch {
			case r.Workflow != workflow || r.TriggerSource.CancellationKey != key || !r.Status.Pending():
			case slices.Contains(part, r.Recipient):
				req.Runs = append(req.Runs, r)
			case !slices.Contains(to, r.Recipient):
				req.Others++
			}
		}
		p.Requests = append(p.Requests, req)
	}
	return p
}

// Pending finds the runs that are pending under a key of a workflow: of these
// recipients, or of everyone when there are none. Few recipients are looked up
// one by one. Otherwise the workflow's pending runs are read, 250 a second, and
// after bound of them complete is false.
func (s *Session) Pending(ctx context.Context, workflow string, keys []string, to []client.Ref, bound int) (runs []*client.Run, complete bool, err error) {
	filter := client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}
	filters := []client.RunFilter{filter}
	if n := len(to); n > 0 && n <= fewRuns {
		filters = filters[:0]
		for i := range to {
			filter.Recipient = &to[i]
			filters = append(filters, filter)
		}
	}
	read := 0
	for _, f := range filters {
		for run, err := range s.Client.Runs(ctx, f) {
			if err != nil {
				return runs, false, err
			}
			if read++; read > bound {
				return runs, false, nil
			}
			if slices.Contains(keys, run.TriggerSource.CancellationKey) {
				runs = append(runs, &run)
			}
		}
	}
	return runs, true, nil
}

// RequestCancel sends a plan and proves nothing: runs end at [Requested] or
// [Failed]. It returns how many requests Knock accepted, and the first error.
func (s *Session) RequestCancel(ctx context.Context, p Plan, reason string, report func(CancelResult)) (int, error) {
	out, err := s.sendAll(ctx, p, reason, func(r *client.Run, v Verdict, text string) {
		report(CancelResult{Run: r, Verdict: v, Text: text, At: time.Now()})
	})
	return len(out), err
}
