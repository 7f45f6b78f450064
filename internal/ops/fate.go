package ops

import (
	"context"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
)

// Verdict is how far a cancel of one run has come. A cancel that Knock has
// accepted is only requested: the run's own status proves it.
type Verdict int

// The verdicts. The zero value means that no cancel was asked for.
const (
	NoVerdict     Verdict = iota
	Waiting               // the run is too young: it is cancelled once it is 5 s old
	Requested             // Knock has the cancel; nothing is proven
	Confirmed             // the run reads cancelled
	FinishedFirst         // the run completed before the cancel reached it
	Unconfirmed           // the proof did not come in time, or cannot be had
	Failed                // Knock refused the cancel, or it could not be sent
)

func (v Verdict) String() string {
	return [...]string{"", "waiting", "requested", "confirmed", "finished first", "unconfirmed", "failed"}[v]
}

// Over reports that nothing more will come.
func (v Verdict) Over() bool { return v >= Confirmed }

// CancelResult is what became of the cancel of one run.
type CancelResult struct {
	Run     *client.Run
	Verdict Verdict
	// Text says why, where that is not plain from the verdict.
	Text string
	At   time.Time
}

// Counts counts runs by verdict.
type Counts struct{ Confirmed, FinishedFirst, Unconfirmed, Failed int }

func (t *Counts) add(v Verdict) {
	switch v {
	case Confirmed:
		t.Confirmed++
	case FinishedFirst:
		t.FinishedFirst++
	case Unconfirmed:
		t.Unconfirmed++
	case Failed:
		t.Failed++
	}
}

// Cancels carries out plans in the background and remembers what became of
// each run, so that every page shows the same and none needs to stay open.
type Cancels struct {
	session *Session
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup

	mu         sync.Mutex
	results    map[string]CancelResult
	inProgress int
	changed    chan struct{}
}

func newCancels(s *Session) *Cancels {
	ctx, stop := context.WithCancel(context.Background())
	return &Cancels{session: s, ctx: ctx, stop: stop, results: map[string]CancelResult{}, changed: make(chan struct{})}
}

// Start carries out a plan. done, when it is not nil, gets the counts and the
// first thing that went wrong.
func (c *Cancels) Start(p Plan, reason string, done func(Counts, error)) {
	c.mu.Lock()
	c.inProgress++
	c.mu.Unlock()
	c.work.Go(func() {
		counts, err := c.session.Cancel(c.ctx, p, reason, c.note)
		c.mu.Lock()
		c.inProgress--
		c.announce()
		c.mu.Unlock()
		if done != nil {
			done(counts, err)
		}
	})
}

func (c *Cancels) note(f CancelResult) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[f.Run.ID] = f
	c.announce()
}

func (c *Cancels) announce() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Of returns what became of the cancel of a run; the zero CancelResult when none was asked for.
func (c *Cancels) Of(runID string) CancelResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.results[runID]
}

// All returns the result for every run that a cancel was asked for, in no order.
func (c *Cancels) All() []CancelResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]CancelResult, 0, len(c.results))
	for _, f := range c.results {
		out = append(out, f)
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
func (c *Cancels) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

func (c *Cancels) close() {
	c.stop()
	c.work.Wait()
}
