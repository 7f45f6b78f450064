package sweep

import (
	"context"
	"fmt"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// lookEvery is how long a look at what is pending waits for the one before it.
	lookEvery = time.Second
	// stepEvery is how often the progress of a long phase is journalled.
	stepEvery = 10 * time.Second
	// patienceMin doubles up to patienceMax while something cannot be read.
	patienceMin, patienceMax = time.Second, 15 * time.Second
)

// read reads a page, as often as it takes. Only what would come again however often it is read ends
// it.
func (w *Sweep) read(f client.RunFilter, at client.Cursor) (client.Page[client.Run], error) {
	begun := time.Now()
	for patience := patienceMin; ; patience = min(2*patience, patienceMax) {
		if held, _ := w.Held(); held {
			w.stalled.Store(true)
		}
		if err := w.Control.Wait(w.ctx); err != nil {
			return client.Page[client.Run]{}, err
		}
		page, err := w.r.Client.ListRuns(w.ctx, f, at)
		w.trouble(err)
		switch {
		case err == nil:
			if patience > patienceMin && time.Since(begun) > freshFor {
				w.stalled.Store(true)
			}
			return page, nil
		case w.ctx.Err() != nil:
			return page, w.ctx.Err()
		case client.Permanent(err):
			return page, err
		}
		if err := wait.Sleep(w.ctx, patience); err != nil {
			return page, err
		}
	}
}

// each reads all runs that match.
func (w *Sweep) each(f client.RunFilter, see func(*client.Run)) error {
	for run, err := range client.All(w.ctx, func(_ context.Context, at client.Cursor) (client.Page[client.Run], error) { return w.read(f, at) }) {
		if err != nil {
			return err
		}
		see(&run)
	}
	return nil
}

// target is what a cancel of a run is about.
func (w *Sweep) target(r *client.Run) cancel.Target {
	t := cancel.Target{Workflow: r.Workflow, Key: r.TriggerSource.CancellationKey, Everyone: w.everyone()}
	if !t.Everyone {
		t.To = r.Recipient
	}
	return t
}

// meet takes a run that was read as pending, queues its cancel where that is due, and reports
// whether it did. Where cancels rest on a reading, that waits until the whole of it was read.
func (w *Sweep) meet(r *client.Run) (queued bool) {
	if !r.Status.Pending() || !w.in(r) {
		return false
	}
	w.note(r.InsertedAt)
	outcome := w.reachable(r)
	before, there := w.book.of(r.ID)
	if there && outcome == Pending {
		outcome = before.outcome
		if outcome == Shared {
			outcome = Pending // until the reading says so again
		}
	}
	if !there && outcome == Pending && !w.room() {
		return false
	}
	if outcome == Pending && w.survey == nil {
		outcome, queued = w.queue(w.target(r), r.InsertedAt)
	}
	if w.book.put(r, outcome, w.looks, ByReading, w.r.Client.ServerNow()) && r.InsertedAt.After(w.started) {
		w.late.Add(1)
	}
	return queued
}

// reachable tells whether a cancel can be sent for a pending run in scope: Pending where it can.
func (w *Sweep) reachable(r *client.Run) Outcome { return w.scope.reachable(r, w.everyone()) }

// everyone reports that cancels name nobody, so that one request reaches all under a key. A bound on
// runs wants them named.
func (w *Sweep) everyone() bool { return w.scope.Everyone() && w.options.Max == 0 }

// MaxError says that more runs are pending than a sweep may cancel.
type MaxError struct{ Max int }

func (e *MaxError) Error() string {
	return fmt.Sprintf("%s are in scope, and more are pending: at most that many may be cancelled; go on to cancel as many again, or abort", plural(e.Max, "run"))
}

// room reports whether one more run may be cancelled, and holds the sweep up where it may not.
func (w *Sweep) room() bool {
	most := int(w.most.Load())
	if most == 0 || w.book.reachable() < most {
		return true
	}
	w.hold(&MaxError{most})
	return false
}

