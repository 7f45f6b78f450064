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
	return id, j.explain("writing to", err)
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
	return j.explain("writing to", err)
}

// EndFlow writes down what a run came to.
func (j *Journal) EndFlow(ctx context.Context, run int64, outcome string, result json.RawMessage, failure string) error {
	_, err := j.inLine().ExecContext(context.WithoutCancel(ctx), "UPDATE flow_runs SET outcome = ?, result = ?, error = ?, ended_at = ? WHERE id = ?",
		outcome, withoutKeys(string(result)), withoutKeys(failure), time.Now().UnixMicro(), run)
	return j.explain("writing to", err)
}

const flowColumns = "id, at, who, profile, environment, document, title, workflow, inputs, outcome, result, error, ended_at FROM flow_runs"

// FlowRuns returns up to limit runs, the latest first.
func (j *Journal) FlowRuns(ctx context.Context, limit int) ([]FlowRun, error) {
	return collect(j.query(ctx, "SELECT "+flowColumns+" ORDER BY id DESC LIMIT ?", limit), scanFlow)
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
	steps, err := collect(j.query(ctx, "SELECT record FROM flow_steps WHERE run_id = ? ORDER BY seq", id), func(row scanner) (json.RawMessage, error) {
		var record string
		err := row.Scan(&record)
		return json.RawMessage(record), err
	})
	return r, steps, err
}

func scanFlow(row scanner) (FlowRun, error) {
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
