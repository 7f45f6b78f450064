package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// FlowRun is one run of a flow. Its requests that changed something are actions like any other.
type FlowRun struct {
	ID                   int64
	At                   time.Time // BeginFlow fills in the present
	Who                  string    // user@host; BeginFlow fills in this process's
	Profile, Environment string
	Document             string // the file, or the name of one that is built in
	Title, Workflow      string
	Inputs               json.RawMessage // without secrets
	Outcome              string          // "" while it runs, and of one that was cut off
	Result               json.RawMessage
	Error                string
	EndedAt              time.Time
}

// ErrNoFlowRun says that the journal holds no run of that id.
var ErrNoFlowRun = errors.New("the journal holds no such run of a flow")

// BeginFlow writes a run down and returns its id.
func (j *Journal) BeginFlow(ctx context.Context, r FlowRun) (int64, error) {
	if r.At.IsZero() {
		r.At = time.Now()
	}
	result, err := j.inLine().ExecContext(ctx, `INSERT INTO flow_runs (at, who, profile, environment, document, title, workflow, inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.At.UnixMicro(), cmp.Or(r.Who, who()), r.Profile, r.Environment, r.Document, r.Title, r.Workflow, withoutKeys(string(r.Inputs)))
	if err != nil {
		return 0, j.explain("writing to", err)
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, j.explain("writing to", err)
	}
	return id, nil
}

// FlowStep writes an attempt at a step down, or its newer form. Of a long run the steps from first on are dropped
// that are more than last steps old, so that the first and the last are kept.
func (j *Journal) FlowStep(ctx context.Context, run int64, seq int, record json.RawMessage, first, last int) error {
	ctx = context.WithoutCancel(ctx)
	_, err := j.inLine().ExecContext(ctx, "INSERT INTO flow_steps (run_id, seq, record) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
		run, seq, withoutKeys(string(record)))
	if err == nil && seq > first+last {
		_, err = j.inLine().ExecContext(ctx, "DELETE FROM flow_steps WHERE run_id = ? AND seq = ?", run, seq-last)
	}
	if err != nil {
		return j.explain("writing to", err)
	}
	return nil
}

// EndFlow writes down what a run came to.
func (j *Journal) EndFlow(ctx context.Context, run int64, outcome string, result json.RawMessage, failure string) error {
	_, err := j.inLine().ExecContext(context.WithoutCancel(ctx), "UPDATE flow_runs SET outcome = ?, result = ?, error = ?, ended_at = ? WHERE id = ?",
		outcome, withoutKeys(string(result)), withoutKeys(failure), time.Now().UnixMicro(), run)
	if err != nil {
		return j.explain("writing to", err)
	}
	return nil
}

const flowColumns = "id, at, who, profile, environment, document, title, workflow, inputs, outcome, result, error, ended_at FROM flow_runs"

// FlowRuns returns up to limit runs, the latest first.
func (j *Journal) FlowRuns(ctx context.Context, limit int) ([]FlowRun, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT "+flowColumns+" ORDER BY id DESC LIMIT ?", limit)
	if err != nil {
		return nil, j.explain("reading", err)
	}
	defer rows.Close()
	var out []FlowRun
	for rows.Next() {
		r, err := scanFlow(rows)
		if err != nil {
			return nil, j.explain("reading", err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, j.explain("reading", err)
	}
	return out, nil
}

// FlowRun returns a run and its steps, in order.
func (j *Journal) FlowRun(ctx context.Context, id int64) (FlowRun, []json.RawMessage, error) {
	r, err := scanFlow(j.db.QueryRowContext(ctx, "SELECT "+flowColumns+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return FlowRun{}, nil, ErrNoFlowRun
	}
	if err != nil {
		return FlowRun{}, nil, j.explain("reading", err)
	}
	rows, err := j.db.QueryContext(ctx, "SELECT record FROM flow_steps WHERE run_id = ? ORDER BY seq", id)
	if err != nil {
		return r, nil, j.explain("reading", err)
	}
	defer rows.Close()
	var steps []json.RawMessage
	for rows.Next() {
		var record string
		if err := rows.Scan(&record); err != nil {
			return r, nil, j.explain("reading", err)
		}
		steps = append(steps, json.RawMessage(record))
	}
	if err := rows.Err(); err != nil {
		return r, nil, j.explain("reading", err)
	}
	return r, steps, nil
}

func scanFlow(row interface{ Scan(...any) error }) (FlowRun, error) {
	var r FlowRun
	var at, ended int64
	var inputs, result string
	err := row.Scan(&r.ID, &at, &r.Who, &r.Profile, &r.Environment, &r.Document, &r.Title, &r.Workflow, &inputs, &r.Outcome, &result, &r.Error, &ended)
	r.At, r.Inputs = time.UnixMicro(at), json.RawMessage(inputs)
	if result != "" {
		r.Result = json.RawMessage(result)
	}
	if ended != 0 {
		r.EndedAt = time.UnixMicro(ended)
	}
	return r, err
}
