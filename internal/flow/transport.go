package flow

import (
	"context"
	"net/http"
	"time"

	"github.com/knockops/knockops/internal/flow/operation"
)

// Call is one request of a step, complete but for its Authorization.
type Call struct {
	Operation   operation.Operation
	Path        string            // filled in and escaped
	Query       string            // encoded, without the question mark
	Header      http.Header       // without Authorization
	Body        []byte            // nil for none
	ContentType string            // of the body
	Parameters  map[string]string // of the path, unescaped
}

// Answer is what came back.
type Answer struct {
	Status    int
	Header    http.Header
	Body      []byte
	URL       string
	RequestID string
	Proof     *Proof // of a cancel
	Notes     []string
}

// Proof is what became of a cancel.
type Proof struct {
	Verdict string // the word for all of them: confirmed, finished first, unconfirmed, requested
	Proven  bool   // every run has ended
	Text    string
}

// Wait is something that a step waits for.
type Wait struct {
	Until time.Time // zero when it is not known
	For   string
}

// Transport sends requests. It brings the key, limits, asks for consent where that is due, and keeps
// the journal. A refusal is an error; an answer of Knock's is none, whatever its status.
type Transport interface {
	Send(ctx context.Context, c Call, waiting func(Wait)) (Answer, error)
}

// Message is a webhook that was received and verified.
type Message struct {
	ID      string
	Type    string
	At      time.Time
	Header  map[string][]string // under canonical names
	Payload any
}

// Receiver gives the webhooks that arrive.
type Receiver interface {
	// Receive offers every event of these types that arrived since a time, and those that arrive
	// from now on, until offer takes one or ctx ends.
	Receive(ctx context.Context, types []string, since time.Time, offer func(Message) bool) error
}
