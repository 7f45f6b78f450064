package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// querier is what a database and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type scanner interface{ Scan(...any) error }

// reading is rows, or why there are none.
type reading struct {
	journal *Journal
	rows    *sql.Rows
	err     error
}

func (j *Journal) query(ctx context.Context, query string, args ...any) reading {
	rows, err := j.db.QueryContext(ctx, query, args...)
	return reading{j, rows, err}
}

// collect reads all rows and closes them.
func collect[T any](r reading, scan func(scanner) (T, error)) ([]T, error) {
	if r.err != nil {
		return nil, r.journal.explain("reading", r.err)
	}
	defer r.rows.Close()
	var out []T
	for r.rows.Next() {
		v, err := scan(r.rows)
		if err != nil {
			return nil, r.journal.explain("reading", err)
		}
		out = append(out, v)
	}
	if err := r.rows.Err(); err != nil {
		return nil, r.journal.explain("reading", err)
	}
	return out, nil
}

// Filter says which actions to return. Empty fields leave out nothing.
type Filter struct {
	Kinds       []Kind
	State       State
	Environment string
	Workflow    string
	Key         string
	Sweep       int64     // part of it
	Act         int64     // this action, and those of the same act
	Folded      bool      // without the cancels of sweeps, and of an act its first request alone
	Recipient   string    // one of those that the request named
	Since       time.Time // begun then or later
	Until       time.Time // begun before
}

