// Package backfill restores outbound webhooks that never arrived from what the API still tells.
package backfill

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/webhook"
)

const (
	// askAtOnce is how many runs and messages are asked about at a time: the limits pace them, this
	// covers the way there and back.
	askAtOnce = 16
	// restoreAfter is how many events are gathered before they are written down.
	restoreAfter = 500
)

// DefaultLookback is the lookback that most backfills want: it covers runs that wait for an hour.
const DefaultLookback = time.Hour

// ScopesOf are the times of the gaps that were not filled yet. Gaps are by this machine's clock; what
// began just before one may have been told in it.
func ScopesOf(gaps []journal.Gap, lookback time.Duration, c *client.Client) []Scope {
	skew, _ := c.Skew()
	var out []Scope
	for _, g := range gaps {
		if !g.Filled {
			out = append(out, Scope{Since: g.Since.Add(skew), Until: g.Until.Add(skew), Lookback: lookback})
		}
	}
	return out
}

// Scope is the time that is compared with the API.
type Scope struct {
	Since, Until time.Time // by Knock's clock
	// Lookback is how much longer ago a run or a message may have begun whose events lie in the
	// time. The API finds both by when they began alone.
	Lookback time.Duration
}

// Progress is how far a backfill got.
type Progress struct {
	Runs, Messages int // read
	Events         int // that the API tells of the time
	Restored       int // of them, because they had not arrived
}

// Run compares what arrived with what the API tells, and restores what is missing: each run's start and
// end and its errors, and all events of each message. report is called from time to time, by one
// goroutine at a time. What was restored before an error stays.
func Run(ctx context.Context, c *client.Client, j *journal.Journal, s Scope, report func(Progress)) (Progress, error) {
	b := &backfill{client: c, journal: j, scope: s, report: report}
	work, reading := errgroup.WithContext(ctx)
	work.Go(func() error { return b.runs(reading) })
	work.Go(func() error { return b.messages(reading) })
	err := work.Wait()
	if err == nil {
		err = b.flush(ctx)
	}
	if err == nil {
		skew, _ := c.Skew() // the journal's times are this machine's
		err = j.Backfilled(ctx, journal.Backfill{At: time.Now(), Since: s.Since.Add(-skew), Until: s.Until.Add(-skew), Restored: b.progress.Restored})
	}
	return b.progress, err
}

type backfill struct {
	client  *client.Client
	journal *journal.Journal
	scope   Scope
	report  func(Progress)

	mu       sync.Mutex
	progress Progress
	found    []webhook.Delivery // not written down yet
}

// runs reads the runs that had events in the time. A run that ended says when; of one with errors its
// own events say more.
func (b *backfill) runs(ctx context.Context) error {
	asks, asking := errgroup.WithContext(ctx)
	asks.SetLimit(askAtOnce)
	filter := client.RunFilter{StartingAt: b.scope.Since.Add(-b.scope.Lookback), EndingAt: b.scope.Until}
	for run, err := range b.client.Runs(ctx, filter) {
		if err != nil {
			_ = asks.Wait()
			return err
		}
		if err := b.add(ctx, func(p *Progress) { p.Runs++ }, b.runEvents(&run)...); err != nil {
			_ = asks.Wait()
			return err
		}
		if ended(&run) && run.ErrorCount > 0 && !run.UpdatedAt.Before(b.scope.Since) {
			asks.Go(func() error { return b.runError(asking, run.ID) })
		}
	}
	return asks.Wait()
}

func (b *backfill) runEvents(r *client.Run) []webhook.Delivery {
	out := b.event(nil, "workflow_recipient_run.started", r.InsertedAt, r.Raw, nil)
	if ended(r) && r.ErrorCount == 0 {
		out = b.event(out, "workflow_recipient_run.completed", r.UpdatedAt, r.Raw, nil)
	}
	return out
}

// ended reports that a run came to an end of its own. Of one that was cancelled no webhook tells.
func ended(r *client.Run) bool { return r.Status == client.RunCompleted }

// runError tells whether a run with errors ended well all the same: it has no status for that.
func (b *backfill) runError(ctx context.Context, id string) error {
	run, err := b.client.GetRun(ctx, id)
	if err != nil {
		return err
	}
	kind := "workflow_recipient_run.error"
	if slices.ContainsFunc(run.Events, func(e client.RunEvent) bool { return e.Event == "run_completed" }) {
		kind = "workflow_recipient_run.completed"
	}
	return b.add(ctx, func(*Progress) {}, b.event(nil, kind, run.UpdatedAt, run.Raw, nil)...)
}

func (b *backfill) messages(ctx context.Context) error {
	asks, asking := errgroup.WithContext(ctx)
	asks.SetLimit(askAtOnce)
	filter := client.MessageFilter{InsertedFrom: b.scope.Since.Add(-b.scope.Lookback), InsertedTo: b.scope.Until}
	for m, err := range b.client.Messages(ctx, filter) {
		if err != nil {
			_ = asks.Wait()
			return err
		}
		if m.UpdatedAt.Before(b.scope.Since) {
			continue // nothing happened to it since
		}
		asks.Go(func() error { return b.messageEvents(asking, m) })
	}
	return asks.Wait()
}

func (b *backfill) messageEvents(ctx context.Context, m client.Message) error {
	var out []webhook.Delivery
	pages := func(ctx context.Context, at client.Cursor) (client.Page[client.MessageEvent], error) {
		return b.client.MessageEvents(ctx, m.ID, at)
	}
	for e, err := range client.All(ctx, pages) {
		if err != nil {
			return err
		}
		out = b.event(out, e.Type, e.InsertedAt, m.Raw, e.Data)
	}
	return b.add(ctx, func(p *Progress) { p.Messages++ }, out...)
}

// event appends an event as a webhook would have told it, if it lies in the time. Its body says what it is.
func (b *backfill) event(to []webhook.Delivery, kind string, at time.Time, data json.RawMessage, eventData map[string]any) []webhook.Delivery {
	if at.Before(b.scope.Since) || at.After(b.scope.Until) || !webhook.Known(kind) { // such as message.queued
		return to
	}
	body, err := json.Marshal(struct {
		Typename      string          `json:"__typename"`
		Type          string          `json:"type"`
		CreatedAt     time.Time       `json:"created_at"`
		Data          json.RawMessage `json:"data"`
		EventData     map[string]any  `json:"event_data"`
		Reconstructed bool            `json:"reconstructed"`
	}{"Event", kind, at.UTC(), data, eventData, true})
	if err != nil {
		return to
	}
	d, err := webhook.Received(time.Now(), nil, body)
	if err != nil {
		return to // without a type it is no event
	}
	return append(to, d)
}

// add takes events over, and writes them down when there are enough.
func (b *backfill) add(ctx context.Context, count func(*Progress), events ...webhook.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	count(&b.progress)
	b.progress.Events += len(events)
	b.found = append(b.found, events...)
	if len(b.found) < restoreAfter {
		return nil
	}
	return b.write(ctx)
}

func (b *backfill) flush(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.write(ctx)
}

func (b *backfill) write(ctx context.Context) error {
	n, err := b.journal.Restore(ctx, b.found)
	b.progress.Restored += n
	b.found = b.found[:0]
	if b.report != nil {
		b.report(b.progress)
	}
	return err
}
