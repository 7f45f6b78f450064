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

// Fate is what became of the cancel of one run.
type Fate struct {
	Run     *client.Run
	Verdict Verdict
	// Text says why, where that is not plain from the verdict.
	Text string
	At   time.Time
}

// Tally counts runs by verdict.
type Tally struct{ Confirmed, FinishedFirst, Unconfirmed, Failed int }

func (t *Tally) add(v Verdict) {
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

	mu      sync.Mutex
	fates   map[string]Fate
	inHand  int
	changed chan struct{}
}

func newCancels(s *Session) *Cancels {
	ctx, stop := context.WithCancel(context.Background())
	return &Cancels{session: s, ctx: ctx, stop: stop, fates: map[string]Fate{}, changed: make(chan struct{})}
}

// Start carries out a plan. done, when it is not nil, gets the tally and the
// first thing that went wrong.
func (c *Cancels) Start(p Plan, reason string, done func(Tally, error)) {
	c.mu.Lock()
	c.inHand++
	c.mu.Unlock()
	c.work.Go(func() {
		tally, err := c.session.Cancel(c.ctx, p, reason, c.note)
		c.mu.Lock()
		c.inHand--
		c.announce()
		c.mu.Unlock()
		if done != nil {
			done(tally, err)
		}
	})
}

func (c *Cancels) note(f Fate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fates[f.Run.ID] = f
	c.announce()
}

func (c *Cancels) announce() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Of returns what became of the cancel of a run; the zero Fate when none was asked for.
func (c *Cancels) Of(runID string) Fate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fates[runID]
}

// All returns the fate of every run that a cancel was asked for, in no order.
func (c *Cancels) All() []Fate {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Fate, 0, len(c.fates))
	for _, f := range c.fates {
		out = append(out, f)
	}
	return out
}

// InHand counts plans that are not proven to the end.
func (c *Cancels) InHand() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inHand
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
