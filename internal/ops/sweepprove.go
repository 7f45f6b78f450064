package ops

import (
	"context"
	"errors"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

// prove reads how the runs ended that were pending when the sweep began or came
// later. Nothing is pending by now, so each of them was changed since then.
func (w *Sweep) prove() error {
	if w.oldest.IsZero() {
		return nil
	}
	w.update(func(p *SweepProgress) { p.Confirmed, p.FinishedFirst = 0, 0 })
	since := w.started.Add(-time.Second)
	stepped := time.Now()
	var failed error
	for _, f := range w.scope.narrow() {
		f.Statuses = []client.RunStatus{client.RunCancelled, client.RunCompleted}
		if from := w.oldest.Add(-time.Minute); f.StartingAt.Before(from) { // the skim may have leapt over the oldest
			f.StartingAt = from
		}
		confirmed, finished := 0, 0
		tell := func() {
			w.update(func(p *SweepProgress) {
				p.Confirmed += confirmed
				p.FinishedFirst += finished
				if known := p.Confirmed + p.FinishedFirst + p.Unconfirmed; known > p.Runs {
					p.Runs, p.Counted = known, false // more came since it was counted
				}
			})
			confirmed, finished = 0, 0
		}
		read := 0
		err := w.each(f, func(r *client.Run) {
			if w.in(r) && r.TriggerSource.CancellationKey != "" && r.UpdatedAt.After(since) {
				if r.Status == client.RunCancelled {
					confirmed++
				} else {
					finished++
				}
			}
			if read++; read%50 == 0 {
				tell()
			}
			if time.Since(stepped) >= stepEvery && failed == nil {
				stepped = time.Now()
				failed = w.step("")
			}
		})
		tell()
		if err := errors.Join(err, failed); err != nil {
			return err
		}
	}
	w.update(func(p *SweepProgress) { p.Runs = p.Confirmed + p.FinishedFirst + p.Unconfirmed })
	return nil
}

// recollect takes what the journal has of a sweep's requests.
func (w *Sweep) recollect(ctx context.Context) error {
	for before := int64(0); ; {
		actions, err := w.s.Journal.Actions(ctx, journal.Filter{Sweep: w.id}, journalPage, before)
		if err != nil {
			return err
		}
		for _, a := range actions {
			if a.State != journal.Done {
				continue
			}
			switch a.Kind {
			case journal.Freeze:
				w.p.Frozen = true
			case journal.Cancel:
				w.p.Accepted++
				if err := w.outbox.remember(a); err != nil {
					return err
				}
			}
		}
		if len(actions) < journalPage {
			return nil
		}
		before = actions[len(actions)-1].ID
	}
}

// remember marks what an earlier cancel was about. The latest comes first.
func (o *outbox) remember(a journal.Action) error {
	targets := []target{{key: a.Key}}
	if !a.Everyone {
		targets = targets[:0]
		for _, s := range a.Recipients {
			to, err := client.ParseRef(s)
			if err != nil {
				return err
			}
			targets = append(targets, target{a.Key, to})
		}
	}
	for _, t := range targets {
		if o.ledger.of(t).state == unsent {
			o.ledger.set(t, mark{sent: a.At.UnixMicro(), state: sentOn})
		}
	}
	return nil
}
