package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

const (
	maxRecipients     = 1000
	maxData           = 10 << 20 // bytes of a trigger's data
	maxIdempotencyKey = 255
)

// Trigger is a request to run a workflow.
type Trigger struct {
	Workflow        string
	Recipients      []Recipient // 1 to 1,000
	Actor           *Recipient
	Tenant          *Tenant
	Data            json.RawMessage // a JSON object, sent as it is written here; nil for none
	CancellationKey string          // without it the runs cannot be cancelled
	SandboxMode     *bool           // true: messages are made but not delivered; nil: as the channels are set
	SkipDelay       *bool           // true: delay steps are passed over
	IdempotencyKey  string          // with it the trigger is retried, and happens once in 24 hours
}

// Triggered is Knock's answer to a trigger.
type Triggered struct {
	WorkflowRunID     string // one for all recipients; each of them gets a run of its own under it
	RequestID         string
	Replayed          bool   // Knock had seen the idempotency key: this is the answer of back then, nothing new runs
	OriginalRequestID string // of the request that is replayed
	IdempotencyKey    string // that was sent
}

// Check says what Knock would refuse, or what could not be sent at all. Errors are *InvalidError or *JSONError.
func (t Trigger) Check() error {
	if err := CheckID("workflow key", t.Workflow); err != nil {
		return err
	}
	switch n := len(t.Recipients); {
	case n == 0:
		return invalid("recipients", "none is named")
	case n > maxRecipients:
		return invalid("recipients", "more than 1,000 are named, and one trigger takes no more: send several")
	}
	for i, r := range t.Recipients {
		if err := r.check(fieldAt("recipients", i)); err != nil {
			return err
		}
	}
	if t.Actor != nil {
		if err := t.Actor.check("actor"); err != nil {
			return err
		}
	}
	if t.Tenant != nil {
		if err := CheckID("tenant id", t.Tenant.ID); err != nil {
			return err
		}
	}
	if strings.ContainsFunc(t.IdempotencyKey, func(r rune) bool { return r < ' ' || r > '~' }) {
		return invalid("idempotency key", "travels in a header: printable ASCII characters only")
	}
	if n := len(t.IdempotencyKey); n > maxIdempotencyKey {
		return invalid("idempotency key", "has %d characters, at most %d are allowed", n, maxIdempotencyKey)
	}
	return checkObject("data", t.Data)
}

// checkObject refuses what is not a JSON object of a size that Knock takes. No bytes at all are no data, which is fine.
func checkObject(field string, data json.RawMessage) error {
	if len(data) == 0 {
		return nil
	}
	if len(data) > maxData {
		return invalid(field, "has %d bytes, at most 10 MB are allowed", len(data))
	}
	if err := CheckJSON(field, data); err != nil {
		return err
	}
	if firstByte(data) != '{' {
		return invalid(field, `must be a JSON object, like {"name": "value"}`)
	}
	return nil
}

type triggerBody struct {
	Recipients      []Recipient      `json:"recipients"`
	Actor           *Recipient       `json:"actor,omitempty"`
	Tenant          *Tenant          `json:"tenant,omitempty"`
	Data            json.RawMessage  `json:"data,omitempty"`
	CancellationKey string           `json:"cancellation_key,omitempty"`
	Settings        *triggerSettings `json:"settings,omitempty"`
}

type triggerSettings struct {
	SandboxMode *bool `json:"sandbox_mode,omitempty"`
	SkipDelay   *bool `json:"skip_delay,omitempty"`
}

func (t Trigger) call() (call, error) {
	body := triggerBody{Recipients: t.Recipients, Actor: t.Actor, Tenant: t.Tenant, Data: t.Data, CancellationKey: t.CancellationKey}
	if t.SandboxMode != nil || t.SkipDelay != nil {
		body.Settings = &triggerSettings{t.SandboxMode, t.SkipDelay}
	}
	x := call{endpoint: &triggerWorkflow, op: "trigger " + t.Workflow, params: []string{t.Workflow}, body: body}
	if t.IdempotencyKey != "" {
		x.header = http.Header{"Idempotency-Key": {t.IdempotencyKey}}
		x.repeat = true
	}
	return x, t.Check()
}

// Trigger runs a workflow. Only with an idempotency key is it retried when an answer is lost: without one a repeat
// would send everything twice. An error whose Uncertain is set may stand for a trigger that happened.
func (c *Client) Trigger(ctx context.Context, t Trigger) (Triggered, error) {
	x, err := t.call()
	if err != nil {
		return Triggered{}, err
	}
	var out struct {
		WorkflowRunID string `json:"workflow_run_id"`
	}
	a, err := c.do(ctx, x, &out)
	if err != nil {
		return Triggered{}, err
	}
	return Triggered{
		WorkflowRunID:     out.WorkflowRunID,
		RequestID:         a.requestID,
		Replayed:          a.header.Get("Idempotent-Replayed") == "true",
		OriginalRequestID: visible(a.header.Get("Original-X-Request-Id")),
		IdempotencyKey:    t.IdempotencyKey,
	}, nil
}

// TriggerRequest is the request that Trigger would send.
func (c *Client) TriggerRequest(t Trigger) (Request, error) {
	x, err := t.call()
	return c.preview(x, err)
}
