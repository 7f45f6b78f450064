// Package sweep cancels all that is in a scope: it plans, sends, repeats what is due, and proves run
// by run what came of it.
package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/wait"
)

// Sweep cancels all that is in scope, in the background. Keys are found and cancelled at the same
// time: what Knock accepts of cancels it accepts a thousand a second, while it lists only 250 runs a
// second.
type Sweep struct {
	*cancel.Control
	r       *runner.Runner
	acts    Acts
	limited func() int // answers of 429 so far
	id      int64
	scope   Scope
	in      matcher
	options Options
	started time.Time // by Knock's clock
	plan    Plan      // what is left of it to be queued

	ctx    context.Context
	stop   context.CancelCauseFunc
	over   chan struct{}
	q      *cancel.Queue
	book   *book
	survey *survey // nil where runs under one key and recipient are all in scope or all out of it
	looks  uint16  // how often was looked at what is pending
	// stalled is set once a page had to wait, for whoever holds the sweep up or for the network.
	stalled atomic.Bool
	late    atomic.Int64
	most    atomic.Int64 // how many runs may be cancelled; 0 for no bound
	before  int          // answers of 429 before it began

	mu       sync.Mutex
	p        Progress
	troubled error // why nothing can be read just now
	news     wait.News
}

// Acts are what a sweep does beside cancelling, for the journal as a part of it.
type Acts interface {
	// FreezeFor makes a workflow inactive.
	FreezeFor(ctx context.Context, workflow, reason string, sweep int64) error
	// ArchiveFor archives messages, and returns how many Knock archived.
	ArchiveFor(ctx context.Context, messages []string, workflow, reason string, sweep int64) (int, error)
}

var (
	errAborted = errors.New("aborted: what was sent stays sent, and the sweep can be resumed")
	errClosed  = errors.New("the session ended")
)

// ID is the sweep's number in the journal.
func (w *Sweep) ID() int64 { return w.id }

// Scope is what the sweep is about.
func (w *Sweep) Scope() Scope { return w.scope }

// Progress is how far it is.
func (w *Sweep) Progress() Progress {
	sent := w.q.Sent()
	held, why := w.Held()
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.p
	p.Sent, p.Planned, p.Beyond, p.Repeated = sent, sent.Planned, sent.Beyond, sent.Repeated
	p.Accepted, p.Errors = sent.Accepted, sent.Errors
	p.Requests = sent.Planned + sent.Beyond + sent.Repeated + sent.Waiting
	p.RateLimited, p.Paused, p.Late = w.limited()-w.before, held, int(w.late.Load())
	w.book.tell(&p)
	p.Counted = p.Counted && p.Late == 0
	if w.survey != nil {
		p.Window = max(p.Window, w.survey.window())
	}
	p.Err = errors.Join(p.Err, sent.Err, why, w.troubled)
	p.ETA = p.eta()
	return p
}

// Changed returns a channel that is closed at the next change.
func (w *Sweep) Changed() <-chan struct{} { return w.news.Next() }

// Pause sends nothing more until Resume, nor reads. A request that is on its way ends, one that
// waits to be sent again stays where it is.
func (w *Sweep) Pause() { w.hold(nil) }

// hold pauses for a reason that the operator can do something about.
func (w *Sweep) hold(why error) {
	w.Control.Pause(why)
	w.update(func(*Progress) {})
}

// Resume goes on after Pause. Where the sweep was held up because more was due than planned, [Sweep.More]
// may go out.
func (w *Sweep) Resume() {
	more := w.More()
	var requests *cancel.BeyondError
	var runs *MaxError
	switch _, why := w.Held(); {
	case errors.As(why, &requests):
		w.q.Allow(more)
	case errors.As(why, &runs):
		w.most.Store(int64(runs.Max + more))
	}
	w.Control.Resume()
	w.update(func(*Progress) {})
}

// More is how many requests, or runs, a sweep that was held up at a bound sends when it goes on,
// before it is held up again: as many again. 0 where it is not held up at one.
func (w *Sweep) More() int {
	var requests *cancel.BeyondError
	var runs *MaxError
	switch _, why := w.Held(); {
	case errors.As(why, &requests):
		return max(requests.Bound, minBeyond)
	case errors.As(why, &runs):
		return runs.Max
	}
	return 0
}

// Abort ends the sweep. What was sent stays sent.
func (w *Sweep) Abort() { w.stop(errAborted) }

// AbortFor is Abort for a reason that the sweep was held up for.
func (w *Sweep) AbortFor(why error) { w.stop(fmt.Errorf("%w: %w", errAborted, why)) }

// Wait waits for the end of the sweep, or of ctx, which the sweep outlives. The error is what cut
// the sweep off, or went wrong on the way.
func (w *Sweep) Wait(ctx context.Context) (Progress, error) {
	select {
	case <-ctx.Done():
		return w.Progress(), ctx.Err()
	case <-w.over:
		p := w.Progress()
		return p, p.Err
	}
}

func (w *Sweep) ended() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

// update changes the progress and announces it.
func (w *Sweep) update(change func(*Progress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.p)
	w.news.Tell()
}

// note notes when a run in scope was triggered.
func (w *Sweep) note(triggered time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.p.Oldest.IsZero() || triggered.Before(w.p.Oldest) {
		w.p.Oldest = triggered
	}
	if triggered.After(w.p.Youngest) {
		w.p.Youngest = triggered
	}
}

// trouble notes why something could not be read, until it can.
func (w *Sweep) trouble(err error) {
	w.mu.Lock()
	changed := (err == nil) != (w.troubled == nil)
	w.troubled = err
	w.mu.Unlock()
	if changed {
		w.update(func(*Progress) {})
	}
}

// enter writes a phase down before it begins.
func (w *Sweep) enter(phase string) error {
	w.update(func(p *Progress) { p.Phase = phase })
	return w.step("")
}

// step appends where the sweep is to the journal.
func (w *Sweep) step(text string) error {
	if err := w.book.flush(); err != nil {
		return err
	}
	return w.write(w.Progress(), text)
}

func (w *Sweep) write(p Progress, text string) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return w.r.Journal.StepSweep(context.Background(), w.id, journal.SweepStep{Phase: p.Phase, Text: text, Progress: b})
}
