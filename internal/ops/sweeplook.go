package ops

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/knockops/knockops/client"
)

const (
	// lookEvery is how long a look at what is pending waits for the one before it.
	lookEvery = time.Second
	// stepEvery is how often the progress of a long phase is journalled.
	stepEvery = 10 * time.Second
	// surveyEvery is how old a survey may be when a cancel is decided on it: what it
	// has not seen is too young then for most cancels to hit.
	surveyEvery = 4 * time.Second
)

// read reads a page, as often as it takes. Only what would come again however
// often it is read ends it.
func (w *Sweep) read(f client.RunFilter, at client.Cursor) (client.Page[client.Run], error) {
	for wait := retryMin; ; wait = min(2*wait, retryMax) {
		if err := w.gate(); err != nil {
			return client.Page[client.Run]{}, err
		}
		page, err := w.s.Client.ListRuns(w.ctx, f, at)
		var e *client.Error
		switch {
		case err == nil:
			return page, nil
		case w.ctx.Err() != nil:
			return page, w.ctx.Err()
		case !errors.As(err, &e) || e.Attempts == 0 || errors.Is(err, client.ErrUnreadable) || e.Err == nil && e.Status/100 == 4 && e.Status != http.StatusTooManyRequests:
			return page, err
		}
		if err := sleep(w.ctx, wait); err != nil {
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

// sights count what a look at the pending runs in scope met.
type sights struct {
	pending, stuck, noKey, inseparable, late int
	since, upTo                              time.Time // arrivals between these are late; the next look counts what came after
}

// meet takes a pending run, queues its cancel if that is due, and reports
// whether it did. A nil count counts nothing.
func (w *Sweep) meet(r *client.Run, n *sights) bool {
	if !r.Status.Pending() || !w.in(r) {
		return false
	}
	if n == nil {
		n = &sights{since: r.InsertedAt, upTo: r.InsertedAt}
	}
	t := target{key: r.TriggerSource.CancellationKey}
	if t.key == "" {
		n.noKey++
		return false
	}
	w.meetOldest(r.InsertedAt)
	if r.InsertedAt.After(n.since) && !r.InsertedAt.After(n.upTo) {
		n.late++
	}
	if !w.scope.Everyone() {
		t.to = r.Recipient
	}
	if w.survey != nil {
		if w.survey.left(t) {
			n.inseparable++
			return false
		}
		if r.InsertedAt.After(w.survey.upTo) {
			n.pending++ // the next look knows what else is under its key
			return false
		}
	}
	switch w.outbox.sight(t, r.InsertedAt, w.s.Client.ServerNow()) {
	case stuck:
		n.stuck++
		return false
	case waiting:
		n.pending++
		return false
	}
	n.pending++
	return true
}

// readSurvey reads what is pending out of scope of what was triggered since a
// time, and again what came meanwhile, until it is up to date.
func (w *Sweep) readSurvey(since time.Time) error {
	for {
		begun := w.s.Client.ServerNow()
		for _, f := range w.scope.wide() {
			f.StartingAt = since
			err := w.each(f, func(r *client.Run) {
				if key := r.TriggerSource.CancellationKey; key != "" && !w.in(r) {
					w.survey.leave(target{key, r.Recipient})
				}
			})
			if err != nil {
				return err
			}
		}
		w.survey.upTo = begun
		if w.s.Client.ServerNow().Sub(begun) < surveyEvery {
			return nil
		}
		since = begun.Add(-surveyOverlap)
	}
}

// surveyOverlap makes up for runs that are listed a moment after they began.
const surveyOverlap = 2 * time.Second

// look reads all that is pending in scope and queues what is due.
func (w *Sweep) look() (sights, error) {
	begun := w.s.Client.ServerNow()
	n := sights{since: w.looked, upTo: begun}
	var failed error
	for _, f := range w.scope.narrow() {
		err := w.each(f, func(r *client.Run) {
			if w.survey != nil && failed == nil && w.s.Client.ServerNow().Sub(w.survey.upTo) > surveyEvery {
				failed = w.readSurvey(w.survey.upTo.Add(-surveyOverlap))
			}
			if failed == nil {
				w.meet(r, &n)
			}
		})
		if err := errors.Join(err, failed); err != nil {
			return n, err
		}
	}
	w.looked = begun
	w.update(func(p *SweepProgress) {
		p.Pending, p.Unconfirmed, p.NoKey, p.Inseparable = n.pending, n.stuck, n.noKey, n.inseparable
		p.Late += n.late
		p.Runs = max(p.Runs, n.pending+n.stuck+p.Confirmed+p.FinishedFirst)
	})
	return n, nil
}

// verify looks until nothing is pending but what is explained, twice in a row:
// without a freeze more may arrive between two looks.
func (w *Sweep) verify() error {
	stepped := time.Now()
	for quiet := 0; quiet < 2; {
		if err := sleep(w.ctx, lookEvery); err != nil {
			return err
		}
		n, err := w.look()
		if err != nil {
			return err
		}
		quiet++
		if n.pending > 0 || w.outbox.outstanding() > 0 {
			quiet = 0
		}
		if time.Since(stepped) >= stepEvery {
			stepped = time.Now()
			if err := w.step(""); err != nil {
				return err
			}
		}
	}
	w.update(func(p *SweepProgress) { p.Quiet = true })
	return nil
}
