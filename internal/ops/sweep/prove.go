package sweep

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

const (
	// fewRuns are read one by one; more are read from the list, 50 at a time.
	fewRuns = 5
	// excludeFrom is how many runs are read one by one rather than told by exclusion: that takes
	// 8 s.
	excludeFrom = 2000
	// sample is how many runs whose end was told by exclusion are read all the same.
	sample = 40
)

var ended = []client.RunStatus{client.RunCancelled, client.RunCompleted}

// prove reads how the runs ended that were pending when the sweep began or came later. Nothing is
// pending by now, so each of them has changed since then.
func (w *Sweep) prove() error {
	if err := w.readUnseen(); err != nil {
		return err
	}
	if err := w.reopenEnded(); err != nil {
		return err
	}
	if err := w.decide(); err != nil {
		return err
	}
	if err := w.countKeys(); err != nil {
		return err
	}
	w.update(func(p *Progress) { p.Counted = true })
	return nil
}

// readUnseen reads what ended without having been seen pending: what the plan did not read, and
// what began since and ended between two looks. What other runs a cancel ended is found on the way.
func (w *Sweep) readUnseen() error {
	p := w.Progress()
	from := p.ReadFrom
	if from.IsZero() {
		from = p.PendingSince
	}
	from = from.Add(-overlap)
	filters := w.scope.narrow()
	if w.survey != nil {
		filters = w.scope.wide()
	}
	for _, f := range filters {
		f.Statuses = ended
		if f.StartingAt.Before(from) {
			f.StartingAt = from
		}
		if err := w.judgeAll(f); err != nil {
			return err
		}
	}
	return nil
}

// judgeAll judges all runs of a list, and journals on the way.
func (w *Sweep) judgeAll(f client.RunFilter) error {
	stepped := time.Now()
	read := 0
	var failed error
	err := w.each(f, func(r *client.Run) {
		w.judge(r)
		if read++; read%50 == 0 {
			w.update(func(*Progress) {})
		}
		if failed == nil && time.Since(stepped) >= stepEvery {
			stepped = time.Now()
			failed = w.step("")
		}
	})
	w.update(func(*Progress) {})
	return errors.Join(err, failed)
}

// judge takes a run that was read as ended.
func (w *Sweep) judge(r *client.Run) {
	now := w.r.Client.ServerNow()
	if !w.in(r) {
		if w.survey != nil && r.Status == client.RunCancelled && w.hit(r) {
			w.book.put(r, OutOfScope, 0, ByReading, now)
		}
		return
	}
	outcome := FinishedFirst
	switch r.Status {
	case client.RunCancelled:
		outcome = Confirmed
	case client.RunCompleted:
	default:
		return
	}
	before, there := w.book.of(r.ID)
	switch {
	case there && !slices.Contains([]Outcome{Pending, Shared, Unconfirmed, Refused, Gone}, before.outcome):
	case !there && w.reachable(r) != Pending:
	case !there && r.InsertedAt.Before(w.started) && r.UpdatedAt.Before(w.started): // it ended before the sweep began
	default:
		w.note(r.InsertedAt)
		if w.book.put(r, outcome, 0, ByReading, now) && r.InsertedAt.After(w.started) {
			w.late.Add(1)
		}
	}
}

// hit reports whether a cancel of this sweep ended a run that reads cancelled.
func (w *Sweep) hit(r *client.Run) bool {
	since, sent := w.q.Reached(w.target(r))
	return sent && !r.UpdatedAt.Before(since.Add(-overlap))
}

// reopenEnded makes runs undecided that were left, refused or given up and are not pending any more:
// a freeze ended them, or a cancel that had left before, or they completed.
func (w *Sweep) reopenEnded() error {
	if err := w.book.flush(); err != nil {
		return err
	}
	now := w.r.Client.ServerNow()
	return w.book.each(w.ctx, []string{Shared.String(), Unconfirmed.String(), Refused.String()}, func(row journal.SweepRun) {
		if k, _ := w.book.of(row.Run); k.look != w.looks {
			w.book.change(row, Pending, k.look, now)
		}
	})
}

// decide tells how the runs ended that were seen pending and are not any more.
func (w *Sweep) decide() error {
	if err := w.book.flush(); err != nil {
		return err
	}
	p := w.Progress()
	open := w.book.count(Pending)
	f := client.RunFilter{Workflow: w.scope.Workflow, StartingAt: p.Oldest.Add(-time.Second), EndingAt: p.Youngest.Add(time.Second)}
	switch {
	case open == 0:
		return nil
	case open > excludeFrom && !w.options.ReadAll:
		done, err := w.exclude(f)
		if err != nil || done {
			return err
		}
		fallthrough
	case open > fewRuns:
		if err := w.readEnded(f); err != nil {
			return err
		}
	}
	return w.readRest()
}

