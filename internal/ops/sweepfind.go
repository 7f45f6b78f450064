package ops

import (
	"errors"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

const (
	// journalKeysFor is how far back triggers from this machine and webhooks are
	// taken for pending. The lists find older ones.
	journalKeysFor = 24 * time.Hour
	journalPage    = 1000
)

// find queues the cancels of what is pending now.
func (w *Sweep) find() error {
	switch {
	case !w.scope.separable():
		if err := w.readSurvey(time.Time{}); err != nil {
			return err
		}
	case len(w.scope.Keys) > 0:
		return w.fromList()
	case w.scope.Everyone():
		w.fromPlan()
		if err := w.fromJournal(); err != nil {
			return err
		}
		return w.skim()
	}
	_, err := w.look()
	return err
}

// fromList queues the keys that the scope lists; nothing has to be read for that.
func (w *Sweep) fromList() error {
	in := w.scope.keyMatcher()
	for _, key := range w.scope.Keys {
		if !in(key) {
			continue
		}
		if w.scope.Everyone() {
			w.outbox.want(target{key: key}, time.Time{})
		}
		for _, to := range w.scope.Recipients {
			w.outbox.want(target{key, to}, time.Time{})
		}
	}
	w.update(func(*SweepProgress) {})
	if w.oldest.IsZero() {
		return w.reach()
	}
	return nil
}

// fromPlan queues the keys that the plan saw: what was read once is not waited
// for again.
func (w *Sweep) fromPlan() {
	for _, k := range w.planned {
		w.outbox.want(target{key: k.Key}, k.Youngest.Add(MinCancelAge))
	}
	w.planned = nil
	w.update(func(*SweepProgress) {})
}

// reach finds how far back runs of the workflow are pending, roughly: between
// which of a few times there are none. All are asked at once, before the cancels
// take effect.
func (w *Sweep) reach() error {
	now := w.s.Client.ServerNow()
	ages := []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	older := make([]bool, len(ages))
	errs := make([]error, len(ages))
	var asking sync.WaitGroup
	for i, age := range ages {
		asking.Go(func() {
			f := client.RunFilter{Workflow: w.scope.Workflow, Statuses: client.PendingStatuses, EndingAt: now.Add(-age)}
			var page client.Page[client.Run]
			page, errs[i] = w.read(f, client.Cursor{Size: 1})
			older[i] = len(page.Items) > 0
		})
	}
	asking.Wait()
	reach := ages[0]
	for i := range ages {
		if older[i] {
			reach = 31 * 24 * time.Hour
			if i+1 < len(ages) {
				reach = ages[i+1]
			}
		}
	}
	w.meetOldest(now.Add(-reach))
	return errors.Join(errs...)
}

func (w *Sweep) meetOldest(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.oldest.IsZero() || t.Before(w.oldest) {
		w.oldest = t
	}
}

// fromJournal queues the keys of triggers from this machine, and of webhooks
// that told of a run's start and were signed.
func (w *Sweep) fromJournal() error {
	in := w.scope.keyMatcher()
	since := time.Now().Add(-journalKeysFor)
	for before := int64(0); ; {
		actions, err := w.s.Journal.Actions(w.ctx, journal.Filter{Kinds: []journal.Kind{journal.Trigger}, Workflow: w.scope.Workflow, Environment: w.s.Environment, Since: since}, journalPage, before)
		if err != nil {
			return err
		}
		for _, a := range actions {
			if a.Key != "" && in(a.Key) && a.State != journal.Failed {
				w.outbox.want(target{key: a.Key}, latest(a.At, a.FinishedAt).Add(MinCancelAge)) // its runs began between the two
			}
		}
		if len(actions) < journalPage {
			break
		}
		before = actions[len(actions)-1].ID
	}
	verified := true
	for before := int64(0); ; {
		events, err := w.s.Journal.Events(w.ctx, journal.EventFilter{Types: []string{"workflow_recipient_run.started"}, Workflow: w.scope.Workflow, Verified: &verified, Since: since}, journalPage, before)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.CancellationKey != "" && in(e.CancellationKey) {
				w.outbox.want(target{key: e.CancellationKey}, e.ReceivedAt.Add(MinCancelAge))
			}
		}
		if len(events) < journalPage {
			return nil
		}
		before = events[len(events)-1].ID
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// skim finds keys without reading every run. The recipients of a trigger share
// its key and nearly its time, so where a page ends among the runs of one key it
// goes on with what was triggered before them. It leaps further while it keeps
// landing under keys that it knows. What it leaps over the looks find, once the
// rest is cancelled and out of the way.
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
			fresh = w.meet(&page.Items[i], nil) || fresh
		}
		w.update(func(*SweepProgress) {})
		if page.After == "" {
			return nil
		}
		if page.After == at.After { // a cursor that leads nowhere; the looks find the rest
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