// where renders the filter as a condition in SQL and its arguments.
func (f Filter) where() (string, []any) {
	conditions, args := []string{"1"}, []any{}
	add := func(condition string, arg any) {
		conditions, args = append(conditions, condition), append(args, arg)
	}
	if len(f.Kinds) > 0 {
		in := "kind IN (?" + strings.Repeat(", ?", len(f.Kinds)-1) + ")"
		for _, kind := range f.Kinds {
			args = append(args, kind)
		}
		if slices.Contains(f.Kinds, Sweeps) {
			in = "(" + in + " OR sweep <> 0 AND kind = ?)"
			args = append(args, Cancel)
		}
		conditions = append(conditions, in)
	}
	for _, equal := range []struct{ column, value string }{
		{"state", string(f.State)}, {"environment", f.Environment}, {"workflow", f.Workflow}, {"key", withoutKeys(f.Key)},
	} {
		switch is := equal.column + " = ?"; {
		case equal.value == "":
		case f.Folded: // an act is found by any of its requests
			conditions = append(conditions, "("+is+" OR EXISTS (SELECT 1 FROM actions AS part WHERE part.act <> '' AND part.act = actions.act AND part."+is+"))")
			args = append(args, equal.value, equal.value)
		default:
			add(is, equal.value)
		}
	}
	if f.Sweep != 0 {
		add("sweep = ?", f.Sweep)
	}
	if f.Act != 0 {
		conditions = append(conditions, "(id = ? OR act <> '' AND act = (SELECT act FROM actions WHERE id = ?))")
		args = append(args, f.Act, f.Act)
	}
	if f.Folded {
		add("NOT (sweep <> 0 AND kind = ?)", Cancel)
		conditions = append(conditions, "NOT (act <> '' AND EXISTS (SELECT 1 FROM actions AS part WHERE part.act <> '' AND part.act = actions.act AND part.id < actions.id))")
	}
	if f.Recipient != "" {
		add("EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = ?)", withoutKeys(f.Recipient))
	}
	if !f.Since.IsZero() {
		add("at >= ?", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		add("at < ?", f.Until.UnixMicro())
	}
	return strings.Join(conditions, " AND "), args
}

const columns = `id, at, who, profile, environment, kind, workflow, key, recipients, everyone, reason, method, path, request,
	state, outcome, status, request_id, workflow_run_id, finished_at, sweep, act, skew, idempotency_key`

// Actions returns up to limit actions, the latest first. A before other than 0 leaves out that action and all after it:
// the id of the last one returned leads to the next page.
func (j *Journal) Actions(ctx context.Context, f Filter, limit int, before int64) ([]Action, error) {
	if err := j.settle(ctx); err != nil {
		return nil, j.explain("reading", err)
	}
	where, args := f.where()
	if before != 0 {
		where, args = where+" AND id < ?", append(args, before)
	}
	return collect(j.query(ctx, "SELECT "+columns+" FROM actions WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, limit)...), scanAction)
}

// Action returns the action of an id, or an [ErrNoAction].
func (j *Journal) Action(ctx context.Context, id int64) (Action, error) {
	if err := j.settle(ctx); err != nil {
		return Action{}, j.explain("reading", err)
	}
	a, err := scanAction(j.db.QueryRowContext(ctx, "SELECT "+columns+" FROM actions WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("action %d: %w", id, ErrNoAction)
	}
	return a, j.explain("reading", err)
}

// TriggerOf returns the trigger from this machine that started a workflow run; ok is false when it came from elsewhere.
func (j *Journal) TriggerOf(ctx context.Context, workflowRunID string) (a Action, ok bool, err error) {
	if workflowRunID == "" {
		return Action{}, false, nil
	}
	a, err = scanAction(j.db.QueryRowContext(ctx, "SELECT "+columns+" FROM actions WHERE workflow_run_id = ? AND kind = ? ORDER BY id LIMIT 1", workflowRunID, Trigger))
	if errors.Is(err, sql.ErrNoRows) {
		return Action{}, false, nil
	}
	return a, err == nil, j.explain("reading", err)
}

// Notes returns what was noted about an action, in the order it was written.
func (j *Journal) Notes(ctx context.Context, id int64) ([]Note, error) {
	return collect(j.query(ctx, "SELECT at, run, verdict, detail FROM notes WHERE action_id = ? ORDER BY id", id), func(row scanner) (Note, error) {
		var n Note
		var at int64
		err := row.Scan(&at, &n.Run, &n.Verdict, &n.Detail)
		n.At = time.UnixMicro(at)
		return n, err
	})
}

type verdictCount struct {
	action  int64
	verdict string
	n       int
}

// Verdicts counts the runs of each action by the last verdict that was noted about them, and those of a sweep's cancel
// by what the sweep knows of the runs that it named; actions without one are missing.
func (j *Journal) Verdicts(ctx context.Context, ids []int64) (map[int64]map[string]int, error) {
	out := map[int64]map[string]int{}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	// Of several rows of a run, SQLite gives the verdict of the one with the greatest id. A sweep is read once for all of
	// its cancels: the joins go in the order in which they are written.
	counts, err := collect(j.query(ctx, `WITH
		asked AS MATERIALIZED (SELECT id, sweep, workflow, key, everyone, recipients FROM actions WHERE id IN (SELECT value FROM json_each(?))),
		cancels AS MATERIALIZED (
			SELECT asked.id, sweep, workflow, asked.key, json_each.value AS recipient FROM asked, json_each(recipients) WHERE sweep <> 0 AND NOT everyone
			UNION ALL SELECT id, sweep, workflow, key, NULL FROM asked WHERE sweep <> 0 AND everyone)
		SELECT action_id, verdict, count(*) FROM
			(SELECT action_id, verdict, max(notes.id) FROM asked CROSS JOIN notes ON action_id = asked.id GROUP BY action_id, run)
			GROUP BY action_id, verdict
		UNION ALL SELECT cancels.id, outcome, count(*) FROM (SELECT DISTINCT sweep FROM cancels) AS swept
			CROSS JOIN sweep_runs AS r ON r.sweep_id = swept.sweep
			CROSS JOIN cancels ON cancels.sweep = r.sweep_id AND cancels.key = r.key
			WHERE cancels.workflow = r.workflow AND (cancels.recipient IS NULL OR cancels.recipient = r.recipient)
			GROUP BY cancels.id, outcome`, string(list)), func(row scanner) (c verdictCount, err error) {
		err = row.Scan(&c.action, &c.verdict, &c.n)
		return c, err
	})
	for _, c := range counts {
		if out[c.action] == nil {
			out[c.action] = map[string]int{}
		}
		out[c.action][c.verdict] += c.n
	}
	return out, err
}

func scanAction(row scanner) (Action, error) {
	var a Action
	var at, finished, skew int64
	var recipients, request string
	if err := row.Scan(&a.ID, &at, &a.Who, &a.Profile, &a.Environment, &a.Kind, &a.Workflow, &a.Key, &recipients, &a.Everyone,
		&a.Reason, &a.Method, &a.Path, &request, &a.State, &a.Outcome, &a.Status, &a.RequestID, &a.WorkflowRunID, &finished, &a.Sweep, &a.Act, &skew, &a.IdempotencyKey); err != nil {
		return Action{}, err
	}
	a.At, a.Skew = time.UnixMicro(at), time.Duration(skew)*time.Microsecond
	if finished != 0 {
		a.FinishedAt = time.UnixMicro(finished)
	}
	if request != "" {
		a.Request = json.RawMessage(request)
	}
	if err := json.Unmarshal([]byte(recipients), &a.Recipients); err != nil {
		return Action{}, fmt.Errorf("action %d: its recipients: %w", a.ID, err)
	}
	return a, nil
}
