package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Sweep is a sweep as it was started, and its last step. Its requests are the actions of a [Filter] with its id.
type Sweep struct {
	ID                   int64
	At                   time.Time // when it was started; BeginSweep fills in the present
	Who                  string    // user@host; BeginSweep fills in this process's
	Profile, Environment string
	// Binding is the host and the fingerprint of the key that the sweep was begun with.
	Binding        string
	Workflow       string
	Scope, Options json.RawMessage
	Reason         string
	Last           SweepStep // the zero step when there was none
	Hold           Hold      // the zero hold when nobody carries it out; one that is not live is as good
}

// SweepStep is where a sweep was at a time.
type SweepStep struct {
	At       time.Time // StepSweep fills in the present
	Phase    string
	Text     string
	Progress json.RawMessage
}

// ErrNoSweep says that the journal holds no sweep of that id.
var ErrNoSweep = errors.New("the journal holds no such sweep")

// BeginSweep writes a sweep down and returns its id. It is on disk when BeginSweep returns.
func (j *Journal) BeginSweep(ctx context.Context, s Sweep) (int64, error) {
	if s.At.IsZero() {
		s.At = time.Now()
	}
	result, err := j.inLine().ExecContext(ctx, `INSERT INTO sweeps (at, who, profile, environment, binding, workflow, scope, options, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.At.UnixMicro(), cmp.Or(s.Who, who()), s.Profile, s.Environment, s.Binding, s.Workflow, string(s.Scope), string(s.Options), withoutKeys(s.Reason))
	if err != nil {
		return 0, j.explain("writing to", err)
	}
	id, err := result.LastInsertId()
	return id, j.explain("writing to", err)
}

// StepSweep appends a step to a sweep. It is on disk when StepSweep returns.
func (j *Journal) StepSweep(ctx context.Context, id int64, s SweepStep) error {
	if s.At.IsZero() {
		s.At = time.Now()
	}
	_, err := j.inLine().ExecContext(ctx, "INSERT INTO sweep_steps (sweep_id, at, phase, text, progress) VALUES (?, ?, ?, ?, ?)",
		id, s.At.UnixMicro(), s.Phase, withoutKeys(s.Text), string(s.Progress))
	return j.explain("writing to", err)
}

const sweepColumns = `sweeps.id, sweeps.at, sweeps.who, profile, environment, binding, workflow, scope, options, reason,
	coalesce(s.at, 0), coalesce(s.phase, ''), coalesce(s.text, ''), coalesce(s.progress, ''),
	coalesce(h.who, ''), coalesce(h.host, ''), coalesce(h.pid, 0), coalesce(h.process, ''), coalesce(h.since, 0), coalesce(h.seen, 0)
	FROM sweeps LEFT JOIN sweep_steps s ON s.id = (SELECT max(id) FROM sweep_steps WHERE sweep_id = sweeps.id)
	LEFT JOIN sweep_holds h ON h.sweep_id = sweeps.id`

// Sweeps returns all sweeps, the latest first.
func (j *Journal) Sweeps(ctx context.Context) ([]Sweep, error) {
	return collect(j.query(ctx, "SELECT "+sweepColumns+" ORDER BY sweeps.id DESC"), scanSweep)
}

// Sweep returns the sweep of an id, or an [ErrNoSweep].
func (j *Journal) Sweep(ctx context.Context, id int64) (Sweep, error) {
	s, err := scanSweep(j.db.QueryRowContext(ctx, "SELECT "+sweepColumns+" WHERE sweeps.id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("sweep %d: %w", id, ErrNoSweep)
	}
	return s, j.explain("reading", err)
}

// SweepSteps returns the steps of a sweep in the order they were taken.
func (j *Journal) SweepSteps(ctx context.Context, id int64) ([]SweepStep, error) {
	return collect(j.query(ctx, "SELECT at, phase, text, progress FROM sweep_steps WHERE sweep_id = ? ORDER BY id", id), func(row scanner) (SweepStep, error) {
		var s SweepStep
		var at int64
		var progress string
		err := row.Scan(&at, &s.Phase, &s.Text, &progress)
		s.At, s.Progress = time.UnixMicro(at), json.RawMessage(progress)
		return s, err
	})
}

// Finished is an action and what came of it.
type Finished struct {
	ID int64
	Outcome
}

// BeginAll is Begin for many, all or none: one write to the disk where Begin takes one for each.
func (j *Journal) BeginAll(ctx context.Context, actions []Action) ([]int64, error) {
	ids := make([]int64, len(actions))
	me := who()
	err := j.together(ctx, func(tx *sql.Tx) error {
		for i, a := range actions {
			a.Who = cmp.Or(a.Who, me)
			var err error
			if ids[i], err = begin(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	return ids, err
}

// FinishAll is Finish for many, all or none.
func (j *Journal) FinishAll(ctx context.Context, done []Finished) error {
	ctx = context.WithoutCancel(ctx)
	return j.together(ctx, func(tx *sql.Tx) error {
		for _, f := range done {
			if err := finish(ctx, tx, f.ID, f.Outcome); err != nil {
				return err
			}
		}
		return nil
	})
}

func (j *Journal) together(ctx context.Context, write func(*sql.Tx) error) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return j.explain("writing to", err)
	}
	defer tx.Rollback()
	if err := write(tx); err != nil {
		return j.explain("writing to", err)
	}
	return j.explain("writing to", tx.Commit())
}

func scanSweep(row scanner) (Sweep, error) {
	var s Sweep
	var at, last, since, seen int64
	var scope, options, progress string
	if err := row.Scan(&s.ID, &at, &s.Who, &s.Profile, &s.Environment, &s.Binding, &s.Workflow, &scope, &options, &s.Reason,
		&last, &s.Last.Phase, &s.Last.Text, &progress,
		&s.Hold.Who, &s.Hold.host, &s.Hold.PID, &s.Hold.process, &since, &seen); err != nil {
		return Sweep{}, err
	}
	s.At, s.Scope, s.Options = time.UnixMicro(at), json.RawMessage(scope), json.RawMessage(options)
	if last != 0 {
		s.Last.At, s.Last.Progress = time.UnixMicro(last), json.RawMessage(progress)
	}
	if seen != 0 {
		s.Hold.Since, s.Hold.Seen = time.UnixMicro(since), time.UnixMicro(seen)
	}
	return s, nil
}
