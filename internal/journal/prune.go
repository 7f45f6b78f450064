package journal

import (
	"context"
	"database/sql"
	"math"
	"time"
)

// pruneAtOnce is how many events are dropped in one transaction, which others wait for.
const pruneAtOnce = 200

// Prune drops the oldest events: those received longer ago than maxAge, and more until what the journal holds takes no
// more than maxBytes; 0 is no limit. The newest event stays, and so does everything that was done from here. The file
// keeps its size, and what was freed is used again. dropped counts those of this call, also when it ends with an error.
func (j *Journal) Prune(ctx context.Context, maxAge time.Duration, maxBytes int64) (dropped int, err error) {
	for {
		n, err := j.pruneSome(ctx, maxAge, maxBytes)
		dropped += n
		if err != nil {
			return dropped, j.explain("writing to", err)
		}
		if n == 0 {
			return dropped, nil
		}
	}
}

// Dropped counts the events that Prune took away since the journal was made.
func (j *Journal) Dropped(ctx context.Context) (n int, err error) {
	if err := j.db.QueryRowContext(ctx, "SELECT dropped FROM event_state").Scan(&n); err != nil {
		return 0, j.explain("reading", err)
	}
	return n, nil
}

func (j *Journal) pruneSome(ctx context.Context, maxAge time.Duration, maxBytes int64) (int, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	var used int64
	if err := tx.QueryRowContext(ctx, `SELECT (p.page_count - f.freelist_count) * s.page_size
		FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`).Scan(&used); err != nil {
		return 0, err
	}
	before := int64(0) // what was received before goes
	switch {
	case maxBytes > 0 && used > maxBytes:
		before = math.MaxInt64
	case maxAge > 0:
		before = time.Now().Add(-maxAge).UnixMicro()
	}
	last, err := lastReceivedBefore(ctx, tx, before)
	if err != nil || last == 0 {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM event_words WHERE rowid <= min(?, (SELECT indexed FROM event_state))", last); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, omit, last); err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, "DELETE FROM events WHERE id <= ?", last)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE event_state SET dropped = dropped + ?", n); err != nil {
		return 0, err
	}
	return int(n), tx.Commit()
}

// lastReceivedBefore is the last of the oldest events that were all received before a time, 0 when there is none. It
// goes no further than is dropped at once, and not to the newest.
func lastReceivedBefore(ctx context.Context, tx *sql.Tx, before int64) (last int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, received_at FROM events WHERE id < (SELECT max(id) FROM events) ORDER BY id LIMIT ?", pruneAtOnce)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, received int64
		if err := rows.Scan(&id, &received); err != nil {
			return 0, err
		}
		if received >= before {
			break
		}
		last = id
	}
	return last, rows.Err()
}
