package client

import (
	"context"
	"slices"
	"time"
)

// Cancellation says which runs to cancel: those under a key of a workflow, of the recipients it names or of
// everyone. It can only be made by CancelRecipients and CancelEveryone, because to Knock a cancel without recipients
// means everyone; the zero Cancellation names nothing and is refused.
type Cancellation struct {
	workflow, key string
	recipients    []Ref
	everyone      bool
}

// CancelRecipients cancels what these recipients have pending under the key.
func CancelRecipients(workflow, key string, first Ref, rest ...Ref) Cancellation {
	return Cancellation{workflow: workflow, key: key, recipients: append([]Ref{first}, rest...)}
}

// CancelEveryone cancels what any recipient has pending under the key.
func CancelEveryone(workflow, key string) Cancellation {
	return Cancellation{workflow: workflow, key: key, everyone: true}
}

// Workflow is the key of the workflow whose runs are cancelled.
func (x Cancellation) Workflow() string { return x.workflow }

// Key is the cancellation key.
func (x Cancellation) Key() string { return x.key }

// Recipients is whose runs are cancelled; nil for everyone's.
func (x Cancellation) Recipients() []Ref { return slices.Clone(x.recipients) }

// Everyone reports whether all runs under the key are cancelled, whoever they are for.
func (x Cancellation) Everyone() bool { return x.everyone }

// Receipt is Knock's word that a cancel is queued. Whether it reached a run, only the run's status tells.
type Receipt struct {
	Status    int // of the answer
	RequestID string
	At        time.Time // when the answer arrived, by the local clock
}

type cancelBody struct {
	CancellationKey string `json:"cancellation_key"`
	Recipients      []Ref  `json:"recipients,omitempty"`
}

func (x Cancellation) call() (call, error) {
	out := call{endpoint: &cancelWorkflow, op: "cancel " + x.workflow, params: []string{x.workflow}, body: cancelBody{x.key, x.recipients}}
	if x.workflow == "" || x.key == "" || x.everyone == (len(x.recipients) > 0) {
		return out, ErrEmptyCancellation
	}
	if err := CheckID("workflow key", x.workflow); err != nil {
		return out, err
	}
	for i, r := range x.recipients {
		if err := r.check(fieldAt("recipients", i)); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Cancel asks Knock to cancel runs. It is retried, because cancelling twice is cancelling once. Success means that
// Knock queued the cancel, which it also does for a key that it never saw.
func (c *Client) Cancel(ctx context.Context, x Cancellation) (Receipt, error) {
	request, err := x.call()
	if err != nil {
		return Receipt{}, err
	}
	a, err := c.do(ctx, request, nil)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Status: a.status, RequestID: a.requestID, At: time.Now()}, nil
}

// CancelRequest is the request that Cancel would send.
func (c *Client) CancelRequest(x Cancellation) (Request, error) {
	request, err := x.call()
	return c.preview(request, err)
}
