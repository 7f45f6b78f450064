package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// RunStatus is where a run is.
type RunStatus string

// Every status Knock documents. The first three are pending.
const (
	RunQueued     RunStatus = "queued"
	RunProcessing RunStatus = "processing"
	RunPaused     RunStatus = "paused"
	RunCompleted  RunStatus = "completed"
	RunCancelled  RunStatus = "cancelled"
)

// PendingStatuses are those of runs that have not ended.
var PendingStatuses = []RunStatus{RunQueued, RunProcessing, RunPaused}

// Pending reports whether a run of this status has not ended.
func (s RunStatus) Pending() bool { return s == RunQueued || s == RunProcessing || s == RunPaused }

// Run is a workflow recipient run: one trigger's run for one recipient.
type Run struct {
	ID            string          `json:"id"`
	WorkflowRunID string          `json:"workflow_run_id"` // the trigger's
	Workflow      string          `json:"workflow"`
	Status        RunStatus       `json:"status"`
	Recipient     Ref             `json:"recipient"`
	Actor         *Ref            `json:"actor,omitempty"`
	Tenant        string          `json:"tenant,omitempty"`
	ErrorCount    int             `json:"error_count"`
	TriggerSource TriggerSource   `json:"trigger_source"`
	InsertedAt    time.Time       `json:"inserted_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	Events        []RunEvent      `json:"events,omitempty"` // from GetRun only
	Raw           json.RawMessage `json:"-"`                // what Knock sent
}

// TriggerSource is what started a run.
type TriggerSource struct {
	Type            string `json:"type"`                       // api, audience, schedule, broadcast, workflow_step, integration or rehearsal
	CancellationKey string `json:"cancellation_key,omitempty"` // without one the run cannot be cancelled
	ScheduleID      string `json:"schedule_id,omitempty"`
	AudienceKey     string `json:"audience_key,omitempty"`
}

// RunEvent is one thing that happened in a run.
type RunEvent struct {
	ID         string         `json:"id"`
	Event      string         `json:"event"`
	Status     string         `json:"status"` // ok or error
	StepRef    string         `json:"step_ref,omitempty"`
	StepType   string         `json:"step_type,omitempty"`
	Attempt    int            `json:"attempt,omitempty"`
	Data       map[string]any `json:"data,omitempty"` // numbers are json.Number
	InsertedAt time.Time      `json:"inserted_at"`
}

// UnmarshalJSON keeps what Knock sent.
func (r *Run) UnmarshalJSON(b []byte) (err error) {
	type fields Run
	r.Raw, err = keepRaw(b, (*fields)(r))
	return err
}

// MarshalJSON gives what Knock sent.
func (r Run) MarshalJSON() ([]byte, error) {
	type fields Run
	return rawOr(r.Raw, fields(r))
}

// RunFilter narrows a list of runs; its zero value matches all of them.
type RunFilter struct {
	Workflow             string
	Statuses             []RunStatus // any of them
	Tenant               string
	Recipient            *Ref
	HasErrors            *bool
	StartingAt, EndingAt time.Time // the run started after and before
}

func (f RunFilter) call() (call, error) {
	x := call{endpoint: &listRuns, op: "list runs"}
	x.query.text("workflow", f.Workflow)
	texts(&x.query, "status", f.Statuses)
	x.query.text("tenant", f.Tenant)
	x.query.flag("has_errors", f.HasErrors)
	x.query.time("starting_at", f.StartingAt)
	x.query.time("ending_at", f.EndingAt)
	if f.Recipient == nil {
		return x, nil
	}
	x.query.ref("recipient", *f.Recipient)
	return x, f.Recipient.check("recipient")
}

// ListRuns reads a page of runs. It is one of Knock's scarcest calls: 5 a second.
func (c *Client) ListRuns(ctx context.Context, f RunFilter, at Cursor) (Page[Run], error) {
	x, err := f.call()
	return list[Run](ctx, c, x, err, at)
}

// Runs reads all runs that match, page after page as they are asked for.
func (c *Client) Runs(ctx context.Context, f RunFilter) iter.Seq2[Run, error] {
	return All(ctx, func(ctx context.Context, at Cursor) (Page[Run], error) { return c.ListRuns(ctx, f, at) })
}

// GetRun reads one run with its events: 5 a second, like ListRuns but counted apart from it.
func (c *Client) GetRun(ctx context.Context, id string) (Run, error) {
	x := call{endpoint: &getRun, op: "read run " + id, params: []string{id}}
	return fetch[Run](ctx, c, x, CheckID("run id", id))
}
