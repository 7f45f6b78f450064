package ops

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// SweepRecord is a sweep as the journal has it.
type SweepRecord struct {
	ID                        int64
	At                        time.Time
	Who, Profile, Environment string
	Scope                     Scope
	Options                   SweepOptions
	// Progress is what the last step wrote down, StepAt when that was.
	Progress SweepProgress
	StepAt   time.Time
	// Running is true while this session carries it out.
	Running bool
	// Elsewhere is set while another process, or session, carries it out.
	Elsewhere *journal.Hold
	// Steps are how it went; only [Session.SweepRecord] gives them.
	Steps []SweepStep
}

// SweepStep is where a sweep was at a time.
type SweepStep struct {
	At       time.Time
	Text     string // such as what went wrong
	Progress SweepProgress
}

// Sweep cancels all that is in scope, in the background. Keys are found and
// cancelled at the same time: what Knock accepts of cancels it accepts a
// thousand a second, while it lists only 250 runs a second.
type Sweep struct {
	s       *Session
	id      int64
	scope   Scope
	in      matcher
	options SweepOptions
	started time.Time // by Knock's clock
	planned []KeyCount

	ctx    context.Context
	stop   context.CancelCauseFunc
	over   chan struct{}
	outbox *outbox
	looked time.Time // when the last look began, by Knock's clock
	survey *survey   // nil where runs under one key and recipient are all in scope or all out of it

	mu      sync.Mutex
	p       SweepProgress
	oldest  time.Time // when the oldest run that was met was triggered
	limited int       // answers of 429 before it began
	changed chan struct{}
	resume  chan struct{} // not nil while paused
	halted  error         // why it was paused, where the operator did not do it
}

var (
	errAborted = errors.New("aborted: what was sent stays sent, and the sweep can be resumed")
	errClosed  = errors.New("the session ended")
)

// StartSweep carries out a plan in the background. It refuses an empty scope, a
// plan that was made for another one, a plan above the bound, and a read-only
// profile: then nothing was sent.
func (s *Session) StartSweep(ctx context.Context, scope Scope, e Estimate, o SweepOptions) (*Sweep, error) {
	if err := scope.Check(); err != nil {
		return nil, err
	}
	switch {
	case !reflect.DeepEqual(scope, e.Scope):
		return nil, runner.Refuse("the plan was made for another scope: make it again")
	case o.Max > 0 && e.Runs > o.Max:
		return nil, runner.Refuse("%d runs are in scope, and at most %d are allowed", e.Runs, o.Max)
	case o.Max > 0 && !e.Complete:
		return nil, runner.Refuse("at most %d runs are allowed, and the plan did not count them all", o.Max)
	case s.Guard.ReadOnly():
		return nil, runner.Refuse("the profile is read-only: arm it first")
	}
	record := journal.Sweep{Profile: s.Profile, Environment: s.Environment, Workflow: scope.Workflow, Reason: o.Reason}
	var err error
	if record.Scope, err = json.Marshal(scope); err != nil {
		return nil, err
	}
	if record.Options, err = json.Marshal(o); err != nil {
		return nil, err
	}
	if record.ID, err = s.Journal.BeginSweep(ctx, record); err != nil {
		return nil, err
	}
	if err := s.Journal.HoldSweep(ctx, record.ID); err != nil {
		return nil, err
	}
	w := s.newSweep(record.ID, scope, o, s.Client.ServerNow())
	w.p.Runs, w.planned = e.Cancellable, e.ByKey
	if e.Complete {
		w.p.Counted, w.oldest = true, e.Oldest
	}
	s.sweeps.start(w)
	return w, nil
}

// ResumeSweep goes on with a sweep that was cut off or aborted. What Knock
// accepted is not sent again unless its runs are still pending, so that resuming
// twice does no harm. One that runs in this session is returned as it is, one
// that is done stays done, and one that another process carries out is refused.
func (s *Session) ResumeSweep(ctx context.Context, id int64) (*Sweep, error) {
	if w := s.sweeps.get(id); w != nil && !w.ended() {
		return w, nil
	}
	r, err := s.SweepRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Environment != s.Environment || r.Profile != s.Profile:
		return nil, runner.Refuse("sweep %d is of profile %s in %s, and this is %s in %s", id, r.Profile, r.Environment, s.Profile, s.Environment)
	case s.Guard.ReadOnly():
		return nil, runner.Refuse("the profile is read-only: arm it first")
	}
	if err := r.Scope.Check(); err != nil {
		return nil, err
	}
	if r, err = s.take(ctx, r); err != nil {
		return nil, err
	}
	w := s.newSweep(id, r.Scope, r.Options, r.At)
	w.oldest, w.looked = r.Progress.Oldest, s.Client.ServerNow()
	w.p = r.Progress
	w.p.Accepted, w.p.Errors, w.p.Done = 0, 0, false
	if r.Progress.Phase == PhaseDone {
		w.p = r.Progress
		w.stop(nil)
		close(w.over)
		return w, s.Journal.ReleaseSweep(ctx, id)
	}
	if err := w.recollect(ctx); err != nil {
		return nil, errors.Join(err, s.Journal.ReleaseSweep(context.WithoutCancel(ctx), id))
	}
	s.sweeps.start(w)
	return w, nil
}

