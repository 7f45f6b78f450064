package cancel

import (
	"context"
	"sync"

	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/wait"
)

// Cancels carries out plans in the background and remembers what became of each run, so that every
// page shows the same and none needs to stay open.
type Cancels struct {
	runner *runner.Runner
	ctx    context.Context
	stop   context.CancelFunc
	work   sync.WaitGroup

	mu         sync.Mutex
	results    map[string]Result
	inProgress int
	news       wait.News
}

// NewCancels makes the cancels of a session.
func NewCancels(r *runner.Runner) *Cancels {
	ctx, stop := context.WithCancel(context.Background())
	return &Cancels{runner: r, ctx: ctx, stop: stop, results: map[string]Result{}}
}

// Start carries out a plan. done, when it is not nil, gets the counts and the first thing that went
// wrong.
func (c *Cancels) Start(p Plan, reason string, done func(Counts, error)) {
	c.mu.Lock()
	c.inProgress++
	c.mu.Unlock()
	c.work.Go(func() {
		counts, err := Run(c.ctx, c.runner, p, reason, true, c.note)
		c.mu.Lock()
		c.inProgress--
		c.news.Tell()
		c.mu.Unlock()
		if done != nil {
			done(counts, err)
		}
	})
}

func (c *Cancels) note(r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[r.Run.ID] = r
	c.news.Tell()
}

// Of returns what became of the cancel of a run; the zero Result when none was asked for.
func (c *Cancels) Of(runID string) Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.results[runID]
}

// All returns what became of every run that a cancel was asked for, in no order.
func (c *Cancels) All() []Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Result, 0, len(c.results))
	for _, r := range c.results {
		out = append(out, r)
	}
	return out
}

// InProgress counts plans that are not proven to the end.
func (c *Cancels) InProgress() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inProgress
}

// Changed returns a channel that is closed at the next change.
func (c *Cancels) Changed() <-chan struct{} { return c.news.Next() }

// Close ends what is in progress. What was sent stays sent, and is unconfirmed.
func (c *Cancels) Close() {
	c.stop()
	c.work.Wait()
}
