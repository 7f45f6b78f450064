package journal

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

const (
	// restoreAtOnce is how many events are restored in one transaction, which those who receive wait for.
	restoreAtOnce = 100
	// sameMoment is how far apart two tellings of one event may have their times: a webhook has its own.
	sameMoment = 2 * time.Second
)

// onceOnly are the types that a run or a message has one event of at most.
var onceOnly = []string{
	"workflow_recipient_run.started", "workflow_recipient_run.completed",
	"message.sent", "message.delivered", "message.undelivered", "message.bounced",
}

// received is what two tellings of one event have in common.
type received struct {
	subject string // type and id of what it is about; "" when that is neither a run nor a message
	once    bool
	at      time.Time // by Knock's clock
	stored  bool      // it was received, and not reconstructed
}

func receivedOf(e *Event) received {
	r := received{once: slices.Contains(onceOnly, e.Type), at: e.CreatedAt, stored: !e.Reconstructed}
	if id, _ := subjectOf(&e.Delivery); id != "" {
		r.subject = e.Type + " " + id
	}
	return r
}

// subjectOf is the id of what an event is about, and the name of its field in the index.
func subjectOf(d *webhook.Delivery) (id, field string) {
	switch webhook.Group(d.Type) {
	case "message":
		return d.MessageID, "message"
	case "workflow_recipient_run":
		return d.RunID, "run"
	}
	return "", ""
}

// same reports whether an event of the same subject at another time is the same one.
func (r received) same(at time.Time) bool { return r.once || r.at.Sub(at).Abs() <= sameMoment }

// Restore writes down events that were put together from what the API tells, marked as such, but for those that are
// there: received or restored before. What arrives later after all takes the place of what was restored. It returns how
// many were missing.
func (j *Journal) Restore(ctx context.Context, ds []webhook.Delivery) (restored int, err error) {
	for { // so that the index knows all that is there
		n, err := j.indexSome(ctx, indexAtOnce)
		if err != nil {
			return 0, j.explain("writing to", err)
		}
		if n == 0 {
			break
		}
	}
	for part := range slices.Chunk(ds, restoreAtOnce) {
		n := 0
		err := j.together(ctx, func(tx *sql.Tx) error {
			n = 0
			for i := range part {
				missing, err := restoreOne(ctx, tx, &part[i])
				if err != nil {
					return err
				}
				if missing {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return restored, err
		}
		restored += n
		j.index.soon(n)
	}
	return restored, nil
}

func restoreOne(ctx context.Context, tx *sql.Tx, d *webhook.Delivery) (bool, error) {
	r := receivedOf(&Event{Delivery: *d, Reconstructed: true})
	if r.subject == "" {
		return false, nil
	}
	there, err := isThere(ctx, tx, r, d)
	if err != nil || there {
		return false, err
	}
	at := d.ReceivedAt.UnixMicro()
	result, err := tx.ExecContext(ctx, insertEvent+insertIgnore, at, micros(d.CreatedAt), d.Hash[:], false, at, "", d.Body)
	if err != nil {
		return false, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO reconstructed (event_id, subject) VALUES (?, ?)", id, r.subject)
	return err == nil, err
}

// isThere looks for another telling of the same event: in the index, and among what was restored a moment ago.
func isThere(ctx context.Context, tx *sql.Tx, r received, d *webhook.Delivery) (bool, error) {
	id, field := subjectOf(d)
	match := "fields:" + fieldWord(typeColumn, d.Type) + " AND fields:" + fieldWord(field, id)
	times, err := timesOf(ctx, tx, `SELECT created_at FROM events WHERE id IN (SELECT rowid FROM event_words WHERE event_words MATCH ?)
		UNION ALL SELECT created_at FROM reconstructed JOIN events ON events.id = event_id WHERE subject = ?`, match, r.subject)
	return slices.ContainsFunc(times, r.same), err
}

func timesOf(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]time.Time, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []time.Time
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, err
		}
		out = append(out, time.UnixMicro(at))
	}
	return out, rows.Err()
}

func anyReconstructed(ctx context.Context, tx *sql.Tx) (any bool, err error) {
	return any, tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM reconstructed)").Scan(&any)
}

// replaceReconstructed takes away what stood for an event that came after all.
func replaceReconstructed(ctx context.Context, tx *sql.Tx, came received) error {
	if !came.stored || came.subject == "" {
		return nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT event_id, created_at FROM reconstructed JOIN events ON events.id = event_id WHERE subject = ?", came.subject)
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []string
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		if came.same(time.UnixMicro(at)) {
			gone = append(gone, strconv.FormatInt(id, 10))
		}
	}
	if err := rows.Err(); err != nil || len(gone) == 0 {
		return err
	}
	ids := strings.Join(gone, ", ")
	if _, err := tx.ExecContext(ctx, "DELETE FROM event_words WHERE rowid IN ("+ids+")"); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM events WHERE id IN ("+ids+")")
	return err
}
