package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

// Event is a webhook in the journal.
type Event struct {
	ID int64 // in the order they were stored
	webhook.Delivery
	Repeats int       // how often it came again
	LastAt  time.Time // when it came last
	// Reconstructed says that it was never received, but put together from what the API tells. Its data is as the API
	// told it then, which may be later than CreatedAt, and its ReceivedAt is when that was. It is never Verified.
	Reconstructed bool
	// Outcome is [webhook.Outcome], known without the body.
	Outcome string
}

// ErrNoEvent says that the journal holds no event of that id.
var ErrNoEvent = errors.New("the journal holds no such event")

// insertTogether is how many events one statement inserts at most: a statement costs more than what it does.
const insertTogether = 64

const (
	eventValues  = "(?, ?, ?, ?, ?, ?, ?)"
	insertEvent  = "INSERT INTO events (received_at, created_at, hash, verified, last_at, header, body) VALUES " + eventValues
	insertIgnore = " ON CONFLICT DO NOTHING"
	// A repeat whose signature is right vouches for one that could not be checked.
	countRepeat = "UPDATE events SET repeats = repeats + 1, last_at = ?, verified = max(verified, ?) WHERE id = ?"
)

// prepareInserts readies the statements that insert so many events.
func (j *Journal) prepareInserts(ds []webhook.Delivery) (err error) {
	for together := range slices.Chunk(ds, insertTogether) {
		insert := &j.inserts[len(together)-1]
		if *insert != nil {
			continue
		}
		if *insert, err = j.db.Prepare(insertEvents(len(together))); err != nil {
			return err
		}
	}
	return nil
}

// insertEvents is the statement that inserts so many events, but for those that are there.
func insertEvents(n int) string {
	return insertEvent + strings.Repeat(", "+eventValues, n-1) + insertIgnore
}

// AddDeliveries writes webhooks down, all or none; they are on disk when it returns. A webhook whose body is there
// already is not written again: its repeats are counted, and its fresh is false. It is what a [webhook.Receiver] stores
// to, which gathers those that come at the same time.
func (j *Journal) AddDeliveries(ctx context.Context, ds []webhook.Delivery) (fresh []bool, err error) {
	if fresh, err = j.addDeliveries(ctx, ds); err != nil {
		return nil, j.explain("writing to", err)
	}
	j.index.soon(len(ds))
	return fresh, nil
}

func (j *Journal) addDeliveries(ctx context.Context, ds []webhook.Delivery) ([]bool, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	if err := j.prepareInserts(ds); err != nil {
		return nil, err
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	// The driver watches over each statement that can be called off, which costs more than the statement.
	ctx = context.WithoutCancel(ctx)
	fresh := make([]bool, 0, len(ds))
	for together := range slices.Chunk(ds, insertTogether) {
		some, err := insertSome(ctx, tx, tx.StmtContext(ctx, j.inserts[len(together)-1]), together)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, some...)
	}
	return fresh, tx.Commit()
}

// insertSome inserts what is not there yet, and counts the rest.
func insertSome(ctx context.Context, tx *sql.Tx, insert *sql.Stmt, ds []webhook.Delivery) ([]bool, error) {
	result, err := insert.ExecContext(ctx, eventArguments(ds)...)
	if err != nil {
		return nil, err
	}
	inserted, err := result.RowsAffected()
	if err != nil {
		return nil, err
	}
	if int(inserted) == len(ds) {
		return slices.Repeat([]bool{true}, len(ds)), nil
	}
	return countRepeats(ctx, tx, ds, inserted)
}

func eventArguments(ds []webhook.Delivery) []any {
	args := make([]any, 0, len(ds)*strings.Count(eventValues, "?"))
	for i := range ds {
		d := &ds[i]
		received := d.ReceivedAt.UnixMicro()
		args = append(args, received, micros(d.CreatedAt), d.Hash[:], d.Verified, received, webhook.HeaderText(d.Header), d.Body)
	}
	return args
}

// countRepeats tells the last ones, which were inserted, from those that were there before, and counts these.
func countRepeats(ctx context.Context, tx *sql.Tx, ds []webhook.Delivery, inserted int64) ([]bool, error) {
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM events").Scan(&last); err != nil {
		return nil, err
	}
	fresh := make([]bool, len(ds))
	seen := map[int64]bool{} // the same event may be among them twice
	for i := range ds {
		d := &ds[i]
		var id int64
		if err := tx.QueryRowContext(ctx, "SELECT id FROM events WHERE created_at = ? AND hash = ?", micros(d.CreatedAt), d.Hash[:]).Scan(&id); err != nil {
			return nil, err
		}
		if id > last-inserted && !seen[id] {
			fresh[i], seen[id] = true, true
			continue
		}
		if _, err := tx.ExecContext(ctx, countRepeat, d.ReceivedAt.UnixMicro(), d.Verified, id); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// micros is a time as the journal keeps it, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Event returns the event of an id with its header and body, or an [ErrNoEvent].
func (j *Journal) Event(ctx context.Context, id int64) (Event, error) {
	e, err := scanEvent(j.db.QueryRowContext(ctx, "SELECT "+eventColumns+" FROM events WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("event %d: %w", id, ErrNoEvent)
	}
	if err != nil {
		return Event{}, j.explain("reading", err)
	}
	return e, nil
}

const eventColumns = `events.id, received_at, hash, verified, repeats, last_at, header,
	EXISTS (SELECT 1 FROM reconstructed WHERE event_id = events.id), body`

func scanEvent(row interface{ Scan(...any) error }) (Event, error) {
	var id, received, last int64
	var verified, reconstructed bool
	var repeats int
	var hash, body []byte
	var header string
	if err := row.Scan(&id, &received, &hash, &verified, &repeats, &last, &header, &reconstructed, &body); err != nil {
		return Event{}, err
	}
	// What was stored was an event. Should it be none to this version of the program, it is shown without its fields.
	d, err := webhook.Received(time.UnixMicro(received), webhook.ParseHeader(header), body)
	if err != nil {
		d = webhook.Delivery{ReceivedAt: time.UnixMicro(received), Header: webhook.ParseHeader(header), Body: body}
	}
	d.Verified = verified
	copy(d.Hash[:], hash)
	return Event{ID: id, Delivery: d, Repeats: repeats, LastAt: time.UnixMicro(last), Reconstructed: reconstructed, Outcome: webhook.Outcome(d)}, nil
}
