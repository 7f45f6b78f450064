package sweep

import (
	"context"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
)

// journalPage is how many actions are read from the journal at a time.
const journalPage = 1000

// recollect takes what the journal has of a sweep: its runs, and the requests that may have reached
// Knock.
func (w *Sweep) recollect(ctx context.Context) error {
	if err := w.book.load(ctx); err != nil {
		return err
	}
	if err := w.book.reopen(Unconfirmed, Refused); err != nil {
		return err
	}
	sent := cancel.Sent{}
	for before := int64(0); ; {
		actions, err := w.r.Journal.Actions(ctx, journal.Filter{Sweep: w.id}, journalPage, before)
		if err != nil {
			return err
		}
		for _, a := range actions {
			switch {
			case a.Kind == journal.Freeze && a.State == journal.Done:
				w.p.Frozen = true
			case a.Kind == journal.Cancel:
				w.remember(a, &sent)
			}
		}
		if len(actions) < journalPage {
			break
		}
		before = actions[len(actions)-1].ID
	}
	w.restore(sent)
	return nil
}

// remember takes over an earlier cancel. The latest comes first. One that was begun and never heard
// of may have left: it counts as sent, and its runs tell whether it arrived.
func (w *Sweep) remember(a journal.Action, sent *cancel.Sent) {
	if a.State == journal.Failed && a.Status == 0 {
		return // it never left
	}
	if a.State == journal.Done {
		sent.Accepted++
	} else if a.State == journal.Failed && a.Status/100 == 4 && a.Status != 429 {
		sent.Errors++
	}
	sent.Planned++
	at := a.At.Add(a.Skew)
	if sent.First.IsZero() || at.Before(sent.First) {
		sent.First = at
	}
	effect := at
	if a.State == journal.Failed && a.Status/100 == 4 {
		effect = time.Time{} // Knock did not take it
	}
	known := func(t cancel.Target) { w.q.Doubt(t, effect) }
	if a.State == journal.Done {
		known = func(t cancel.Target) { w.q.Remember(t, at, a.ID) }
	}
	t := cancel.Target{Workflow: a.Workflow, Key: a.Key, Everyone: a.Everyone}
	if a.Everyone {
		known(t)
		return
	}
	for _, s := range a.Recipients {
		if to, err := client.ParseRef(s); err == nil {
			t.To = to
			known(t)
		}
	}
}

// restore counts the requests of before: those that the last step of the journal knows by kind, and
// the rest, which left after it, as far as the plan goes as planned ones.
func (w *Sweep) restore(sent cancel.Sent) {
	last := w.p.Sent
	total := sent.Planned
	sent.Planned, sent.Beyond, sent.Repeated = last.Planned, last.Beyond, last.Repeated
	if more := total - last.Planned - last.Beyond - last.Repeated; more > 0 {
		planned := min(more, max(0, w.p.Promised-last.Planned))
		sent.Planned += planned
		sent.Beyond += more - planned
	}
	w.q.Restore(sent)
	w.late.Store(int64(w.p.Late))
	w.q.PromiseAny(max(0, w.p.Promised-sent.Planned))
}
