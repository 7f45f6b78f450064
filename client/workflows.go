package client

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// Workflow is a workflow as it is in one environment.
type Workflow struct {
	Key               string          `json:"key"`
	Name              string          `json:"name"`
	Description       string          `json:"description,omitempty"`
	Environment       string          `json:"environment"`
	Active            bool            `json:"active"` // false: triggers are refused, runs end at their next step
	Valid             bool            `json:"valid"`
	Categories        []string        `json:"categories,omitempty"`
	Tags              []string        `json:"tags,omitempty"`
	Steps             []Step          `json:"steps"`
	TriggerDataSchema json.RawMessage `json:"trigger_data_json_schema,omitempty"` // JSON Schema of a trigger's data; nil for none
	TriggerFrequency  string          `json:"trigger_frequency,omitempty"`
	SHA               string          `json:"sha"`
	CreatedAt         time.Time       `json:"created_at"`
	UpdatedAt         time.Time       `json:"updated_at"`
	Raw               json.RawMessage `json:"-"` // what Knock sent, with templates, settings and conditions
}

// Step is one step of a workflow.
type Step struct {
	Ref             string          `json:"ref"`
	Type            string          `json:"type"` // channel, delay, batch, wait_for_event, http_fetch, throttle, branch …
	Name            string          `json:"name,omitempty"`
	Description     string          `json:"description,omitempty"`
	ChannelKey      string          `json:"channel_key,omitempty"` // of a channel step, or the group's
	ChannelGroupKey string          `json:"channel_group_key,omitempty"`
	ChannelType     string          `json:"channel_type,omitempty"` // Knock does not always send it
	Template        json.RawMessage `json:"template,omitempty"`     // of a channel step; its form depends on the channel's type
	Settings        json.RawMessage `json:"settings,omitempty"`     // of delay, batch, throttle and the like
	Conditions      json.RawMessage `json:"conditions,omitempty"`
	Branches        []Branch        `json:"branches,omitempty"`
	Cohorts         []Branch        `json:"cohort_branches,omitempty"` // of a random_cohort step, which takes one by chance
}

// Ways are the branches of a step of either kind, one of which a run takes, or none.
func (s Step) Ways() []Branch { return slices.Concat(s.Branches, s.Cohorts) }

// Branch is one way through a branch step; the last one usually has no conditions.
type Branch struct {
	Name       string          `json:"name"`
	Conditions json.RawMessage `json:"conditions,omitempty"`
	Steps      []Step          `json:"steps"`
	Terminates bool            `json:"terminates"` // the run ends behind this branch
}

// UnmarshalJSON keeps what Knock sent.
func (w *Workflow) UnmarshalJSON(b []byte) (err error) {
	type fields Workflow
	w.Raw, err = keepRaw(b, (*fields)(w))
	if string(w.TriggerDataSchema) == "null" {
		w.TriggerDataSchema = nil
	}
	return err
}

// MarshalJSON gives what Knock sent.
func (w Workflow) MarshalJSON() ([]byte, error) {
	type fields Workflow
	return rawOr(w.Raw, fields(w))
}

// ListWorkflows reads a page of the environment's workflows.
func (c *Client) ListWorkflows(ctx context.Context, at Cursor) (Page[Workflow], error) {
	x, err := c.inEnvironment(&listWorkflows, "list workflows")
	return list[Workflow](ctx, c, x, err, at)
}

// Workflows reads all workflows of the environment, page after page as they are asked for.
func (c *Client) Workflows(ctx context.Context) iter.Seq2[Workflow, error] {
	return All(ctx, c.ListWorkflows)
}

// GetWorkflow reads one workflow.
func (c *Client) GetWorkflow(ctx context.Context, key string) (Workflow, error) {
	x, err := c.inEnvironment(&getWorkflow, "read workflow "+key, key)
	return fetch[Workflow](ctx, c, x, firstError(CheckID("workflow key", key), err))
}

func (c *Client) activateCall(key string, active bool) (call, error) {
	op := "freeze "
	if active {
		op = "thaw "
	}
	x, err := c.inEnvironment(&activateWorkflow, op+key, key)
	x.body = map[string]bool{"status": active}
	return x, firstError(CheckID("workflow key", key), err)
}

// SetWorkflowActive thaws or freezes a workflow in the environment, at once and without a commit.
func (c *Client) SetWorkflowActive(ctx context.Context, key string, active bool) (Workflow, error) {
	x, err := c.activateCall(key, active)
	out, err := fetch[struct {
		Workflow Workflow `json:"workflow"`
	}](ctx, c, x, err)
	return out.Workflow, err
}

// SetWorkflowActiveRequest is the request that SetWorkflowActive would send.
func (c *Client) SetWorkflowActiveRequest(key string, active bool) (Request, error) {
	x, err := c.activateCall(key, active)
	return c.preview(x, err)
}
