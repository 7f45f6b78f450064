package journal

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

// Unrelayed is an event that was received here and that a team's stream is still to get. It has what was received, and
// not what is read from its body.
type Unrelayed struct {
	ID int64
	webhook.Delivery
}

// ofHere are events that were received here: neither restored nor taken over from a team.
const ofHere = `NOT EXISTS (SELECT 1 FROM reconstructed WHERE event_id = events.id) AND NOT EXISTS (SELECT 1 FROM team_events WHERE event_id = events.id)`

// BeginRelay returns the last event that a team's stream has of here. At first these are all that are there: what is
// received from then on is owed to the stream, however often the program ends in between.
func (j *Journal) BeginRelay(ctx context.Context, stream string) (relayed int64, err error) {
	err = j.together(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO team_streams (stream, relayed) VALUES (?, (SELECT coalesce(max(id), 0) FROM events))
			ON CONFLICT (stream) DO UPDATE SET relayed = coalesce(relayed, excluded.relayed)`, stream); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT relayed FROM team_streams WHERE stream = ?", stream).Scan(&relayed)
	})
	return relayed, err
}

// Unrelayed returns up to limit events that were received here after one, the oldest first, and the last event that
// was looked at: what lies between was not received here.
func (j *Journal) Unrelayed(ctx context.Context, after int64, limit int) (found []Unrelayed, last int64, err error) {
	if last, err = j.LastEvent(ctx); err != nil {
		return nil, after, err
	}
	found, err = collect(j.query(ctx, "SELECT id, received_at, hash, verified, header, body FROM events WHERE id > ? AND id <= ? AND "+ofHere+" ORDER BY id LIMIT ?",
		after, last, limit), scanUnrelayed)
	if err != nil {
		return nil, after, err
	}
	if len(found) == limit {
		last = found[limit-1].ID
	}
	return found, max(after, last), nil
}

func scanUnrelayed(row scanner) (u Unrelayed, err error) {
	var received int64
	var hash []byte
	var header string
	err = row.Scan(&u.ID, &received, &hash, &u.Verified, &header, &u.Body)
	u.ReceivedAt, u.Header = time.UnixMicro(received), webhook.ParseHeader(header)
	copy(u.Hash[:], hash)
	return u, err
}

// Relayed says up to which event a team's stream has what was received here, but for some that it will never have.
func (j *Journal) Relayed(ctx context.Context, stream string, through int64, omitted int) error {
	_, err := j.inLine().ExecContext(ctx, "UPDATE team_streams SET relayed = max(relayed, ?), omitted = omitted + ? WHERE stream = ?", through, omitted, stream)
	return j.explain("writing to", err)
}

// Outbox is what a team's stream has not of here.
type Outbox struct {
	Waiting int // it is still to get them
	Omitted int // it will never get them: they were too large, or too old before it could be reached
}

// Outbox counts what a team's stream has not of here.
func (j *Journal) Outbox(ctx context.Context, stream string) (o Outbox, err error) {
	var relayed sql.NullInt64
	err = j.db.QueryRowContext(ctx, "SELECT relayed, omitted FROM team_streams WHERE stream = ?", stream).Scan(&relayed, &o.Omitted)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !relayed.Valid {
		return o, nil
	}
	if err == nil {
		err = j.db.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE id > ? AND "+ofHere, relayed.Int64).Scan(&o.Waiting)
	}
	return o, j.explain("reading", err)
}

// omit counts what is about to be dropped up to an event and that a team's stream did not get.
const omit = `UPDATE team_streams SET omitted = omitted + (SELECT count(*) FROM events WHERE id > relayed AND id <= ?1 AND ` + ofHere + `) WHERE relayed < ?1`

// Followed is the sequence up to which the events of a team's stream are here, 0 for none. A stream that was made at
// another time is another stream.
func (j *Journal) Followed(ctx context.Context, stream string, made time.Time) (sequence uint64, err error) {
	err = j.db.QueryRowContext(ctx, "SELECT followed FROM team_streams WHERE stream = ? AND made = ?", stream, made.UnixMicro()).Scan(&sequence)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return sequence, j.explain("reading", err)
}

// AddFollowed writes down what came from a team's stream, together with the sequence up to which all of it is here
// then. What is here already stays as it is and is no repeat. It returns how many were not.
func (j *Journal) AddFollowed(ctx context.Context, stream string, made time.Time, sequence uint64, ds []webhook.Delivery) (fresh int, err error) {
	err = j.together(ctx, func(tx *sql.Tx) error {
		fresh = 0
		for together := range slices.Chunk(ds, insertTogether) {
			n, err := takeOver(ctx, tx, together)
			if err != nil {
				return err
			}
			fresh += n
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO team_streams (stream, made, followed) VALUES (?, ?, ?)
			ON CONFLICT (stream) DO UPDATE SET made = excluded.made, followed = excluded.followed`, stream, made.UnixMicro(), sequence)
		return err
	})
	if err == nil {
		j.index.soon(fresh)
	}
	return fresh, err
}

// takeOver inserts what is not here yet, and marks it as the team's.
func takeOver(ctx context.Context, tx *sql.Tx, ds []webhook.Delivery) (int, error) {
	result, err := tx.ExecContext(ctx, insertEvents(len(ds)), eventArguments(ds)...)
	if err != nil {
		return 0, err
	}
	inserted, err := result.RowsAffected()
	if err != nil || inserted == 0 {
		return 0, err
	}
	// The newest ids are theirs.
	_, err = tx.ExecContext(ctx, "INSERT INTO team_events SELECT id FROM events ORDER BY id DESC LIMIT ?", inserted)
	return int(inserted), err
}

// LastEvent is the id of the newest event, 0 when there is none.
func (j *Journal) LastEvent(ctx context.Context) (id int64, err error) {
	err = j.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM events").Scan(&id)
	return id, j.explain("reading", err)
}