func (s *Session) newSweep(id int64, scope Scope, o SweepOptions, started time.Time) *Sweep {
	w := &Sweep{
		s: s, id: id, scope: scope, in: scope.matcher(), options: o, started: started,
		over: make(chan struct{}), changed: make(chan struct{}), limited: s.Requests.Limited(),
	}
	w.ctx, w.stop = context.WithCancelCause(context.Background())
	w.outbox, w.looked = newOutbox(w), started
	if !scope.separable() {
		w.survey = newSurvey()
	}
	return w
}

// ID is the sweep's number in the journal.
func (w *Sweep) ID() int64 { return w.id }

// Scope is what the sweep is about.
func (w *Sweep) Scope() Scope { return w.scope }

// Progress is how far it is.
func (w *Sweep) Progress() SweepProgress {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.p
	p.Oldest, p.RateLimited, p.Paused = w.oldest, w.s.Requests.Limited()-w.limited, w.resume != nil
	p.Requests = p.Accepted + p.Errors + w.outbox.outstanding()
	p.Err = errors.Join(p.Err, w.halted)
	p.ETA = p.eta()
	return p
}

// Changed returns a channel that is closed at the next change.
func (w *Sweep) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// Pause sends nothing more until Resume. Requests under way end.
func (w *Sweep) Pause() {
	w.update(func(*SweepProgress) {
		if w.resume == nil {
			w.resume = make(chan struct{})
		}
	})
}

// Resume goes on after Pause.
func (w *Sweep) Resume() {
	w.update(func(*SweepProgress) {
		if w.resume != nil {
			close(w.resume)
			w.resume = nil
		}
		w.halted = nil
	})
}

// Abort ends the sweep. What was sent stays sent.
func (w *Sweep) Abort() { w.stop(errAborted) }

// Wait waits for the end of the sweep, or of ctx, which the sweep outlives. The
// error is what cut the sweep off, or went wrong on the way.
func (w *Sweep) Wait(ctx context.Context) (SweepProgress, error) {
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
func (w *Sweep) update(change func(*SweepProgress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.p)
	close(w.changed)
	w.changed = make(chan struct{})
}

// gate waits while the sweep is paused.
func (w *Sweep) gate() error {
	for {
		w.mu.Lock()
		resume := w.resume
		w.mu.Unlock()
		if resume == nil {
			return w.ctx.Err()
		}
		select {
		case <-w.ctx.Done():
			return w.ctx.Err()
		case <-resume:
		}
	}
}

// enter writes a phase down before it begins.
func (w *Sweep) enter(phase string) error {
	w.update(func(p *SweepProgress) { p.Phase = phase })
	return w.step("")
}

// step appends where the sweep is to the journal.
func (w *Sweep) step(text string) error { return w.write(w.Progress(), text) }

func (w *Sweep) write(p SweepProgress, text string) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return w.s.Journal.StepSweep(context.Background(), w.id, journal.SweepStep{Phase: p.Phase, Text: text, Progress: b})
}

// What the limiter lets through in a second: cancels, and runs that are listed.
const (
	sendRate = 960
	readRate = 240
)

// eta guesses how long the present phase takes still. How long proof takes is
// known only where the runs were counted: the skim leaps over most of them.
func (p SweepProgress) eta() time.Duration {
	switch p.Phase {
	case PhaseCancelling:
		return time.Duration(p.Requests-p.Accepted) * time.Second / sendRate
	case PhaseVerifying:
		return time.Duration(p.Pending) * time.Second / readRate
	case PhaseProving:
		if !p.Counted {
			return 0
		}
		return time.Duration(max(0, p.Runs-p.Confirmed-p.FinishedFirst)) * time.Second / readRate
	}
	return 0
}
