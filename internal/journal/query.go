package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// querier is what a database and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Filter says which actions to return. Empty fields leave out nothing.
type Filter struct {
	Kinds       []Kind
	State       State
	Environment string
	Workflow    string
	Key         string
	Sweep       int64     // part of it
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
		conditions = append(conditions, "kind IN (?"+strings.Repeat(", ?", len(f.Kinds)-1)+")")
		for _, kind := range f.Kinds {
			args = append(args, kind)
		}
	}
	for _, equal := range []struct{ column, value string }{
		{"state", string(f.State)}, {"environment", f.Environment}, {"workflow", f.Workflow}, {"key", withoutKeys(f.Key)},
	} {
		if equal.value != "" {
			add(equal.column+" = ?", equal.value)
		}
	}
	if f.Sweep != 0 {
		add("sweep = ?", f.Sweep)
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
	state, outcome, status, request_id, workflow_run_id, finished_at, sweep, skew, idempotency_key`

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
	rows, err := j.db.QueryContext(ctx, "SELECT "+columns+" FROM actions WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, j.explain("reading", err)
	}
	defer rows.Close()
	var actions []Action
	for rows.Next() {
		a, err := scanAction(rows)
		if err != nil {
			return nil, j.explain("reading", err)
		}
		actions = append(actions, a)
	}
	if err := rows.Err(); err != nil {
		return nil, j.explain("reading", err)
	}
	return actions, nil
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
	if err != nil {
		return Action{}, j.explain("reading", err)
	}
	return a, nil
}

// TriggerOf returns the trigger from this machine that started a workflow run; ok is false when it came from elsewhere.
func (j *Journal) TriggerOf(ctx context.Context, workflowRunID string) (a Action, ok bool, err error) {
	if workflowRunID == "" {
		return Action{}, false, nil
	}
	a, err = scanAction(j.db.QueryRowContext(ctx, "SELECT "+columns+" FROM actions WHERE workflow_run_id = ? AND kind = ? ORDER BY id LIMIT 1", workflowRunID, Trigger))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Action{}, false, nil
	case err != nil:
		return Action{}, false, j.explain("reading", err)
	}
	return a, true, nil
}

// Notes returns what was noted about an action, in the order it was written.
func (j *Journal) Notes(ctx context.Context, id int64) ([]Note, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT at, run, verdict, detail FROM notes WHERE action_id = ? ORDER BY id", id)
	if err != nil {
		return nil, j.explain("reading", err)
	}
	defer rows.Close()
	var notes []Note
	for rows.Next() {
		var n Note
		var at int64
		if err := rows.Scan(&at, &n.Run, &n.Verdict, &n.Detail); err != nil {
			return nil, j.explain("reading", err)
		}
		n.At = time.UnixMicro(at)
		notes = append(notes, n)
	}
	if err := rows.Err(); err != nil {
		return nil, j.explain("reading", err)
	}
	return notes, nil
}

// Verdicts counts the runs of each action by the last verdict that was noted about them; actions without one are missing.
func (j *Journal) Verdicts(ctx context.Context, ids []int64) (map[int64]map[string]int, error) {
	out := map[int64]map[string]int{}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	// Of several rows of a run, SQLite gives the verdict of the one with the greatest id.
	rows, err := j.db.QueryContext(ctx, `SELECT action_id, verdict, count(*) FROM
		(SELECT action_id, verdict, max(id) FROM notes WHERE action_id IN (SELECT value FROM json_each(?)) GROUP BY action_id, run)
		GROUP BY action_id, verdict`, string(list))
	if err != nil {
		return nil, j.explain("reading", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var verdict string
		var n int
		if err := rows.Scan(&id, &verdict, &n); err != nil {
			return nil, j.explain("reading", err)
		}
		if out[id] == nil {
			out[id] = map[string]int{}
		}
		out[id][verdict] = n
	}
	if err := rows.Err(); err != nil {
		return nil, j.explain("reading", err)
	}
	return out, nil
}

func scanAction(row interface{ Scan(...any) error }) (Action, error) {
	var a Action
	var at, finished, skew int64
	var recipients, request string
	if err := row.Scan(&a.ID, &at, &a.Who, &a.Profile, &a.Environment, &a.Kind, &a.Workflow, &a.Key, &recipients, &a.Everyone,
		&a.Reason, &a.Method, &a.Path, &request, &a.State, &a.Outcome, &a.Status, &a.RequestID, &a.WorkflowRunID, &finished, &a.Sweep, &skew, &a.IdempotencyKey); err != nil {
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
