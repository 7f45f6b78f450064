package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/wait"
)

// run is the whole of a sweep.
func (w *Sweep) run() {
	w.q.Start()
	var keeping sync.WaitGroup
	keeping.Go(w.keep)
	err := w.carryOut()
	cause := context.Cause(w.ctx)
	w.stop(nil)
	w.q.Join()
	keeping.Wait()
	err = errors.Join(err, w.book.flush())
	phase := PhaseDone
	switch {
	case errors.Is(cause, errClosed):
		w.end(func(p *Progress) { p.Err = errClosed }) // in the journal it stands as a crash would leave it
		return
	case errors.Is(cause, journal.ErrHeld): // the journal tells of the other one's steps
		w.end(func(p *Progress) { p.Phase, p.Err = PhaseAborted, cause })
		return
	case errors.Is(cause, errAborted):
		phase, err = PhaseAborted, cause
	case cause != nil:
		phase, err = PhaseFailed, cause
	case err != nil:
		phase = PhaseFailed
	}
	w.trouble(nil)
	w.Control.Resume()
	final := w.Progress()
	final.Phase, final.Done = phase, phase == PhaseDone
	final.Err = errors.Join(err, final.Err)
	text := ""
	if final.Err != nil {
		text = final.Err.Error()
	}
	failed := w.write(final, text)
	w.end(func(p *Progress) { p.Phase, p.Done, p.Err = final.Phase, final.Done, errors.Join(err, p.Err, failed) })
}

// end lets the sweep go and announces how it ended. Whoever reads that it ended finds it over: it
// can be resumed at once.
func (w *Sweep) end(last func(*Progress)) {
	err := w.r.Journal.ReleaseSweep(context.Background(), w.id)
	w.update(func(p *Progress) {
		last(p)
		if err != nil {
			p.Err = errors.Join(p.Err, err)
		}
		close(w.over)
	})
}

func (w *Sweep) carryOut() error {
	if w.options.Freeze && !w.Progress().Frozen {
		_ = w.reach() // a freeze ends runs too; it does not wait for a list that cannot be read
		if err := w.freeze(); err != nil {
			return err
		}
	}
	if err := w.mustReach(); err != nil {
		return err
	}
	if err := w.enter(PhaseCancelling); err != nil {
		return err
	}
	if err := w.find(); err != nil {
		return err
	}
	if err := w.q.Drain(w.Changed); err != nil {
		return err
	}
	if w.options.Follow {
		for _, phase := range []struct {
			name string
			do   func() error
		}{{PhaseVerifying, w.verify}, {PhaseProving, w.prove}} {
			if err := w.enter(phase.name); err != nil {
				return err
			}
			if err := phase.do(); err != nil {
				return err
			}
		}
	}
	if w.options.Recall {
		return w.recall()
	}
	return nil
}

// freeze makes the workflow inactive. Where that cannot even be tried nothing else is; where it
// fails, the cancels are all the more urgent.
func (w *Sweep) freeze() error {
	if err := w.enter(PhaseFreezing); err != nil {
		return err
	}
	err := w.acts.FreezeFor(w.ctx, w.scope.Workflow, w.options.Reason, w.id)
	switch {
	case errors.Is(err, client.ErrNoServiceToken), errors.Is(err, client.ErrNoEnvironment), w.ctx.Err() != nil:
		return err
	case err != nil:
		w.update(func(p *Progress) { p.Err = fmt.Errorf("the workflow was not frozen: %w", err) })
		return nil
	}
	w.update(func(p *Progress) { p.Frozen = true })
	return w.step("frozen")
}

// find queues the cancels of what is pending now.
func (w *Sweep) find() error {
	w.queuePlan()
	switch {
	case len(w.scope.Keys) > 0 && w.scope.separable() && w.options.Max == 0:
		w.queueList()
		if !w.options.Follow {
			return nil
		}
		_, err := w.look()
		return err
	case w.everyone():
		return w.skim()
	}
	_, err := w.look()
	return err
}

