package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/runner"
)

// minBeyond is how many cancels beyond its plan a sweep may send at least before it is held up.
const minBeyond = 100

// Sweeps are those that a session carries out.
type Sweeps struct {
	r       *runner.Runner
	acts    Acts
	limited func() int

	mu   sync.Mutex
	byID map[int64]*Sweep
	work sync.WaitGroup
}

// NewSweeps makes the sweeps of a session. limited counts its answers of 429 so far.
func NewSweeps(r *runner.Runner, acts Acts, limited func() int) *Sweeps {
	return &Sweeps{r: r, acts: acts, limited: limited, byID: map[int64]*Sweep{}}
}

// Start carries out a plan in the background. It refuses an empty scope, a plan above the bound, and
// a read-only profile: then nothing was sent.
func (x *Sweeps) Start(ctx context.Context, p Plan, o Options) (*Sweep, error) {
	if err := p.Scope.Check(); err != nil {
		return nil, err
	}
	switch {
	case o.Max > 0 && p.Cancellable > o.Max:
		return nil, runner.Refuse("%s are in scope, and at most %d may be cancelled", plural(p.Cancellable, "run"), o.Max)
	case o.Max > 0 && !p.Complete:
		return nil, runner.Refuse("at most %d runs may be cancelled, and the plan did not count them all", o.Max)
	case x.r.Guard.ReadOnly():
		return nil, runner.Refuse("the profile is read-only: arm it first")
	}
	if o.Beyond == 0 {
		o.Beyond = -1
		if p.Complete {
			o.Beyond = max(minBeyond, p.Promise(o))
		}
	}
	record := journal.Sweep{Profile: x.r.Profile, Environment: x.r.Environment, Binding: x.binding(), Workflow: p.Scope.Workflow, Reason: o.Reason}
	var err error
	if record.Scope, err = json.Marshal(p.Scope); err != nil {
		return nil, err
	}
	if record.Options, err = json.Marshal(o); err != nil {
		return nil, err
	}
	if record.ID, err = x.r.Journal.BeginSweep(ctx, record); err != nil {
		return nil, err
	}
	if err := x.r.Journal.HoldSweep(ctx, record.ID); err != nil {
		return nil, err
	}
	w := x.make(record.ID, p.Scope, o, x.r.Client.ServerNow())
	w.plan = p
	w.p = Progress{Phase: PhasePlanned, Began: w.started, Promised: p.Promise(o), Expected: p.Cancellable}
	if p.Remembered() {
		w.p.Counted, w.p.ReadFrom, w.p.Oldest, w.p.Youngest = true, p.Begun, p.Oldest, p.Youngest
	}
	w.book.add(p.seen)
	if err := w.step(""); err != nil {
		return nil, errors.Join(err, x.r.Journal.ReleaseSweep(context.WithoutCancel(ctx), record.ID))
	}
	x.start(w)
	return w, nil
}

// binding says which environment a sweep may act on: the host and the fingerprint of the key.
func (x *Sweeps) binding() string { return x.r.Client.Binding().String() }

// Resume goes on with a sweep that was cut off or aborted, with the numbers that it had. What Knock
// accepted is not sent again unless its runs are still pending, so that resuming twice does no harm.
// One that runs in this session is returned as it is, one that is done stays done, and one that
// another process carries out, or that was begun with another key or at another host, is refused.
func (x *Sweeps) Resume(ctx context.Context, id int64) (*Sweep, error) {
	if w := x.get(id); w != nil && !w.ended() {
		return w, nil
	}
	r, err := x.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Environment != x.r.Environment || r.Profile != x.r.Profile:
		return nil, runner.Refuse("sweep %d is of profile %s in %s, and this is %s in %s", id, r.Profile, r.Environment, x.r.Profile, x.r.Environment)
	case r.Binding == "":
		return nil, runner.Refuse("sweep %d was begun by an earlier version, which did not note its host and key: make a new plan of %s", id, r.Scope)
	case r.Binding != x.binding():
		return nil, runner.Refuse("sweep %d was begun with another key or at another host than this profile has now: it acts on no other environment. Make a new plan of %s", id, r.Scope)
	case x.r.Guard.ReadOnly():
		return nil, runner.Refuse("the profile is read-only: arm it first")
	}
	if err := r.Scope.Check(); err != nil {
		return nil, err
	}
	if r, err = x.take(ctx, r); err != nil {
		return nil, err
	}
	w := x.make(id, r.Scope, r.Options, r.Progress.Began)
	w.p = r.Progress
	w.p.Phase, w.p.Done, w.p.Quiet, w.p.Err = PhasePlanned, false, false, nil // it has not ended: it goes on
	if r.Progress.Phase == PhaseDone {
		w.p = r.Progress
		if err := w.book.load(ctx); err != nil {
			return nil, err
		}
		w.q.Restore(r.Progress.Sent)
		w.stop(nil)
		close(w.over)
		return w, x.r.Journal.ReleaseSweep(ctx, id)
	}
	if err := w.recollect(ctx); err != nil {
		return nil, errors.Join(err, x.r.Journal.ReleaseSweep(context.WithoutCancel(ctx), id))
	}
	x.start(w)
	return w, nil
}

