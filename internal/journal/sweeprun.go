package journal

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// SweepRun is one run of a sweep and what became of it.
type SweepRun struct {
	Run, Workflow, Key string
	Recipient          string // as [client.Ref] writes it
	Tenant, Source     string
	Triggered          time.Time // by Knock's clock
	Outcome, Evidence  string
	At                 time.Time // when the outcome was learned, by Knock's clock
}

// SweepRunFilter says which runs of a sweep to return; no outcomes are all.
type SweepRunFilter struct {
	Outcomes []string
	After    string // the id of the last run of the page before
}

const putSweepRun = `INSERT INTO sweep_runs (sweep_id, run, workflow, key, recipient, tenant, source, triggered, outcome, evidence, at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (sweep_id, run) DO UPDATE SET outcome = excluded.outcome, evidence = excluded.evidence, at = excluded.at`

// PutSweepRuns writes down runs of a sweep, or what became of those that are there, all or nothing. It is on disk when
// PutSweepRuns returns.
func (j *Journal) PutSweepRuns(ctx context.Context, sweep int64, runs []SweepRun) error {
	if len(runs) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	return j.together(ctx, func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, putSweepRun)
		if err != nil {
			return err
		}
		defer put.Close()
		for _, r := range runs {
			if _, err := put.ExecContext(ctx, sweep, r.Run, r.Workflow, withoutKeys(r.Key), r.Recipient, r.Tenant, r.Source,
				r.Triggered.UnixMicro(), r.Outcome, r.Evidence, r.At.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}

// ChangeSweepRuns gives all runs of a sweep that have one outcome another one, and returns how many there were.
func (j *Journal) ChangeSweepRuns(ctx context.Context, sweep int64, from, to, evidence string, at time.Time) (int, error) {
	result, err := j.inLine().ExecContext(context.WithoutCancel(ctx),
		"UPDATE sweep_runs SET outcome = ?, evidence = ?, at = ? WHERE sweep_id = ? AND outcome = ?", to, evidence, at.UnixMicro(), sweep, from)
	if err != nil {
		return 0, j.explain("writing to", err)
	}
	n, err := result.RowsAffected()
	return int(n), j.explain("writing to", err)
}

// SweepRuns returns up to limit runs of a sweep in the order of their ids.
func (j *Journal) SweepRuns(ctx context.Context, sweep int64, f SweepRunFilter, limit int) ([]SweepRun, error) {
	where, args := "sweep_id = ? AND run > ?", []any{sweep, f.After}
	if len(f.Outcomes) > 0 {
		where += " AND outcome IN (?" + strings.Repeat(", ?", len(f.Outcomes)-1) + ")"
		for _, o := range f.Outcomes {
			args = append(args, o)
		}
	}
	return collect(j.query(ctx, sweepRunColumns+where+" ORDER BY run LIMIT ?", append(args, limit)...), scanSweepRun)
}

const sweepRunColumns = `SELECT run, workflow, key, recipient, tenant, source, triggered, outcome, evidence, at
	FROM sweep_runs WHERE `

func scanSweepRun(row scanner) (SweepRun, error) {
	var r SweepRun
	var triggered, at int64
	err := row.Scan(&r.Run, &r.Workflow, &r.Key, &r.Recipient, &r.Tenant, &r.Source, &triggered, &r.Outcome, &r.Evidence, &at)
	r.Triggered, r.At = time.UnixMicro(triggered), time.UnixMicro(at)
	return r, err
}

// CountSweepRuns counts the runs of a sweep by outcome.
func (j *Journal) CountSweepRuns(ctx context.Context, sweep int64) (map[string]int, error) {
	type count struct {
		outcome string
		n       int
	}
	counts, err := collect(j.query(ctx, "SELECT outcome, count(*) FROM sweep_runs WHERE sweep_id = ? GROUP BY outcome", sweep), func(row scanner) (count, error) {
		var c count
		err := row.Scan(&c.outcome, &c.n)
		return c, err
	})
	out := map[string]int{}
	for _, c := range counts {
		out[c.outcome] = c.n
	}
	return out, err
}

// SampleSweepRuns returns up to limit runs of a sweep that have an outcome, chosen at random.
func (j *Journal) SampleSweepRuns(ctx context.Context, sweep int64, outcome string, limit int) ([]SweepRun, error) {
	return collect(j.query(ctx, sweepRunColumns+"sweep_id = ? AND outcome = ? ORDER BY random() LIMIT ?", sweep, outcome, limit), scanSweepRun)
}

// SweepKeys returns the cancellation keys of a sweep's runs, each once.
func (j *Journal) SweepKeys(ctx context.Context, sweep int64) ([]string, error) {
	return collect(j.query(ctx, "SELECT DISTINCT key FROM sweep_runs WHERE sweep_id = ?", sweep), func(row scanner) (string, error) {
		var key string
		err := row.Scan(&key)
		return key, err
	})
}