// reach finds since when runs may be pending, before the first of them is ended, where the plan does
// not tell: what ends that nobody saw is looked for from then on.
func (w *Sweep) reach() error {
	if p := w.Progress(); !p.ReadFrom.IsZero() || !p.PendingSince.IsZero() {
		return nil
	}
	since, err := cancel.Reach(w.ctx, w.r.Client, w.scope.Workflow)
	w.trouble(err)
	if err != nil {
		return err
	}
	w.started = w.r.Client.ServerNow() // what ended before that was none of the sweep's
	w.update(func(p *Progress) { p.PendingSince, p.Began = since, w.started })
	return nil
}

// mustReach is reach, as often as it takes.
func (w *Sweep) mustReach() error {
	for patience := patienceMin; ; patience = min(2*patience, patienceMax) {
		err := w.reach()
		switch {
		case err == nil || client.Permanent(err):
			return err
		case w.ctx.Err() != nil:
			return w.ctx.Err()
		}
		if err := wait.Sleep(w.ctx, patience); err != nil {
			return err
		}
		if err := w.Control.Wait(w.ctx); err != nil {
			return err
		}
	}
}

// queuePlan queues the keys that the plan saw: what was read once is not waited for again. A scope
// whose cancels name recipients reads them first.
func (w *Sweep) queuePlan() {
	for key, n := range w.plan.promises(w.options) {
		w.q.Promise(w.scope.Workflow, key, n)
	}
	if w.everyone() {
		for _, k := range w.plan.ByKey {
			w.q.Want(cancel.Target{Workflow: w.scope.Workflow, Key: k.Key, Everyone: true}, k.Youngest.Add(cancel.MinAge))
		}
	}
	w.plan = Plan{}
	w.update(func(*Progress) {})
}

// queueList queues the keys that the scope lists; nothing has to be read for that.
func (w *Sweep) queueList() {
	in := w.scope.keyMatcher()
	for _, key := range w.scope.Keys {
		if !in(key) {
			continue
		}
		if w.everyone() {
			w.q.Want(cancel.Target{Workflow: w.scope.Workflow, Key: key, Everyone: true}, time.Time{})
		}
		for _, to := range w.scope.Recipients {
			w.q.Want(cancel.Target{Workflow: w.scope.Workflow, Key: key, To: to}, time.Time{})
		}
	}
	w.update(func(*Progress) {})
}

// skim finds keys without reading every run. The recipients of a trigger share its key and nearly
// its time, so where a page ends among the runs of one key it goes on with what was triggered before
// them. It leaps further while it keeps landing under keys that it knows. What it leaps over the
// looks find, once the rest is cancelled and out of the way, and the proof.
func (w *Sweep) skim() error {
	const leapMin, leapMax = 100 * time.Millisecond, 10 * time.Second
	filter := client.RunFilter{Workflow: w.scope.Workflow, Statuses: client.PendingStatuses}
	var at client.Cursor
	var leap time.Duration
	for {
		page, err := w.read(filter, at)
		if err != nil {
			return err
		}
		fresh := false
		for i := range page.Items {
			fresh = w.meet(&page.Items[i]) || fresh
		}
		w.update(func(*Progress) {})
		if page.After == "" || page.After == at.After { // a cursor that leads nowhere; the looks find the rest
			return nil
		}
		if len(page.Items) == 0 {
			at.After = page.After
			continue
		}
		last := &page.Items[len(page.Items)-1]
		if !w.in(last) || last.TriggerSource.CancellationKey == "" || !sharesKey(page.Items, last) {
			at.After = page.After
			continue
		}
		leap = min(max(2*leap, leapMin), leapMax)
		if fresh {
			leap = 0
		}
		filter.EndingAt, at = last.InsertedAt.Add(-time.Microsecond-leap), client.Cursor{}
	}
}

// sharesKey reports whether another run of a page is under the same key.
func sharesKey(runs []client.Run, last *client.Run) bool {
	n := 0
	for i := range runs {
		if runs[i].TriggerSource.CancellationKey == last.TriggerSource.CancellationKey {
			n++
		}
	}
	return n > 1
}
