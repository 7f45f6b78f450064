// Package flows runs flows against Knock: their requests go through the session's client, are asked
// for and written down like all others, and their cancels are proven.
package flows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/operation"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Operator sends the requests of one run. It is the flow's transport.
type Operator struct {
	Session *ops.Session
	// Reason goes into the journal with every change.
	Reason string
	// Granted is what was agreed to before the run began: the question that it was asked with.
	Granted consent.Question
	// Ask asks for what was not agreed to with the run. nil refuses it.
	Ask func(context.Context, consent.Prompt) error
	// AsWritten sends cancels at once, as the document has them, and proves nothing.
	AsWritten bool

	mu        sync.Mutex
	triggered map[trigger]time.Time // when something was last triggered under a key, by Knock's clock
}

type trigger struct{ workflow, key string }

// Send sends one request of a step.
func (o *Operator) Send(ctx context.Context, c flow.Call, waiting func(flow.Wait)) (flow.Answer, error) {
	what := read(c)
	if c.ContentType != "" && !isJSON(c.ContentType) {
		return flow.Answer{}, &flow.FatalError{Err: fmt.Errorf("only JSON can be sent to Knock, and the step has a body of %s", c.ContentType)}
	}
	if !c.Operation.Changes() {
		a, err := o.call(ctx, c)
		return answered(a, err)
	}
	if err := o.allow(ctx, what); err != nil {
		return flow.Answer{}, &flow.FatalError{Err: err}
	}
	if what.kind == journal.Cancel && !o.AsWritten {
		return o.cancel(ctx, what, waiting)
	}
	a, err := o.change(ctx, c, what)
	if what.kind == journal.Cancel && err == nil && a.Status/100 == 2 {
		a.Proof = o.asWritten(what)
	}
	return a, err
}

// allow asks for what the agreement to the run does not cover: what reaches more than is agreed to
// without a word, what takes something away, and cancels for everyone.
func (o *Operator) allow(ctx context.Context, what request) error {
	p := o.prompt(what)
	covered := p.Level <= max(consent.YesNo, o.Granted.Level) && what.act != consent.CancelEveryone
	if covered || p.Level == consent.Nothing {
		return nil
	}
	if o.Ask == nil {
		return runner.Refuse("%s was not agreed to: nothing was sent", p.Title)
	}
	if err := o.Ask(ctx, p); err != nil {
		return fmt.Errorf("%s: %w", p.Title, err)
	}
	return nil
}

// change sends what changes something, written down before it leaves.
func (o *Operator) change(ctx context.Context, c flow.Call, what request) (flow.Answer, error) {
	header := c.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	key := header.Get("Idempotency-Key")
	if what.kind == journal.Trigger && key == "" {
		key = uuid.NewString()
		header.Set("Idempotency-Key", key)
	}
	c.Header = header
	r, err := o.Session.Client.CallRequest(clientCall(c))
	if err != nil {
		return flow.Answer{}, err
	}
	action := journal.Action{
		Kind: what.kind, Workflow: what.workflow, Key: what.key, Everyone: what.act == consent.CancelEveryone, Reason: o.Reason,
	}
	for _, to := range what.recipients {
		action.Recipients = append(action.Recipients, to.String())
	}
	if what.kind == journal.Trigger {
		action.IdempotencyKey = key
	}
	var a client.Answer
	err = o.Session.Do(ctx, action, r, func(ctx context.Context, _ int64) (out journal.Outcome, err error) {
		if a, err = o.call(ctx, c); err == nil && what.kind == journal.Trigger {
			out.WorkflowRunID = o.noteTrigger(what, a.Body)
		}
		return out, err
	})
	return answered(a, err)
}

func (o *Operator) noteTrigger(what request, body []byte) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.triggered == nil {
		o.triggered = map[trigger]time.Time{}
	}
	o.triggered[trigger{what.workflow, what.key}] = o.Session.Client.ServerNow()
	var run struct {
		ID string `json:"workflow_run_id"`
	}
	if json.Unmarshal(body, &run) != nil {
		return ""
	}
	return run.ID
}

func (o *Operator) call(ctx context.Context, c flow.Call) (client.Answer, error) {
	return o.Session.Client.Call(ctx, clientCall(c))
}

func clientCall(c flow.Call) client.Call {
	return client.Call{
		Management: c.Operation.API == operation.Management, Method: c.Operation.Method, Path: c.Operation.Path, Parameters: c.Parameters,
		Query: c.Query, Header: c.Header, Body: c.Body, Tier: c.Operation.Tier,
	}
}

// answered tells an answer, of whatever status, from a request that has none. A refusal is final.
func answered(a client.Answer, err error) (flow.Answer, error) {
	out := flow.Answer{Status: a.Status, Header: a.Header, Body: a.Body, URL: a.URL, RequestID: a.RequestID}
	var failed *client.Error
	var refusal *runner.Refusal
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &failed) && failed.Answered():
		return out, nil
	case errors.Is(err, client.ErrReadOnly), errors.Is(err, client.ErrNoAPIKey), errors.Is(err, client.ErrNoServiceToken), errors.As(err, &refusal):
		return out, &flow.FatalError{Err: err}
	}
	return out, err
}
