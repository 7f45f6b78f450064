package ops

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/wait"
)

const (
	followEvery = time.Second
	// appearWithin is how long the runs of a trigger may take to show up.
	appearWithin = 30 * time.Second
)

// Following is the state of the runs of one trigger.
type Following struct {
	// Runs by recipient, as they were last read whole. With few runs each carries its events.
	Runs []client.Run
	// Over is true once every run has ended.
	Over bool
	// Err is why the last reading failed; it is tried again.
	Err error
}

// Followed names what to follow: the trigger's run id, and where its runs are found.
type Followed struct {
	Workflow, WorkflowRunID string
	Recipients              []client.Recipient
	// Since is when the trigger was sent, by Knock's clock.
	Since time.Time
}

// Follow yields the runs of a trigger each time something about them changed,
// until all have ended. A recipient that is an object fans out to its
// subscribers, so their number is not known beforehand. The error it ends with
// is ctx's, or that no run appeared.
func (s *Session) Follow(ctx context.Context, f Followed) iter.Seq2[Following, error] {
	return func(yield func(Following, error) bool) {
		var before string
		var known []client.Run
		start := time.Now()
		for {
			now := s.followOnce(ctx, f)
			if now.Err != nil {
				now.Runs = known
			}
			known = now.Runs
			if ctx.Err() != nil {
				yield(now, ctx.Err())
				return
			}
			if state := fingerprint(now); state != before {
				before = state
				if !yield(now, nil) || now.Over {
					return
				}
			}
			if len(now.Runs) == 0 && now.Err == nil && time.Since(start) > appearWithin {
				yield(now, fmt.Errorf("no run of %s appeared within %s: the trigger was accepted as %s, so look for it in Knock's dashboard", f.Workflow, appearWithin, f.WorkflowRunID))
				return
			}
			if err := wait.Sleep(ctx, followEvery); err != nil {
				yield(now, err)
				return
			}
		}
	}
}

func (s *Session) followOnce(ctx context.Context, f Followed) Following {
	found := map[string]client.Run{}
	filter := client.RunFilter{Workflow: f.Workflow, StartingAt: f.Since.Add(-5 * time.Second)}
	if len(f.Recipients) == 1 && f.Recipients[0].Collection == "" {
		filter.Recipient = &f.Recipients[0].Ref
	}
	for run, err := range s.Client.Runs(ctx, filter) {
		if err != nil {
			return Following{Err: err}
		}
		if run.WorkflowRunID == f.WorkflowRunID {
			found[run.ID] = run
		}
	}
	if len(found) <= fewFollowed {
		for id := range found {
			run, err := s.Client.GetRun(ctx, id)
			if err != nil {
				return Following{Err: err}
			}
			found[id] = run
			s.Learn(run, nil)
		}
	}
	out := Following{Runs: byRecipient(found), Over: len(found) >= expected(f.Recipients)}
	for _, r := range out.Runs {
		out.Over = out.Over && !r.Status.Pending()
	}
	return out
}

// expected is how many runs there must be at least: one for each user.
func expected(recipients []client.Recipient) int {
	users := map[client.Ref]bool{}
	for _, r := range recipients {
		if r.Collection == "" {
			users[r.Ref] = true
		}
	}
	return max(1, len(users))
}

func byRecipient(m map[string]client.Run) []client.Run {
	return slices.SortedFunc(maps.Values(m), func(a, b client.Run) int {
		if c := strings.Compare(a.Recipient.String(), b.Recipient.String()); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// fingerprint tells whether anything that an operator sees has changed.
func fingerprint(f Following) string {
	var b strings.Builder
	for _, r := range f.Runs {
		fmt.Fprintf(&b, "%s %s %d %d\n", r.ID, r.Status, r.ErrorCount, len(r.Events))
	}
	if f.Err != nil {
		b.WriteString(f.Err.Error())
	}
	return b.String()
}

// fewFollowed runs are read one by one, with their steps.
const fewFollowed = 5
