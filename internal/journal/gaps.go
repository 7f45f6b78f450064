package journal

import (
	"context"
	"slices"
	"time"
)

const (
	// ReceivingEvery is how often a receiver says that it stands ready.
	ReceivingEvery = 10 * time.Second
	// shortestGap is how long nothing stood ready at least for a gap: a receiver that is started anew is quicker.
	shortestGap = 3 * ReceivingEvery
)

// Gap is a time in which no receiver stood ready.
type Gap struct {
	Since, Until time.Time
	// Filled says that a backfill compared all of it with the API.
	Filled bool
}

// Backfill is a comparison of what arrived with what the API tells. Its times are by this machine's clock.
type Backfill struct {
	At           time.Time // when it ended
	Since, Until time.Time
	Restored     int // events
}

// StandReady says that a receiver stands ready, and has since a time. It is repeated every [ReceivingEvery]; a journal
// that cannot be written takes no webhooks either, and has a gap then.
func (j *Journal) StandReady(ctx context.Context, since time.Time) error {
	now := time.Now().UnixMicro()
	result, err := j.inLine().ExecContext(ctx, "UPDATE receiving SET until = ? WHERE since = ? AND process = ?", now, since.UnixMicro(), process)
	if err != nil {
		return j.explain("writing to", err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = j.inLine().ExecContext(ctx, "INSERT INTO receiving (since, until, process) VALUES (?, ?, ?)", since.UnixMicro(), now, process)
	return j.explain("writing to", err)
}

// Gaps are the times since then in which no receiver stood ready, the oldest first. What lies before a receiver stood
// ready for the first time is none.
func (j *Journal) Gaps(ctx context.Context, since time.Time) ([]Gap, error) {
	ready, err := j.spans(ctx, "SELECT since, until FROM receiving WHERE until >= coalesce((SELECT max(until) FROM receiving WHERE until < ?), 0) ORDER BY since", since.UnixMicro())
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	filled, err := j.spans(ctx, "SELECT since, until FROM backfills WHERE until > ? ORDER BY since", since.UnixMicro())
	if err != nil {
		return nil, err
	}
	var gaps []Gap
	end := ready[0].Until
	for _, next := range append(ready[1:], Gap{Since: time.Now()}) {
		if next.Since.Sub(end) >= shortestGap && next.Since.After(since) {
			gap := Gap{Since: end, Until: next.Since}
			gap.Filled = slices.ContainsFunc(filled, func(b Gap) bool {
				return !b.Since.After(gap.Since.Add(sameMoment)) && !b.Until.Before(gap.Until.Add(-sameMoment))
			})
			gaps = append(gaps, gap)
		}
		if next.Until.After(end) {
			end = next.Until
		}
	}
	return gaps, nil
}

func (j *Journal) spans(ctx context.Context, query string, args ...any) ([]Gap, error) {
	return collect(j.query(ctx, query, args...), func(row scanner) (Gap, error) {
		var since, until int64
		err := row.Scan(&since, &until)
		return Gap{Since: time.UnixMicro(since), Until: time.UnixMicro(until)}, err
	})
}

// Backfilled writes down that a time was compared with the API.
func (j *Journal) Backfilled(ctx context.Context, b Backfill) error {
	_, err := j.inLine().ExecContext(ctx, "INSERT INTO backfills (at, since, until, restored) VALUES (?, ?, ?, ?)",
		b.At.UnixMicro(), b.Since.UnixMicro(), b.Until.UnixMicro(), b.Restored)
	return j.explain("writing to", err)
}