func (x *Sweeps) make(id int64, scope Scope, o Options, started time.Time) *Sweep {
	w := &Sweep{
		Control: new(cancel.Control), r: x.r, acts: x.acts, limited: x.limited, id: id, scope: scope, in: scope.matcher(), options: o,
		started: started, over: make(chan struct{}), before: x.limited(), book: newBook(id, x.r.Journal),
	}
	w.ctx, w.stop = context.WithCancelCause(context.Background())
	w.most.Store(int64(o.Max))
	sending := cancel.Options{
		Reason: o.Reason, Sweep: id, Linger: true, Beyond: o.Beyond, Before: w.book.flush,
		Settled: func() { w.update(func(*Progress) {}) },
	}
	if !scope.separable() {
		w.survey = newSurvey()
		sending.Refresh, sending.Keep, sending.Fresh = w.refresh, w.survey.keep, w.survey.fresh
	}
	w.q = cancel.NewQueue(w.ctx, w.stop, x.r, w.Control, sending)
	return w
}

func (x *Sweeps) start(w *Sweep) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.byID[w.id] = w
	x.work.Go(w.run)
}

func (x *Sweeps) get(id int64) *Sweep {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byID[id]
}

// Close cuts off what runs, as a crash would: it can be resumed.
func (x *Sweeps) Close() {
	x.mu.Lock()
	for _, w := range x.byID {
		w.stop(errClosed)
	}
	x.mu.Unlock()
	x.work.Wait()
}

// Running are the sweeps that this session carries out, the latest first.
func (x *Sweeps) Running() []*Sweep {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []*Sweep
	for _, w := range x.byID {
		if !w.ended() {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b *Sweep) int { return int(b.id - a.id) })
	return out
}

// Of returns a sweep that this session started, running or not.
func (x *Sweeps) Of(id int64) (*Sweep, bool) {
	w := x.get(id)
	return w, w != nil
}

// Unsent says which sweeps have cancels to send still, should the session end now, and the command
// that goes on with each; "" when none has.
func (x *Sweeps) Unsent() string {
	var parts []string
	for _, w := range x.Running() {
		if w.Progress().Sending() {
			parts = append(parts, fmt.Sprintf("sweep %d stops where it is, and `%s` goes on with it", w.id, x.Command("sweep resume %d", w.id)))
		}
	}
	return strings.Join(parts, "; ")
}

// Plan reads what is pending and makes the plan of a sweep; see [Make].
func (x *Sweeps) Plan(ctx context.Context, scope Scope, progress func(Plan)) (Plan, error) {
	return Make(ctx, x.r, scope, progress)
}

// CountRecall counts what a recall after a sweep of this plan would take. It reads runs for a while
// at most, and messages as long again.
func (x *Sweeps) CountRecall(ctx context.Context, p Plan, within time.Duration) RecallCount {
	return CountRecall(ctx, x.r, p, within)
}

// FindRecall finds the messages of the runs in scope; see the function of that name.
func (x *Sweeps) FindRecall(ctx context.Context, scope Scope, since time.Time, progress func(int)) (RecallPlan, error) {
	return FindRecall(ctx, x.r, scope, since, progress)
}

// Recall archives the in-app messages of a plan, as a part of no sweep.
func (x *Sweeps) Recall(ctx context.Context, p RecallPlan, reason string, progress func(done int)) (int, error) {
	return Recall(ctx, x.acts, p, reason, 0, func() error { return ctx.Err() }, progress)
}