// readEnded reads how the runs of a window ended, until nothing is left to be told.
func (w *Sweep) readEnded(f client.RunFilter) error {
	f.Statuses = ended
	var at client.Cursor
	for w.book.count(Pending) > 0 {
		page, err := w.read(f, at)
		if err != nil {
			return err
		}
		for i := range page.Items {
			w.judge(&page.Items[i])
		}
		w.update(func(*Progress) {})
		if page.After == "" || page.After == at.After {
			break
		}
		at.After = page.After
	}
	return w.book.flush()
}

// exclude reads the completed and the cancelled runs of a window page by page in turn. A run has one
// of five states: when nothing is pending and one of the two lists has ended, all that is left is in
// the other. A random sample of it is read to see that it is so; done is false where it is not.
func (w *Sweep) exclude(f client.RunFilter) (done bool, err error) {
	lists := [2]struct {
		status client.RunStatus
		other  Outcome // of what is not on this list
		at     client.Cursor
	}{{status: client.RunCompleted, other: Confirmed}, {status: client.RunCancelled, other: FinishedFirst}}
	for turn := 0; w.book.count(Pending) > 0; turn = 1 - turn {
		l := &lists[turn]
		f.Statuses = []client.RunStatus{l.status}
		page, err := w.read(f, l.at)
		if err != nil {
			return false, err
		}
		for i := range page.Items {
			w.judge(&page.Items[i])
		}
		w.update(func(*Progress) {})
		if page.After != "" && page.After != l.at.After {
			l.at.After = page.After
			continue
		}
		if ok, err := w.corroborate(l.other); err != nil || !ok {
			return false, err
		}
		return true, w.book.exclude(l.other, w.r.Client.ServerNow())
	}
	return true, nil
}

// corroborate reads a random sample of the undecided runs and reports whether all of them ended as
// is supposed.
func (w *Sweep) corroborate(supposed Outcome) (bool, error) {
	if err := w.book.flush(); err != nil {
		return false, err
	}
	rows, err := w.r.Journal.SampleSweepRuns(w.ctx, w.id, Pending.String(), sample)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		outcome, err := w.readOne(row)
		if err != nil {
			return false, err
		}
		if outcome != supposed {
			return false, nil
		}
		w.update(func(p *Progress) { p.Sampled++ })
	}
	return true, nil
}

// readRest reads the runs that are on neither list, one by one. Where there are many and none of a
// sample is known to Knock any more, none of them is.
func (w *Sweep) readRest() error {
	if err := w.book.flush(); err != nil {
		return err
	}
	for w.book.count(Pending) > 0 {
		rows, err := w.r.Journal.SampleSweepRuns(w.ctx, w.id, Pending.String(), sample)
		if err != nil {
			return err
		}
		gone := 0
		for _, row := range rows {
			outcome, err := w.readOne(row)
			if err != nil {
				return err
			}
			if outcome == Gone {
				gone++
			}
		}
		if err := w.book.flush(); err != nil {
			return err
		}
		if len(rows) == sample && gone == sample {
			return w.book.exclude(Gone, w.r.Client.ServerNow())
		}
	}
	return nil
}

// readOne reads how a run ended, and takes it into the book.
func (w *Sweep) readOne(row journal.SweepRun) (Outcome, error) {
	run, err := w.get(row.Run)
	var e *client.Error
	switch now := w.r.Client.ServerNow(); {
	case errors.As(err, &e) && e.Err == nil && e.Status == http.StatusNotFound:
		w.book.change(row, Gone, 0, now)
		return Gone, nil
	case err != nil:
		return Pending, err
	case run.Status.Pending():
		w.book.change(row, Unconfirmed, 0, now)
		return Unconfirmed, nil
	case run.Status == client.RunCancelled:
		w.book.change(row, Confirmed, 0, now)
		return Confirmed, nil
	default:
		w.book.change(row, FinishedFirst, 0, now)
		return FinishedFirst, nil
	}
}

// countKeys counts the listed keys under which no run was seen.
func (w *Sweep) countKeys() error {
	if len(w.scope.Keys) == 0 {
		return nil
	}
	seen, err := w.r.Journal.SweepKeys(w.ctx, w.id)
	if err != nil {
		return err
	}
	unseen := set(w.scope.Keys)
	for _, key := range seen {
		delete(unseen, key)
	}
	w.update(func(p *Progress) { p.KeysUnseen = len(unseen) })
	return nil
}