// queue queues the cancel of a pending run where that is due, and returns what became of the run.
func (w *Sweep) queue(t cancel.Target, triggered time.Time) (o Outcome, queued bool) {
	switch w.q.Sight(t, triggered) {
	case cancel.Stuck:
		return Unconfirmed, false
	case cancel.Refused:
		return Refused, false
	case cancel.Queued:
		return Pending, true
	}
	return Pending, false
}

// look reads all that is pending in scope and queues what is due. It returns how many runs that can
// be cancelled are pending.
func (w *Sweep) look() (int, error) {
	begun, local := w.r.Client.ServerNow(), time.Now()
	w.looks++
	if err := w.readAll(); err != nil {
		return 0, err
	}
	if w.survey != nil {
		w.survey.end(begun, local, true)
		if err := w.queueSeen(); err != nil {
			return 0, err
		}
	}
	pending := w.book.seen(w.looks, Pending)
	w.update(func(p *Progress) { p.Pending = pending })
	return pending, w.book.flush()
}

// readAll meets everything that is pending in scope.
func (w *Sweep) readAll() (err error) {
	filters := w.scope.narrow()
	if w.survey != nil {
		filters = w.scope.wide()
		w.survey.begin()
		defer func() {
			if err != nil {
				w.survey.end(time.Time{}, time.Time{}, false)
			}
		}()
	}
	read := 0
	for _, f := range filters {
		if err := w.each(f, func(r *client.Run) {
			w.meet(r)
			if w.survey != nil {
				w.elsewhere(r)
			}
			if read++; read%50 == 0 {
				w.update(func(*Progress) {})
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// queueSeen queues the runs that the last look saw, but for those that share key and recipient with
// one that is out of scope.
func (w *Sweep) queueSeen() error {
	if err := w.book.flush(); err != nil {
		return err
	}
	now := w.r.Client.ServerNow()
	return w.book.each(w.ctx, []string{Pending.String(), Shared.String()}, func(row journal.SweepRun) {
		k, _ := w.book.of(row.Run)
		if k.look != w.looks {
			return // it has ended
		}
		to, err := client.ParseRef(row.Recipient)
		if err != nil {
			return
		}
		t := cancel.Target{Workflow: row.Workflow, Key: row.Key, To: to}
		outcome := Shared
		switch {
		case w.survey.keep(t):
			outcome, _ = w.queue(t, row.Triggered)
		case w.q.Covers(t, row.Triggered):
			outcome = Pending // its cancel left before the other run began
		}
		w.book.change(row, outcome, w.looks, now)
	})
}

// verify looks until nothing is pending but what is explained, twice in a row: without a freeze more
// may arrive between two looks. One that was held up, or waited for the network, knows nothing of
// what came since its first pages.
func (w *Sweep) verify() error {
	stepped := time.Now()
	for quiet := 0; quiet < 2; {
		if err := wait.Sleep(w.ctx, lookEvery); err != nil {
			return err
		}
		w.stalled.Store(false)
		pending, err := w.look()
		if err != nil {
			return err
		}
		quiet++
		if pending > 0 || w.q.Sent().Waiting > 0 || w.stalled.Load() {
			quiet = 0
		}
		if time.Since(stepped) >= stepEvery {
			stepped = time.Now()
			if err := w.step(""); err != nil {
				return err
			}
		}
	}
	w.update(func(p *Progress) { p.Quiet = true })
	return nil
}

// get reads one run, as often as it takes.
func (w *Sweep) get(id string) (client.Run, error) {
	for patience := patienceMin; ; patience = min(2*patience, patienceMax) {
		if err := w.Control.Wait(w.ctx); err != nil {
			return client.Run{}, err
		}
		run, err := w.r.Client.GetRun(w.ctx, id)
		if err == nil || w.ctx.Err() != nil || client.Permanent(err) {
			return run, err
		}
		w.trouble(err)
		if err := wait.Sleep(w.ctx, patience); err != nil {
			return client.Run{}, err
		}
	}
}
