package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// Refusals of the client itself: nothing was sent. Compare with errors.Is.
var (
	ErrReadOnly          = errors.New("read-only: this would change something in Knock")
	ErrPublicKey         = errors.New("this is a public key (pk_…), which may only be used in front ends; a secret key (sk_…) is needed here")
	ErrNoAPIKey          = errors.New("there is no API key")
	ErrNoServiceToken    = errors.New("there is no service token, which the management API needs")
	ErrNoEnvironment     = errors.New("there is no environment slug, which the management API needs")
	errNoDate            = errors.New("no answer of Knock's carries a time: its clock is unknown")
	ErrPlainHTTP         = errors.New("neither keys nor events are sent over plain http, except to this machine: use https")
	ErrEmptyCancellation = errors.New("a cancel must name its workflow, its key, and its recipients or everyone")
)

// Error is a call that did not work: refused here, lost on the way, or answered with an error.
type Error struct {
	Op        string // what was being done, to what: "trigger invite-reminder"
	Method    string
	Path      string // escaped, without host and query
	Status    int    // of the last answer; 0 when there was none
	Code      string // Knock's code, such as "workflow_inactive"
	Message   string // Knock's words
	Type      string
	Fields    []FieldError // what failed validation
	RequestID string       // x-request-id of the last answer
	Attempts  int          // how often it was sent
	// RetryAfter is how long Knock asks to wait before a repeat, by the last answer; 0 when it asks for nothing.
	RetryAfter time.Duration
	// Uncertain is true when Knock may have carried out a mutating call all the same: an answer was lost, could not
	// be read, or was 5xx.
	Uncertain bool
	// IdempotencyKey is what an uncertain trigger went out under: under it, with the same body, it can be repeated
	// within 24 hours and happens once.
	IdempotencyKey string
	Err            error // what went wrong without an answer, or with it; nil when Knock answered with an error

	api     api
	late    bool                // there was no time for another attempt
	refused bool                // it ended before an attempt, which Err did not let be sent
	scrub   func(string) string // takes out of Knock's words what must not be shown
}

// FieldError is one thing that failed validation.
type FieldError struct{ Field, Message string }

// Unwrap gives what went wrong underneath, context.Canceled and ErrReadOnly among them. It is context.DeadlineExceeded
// too where Knock's answer asks for a pause that the context's deadline leaves no time for.
func (e *Error) Unwrap() error {
	if e.Err == nil && e.late {
		return context.DeadlineExceeded
	}
	return e.Err
}

// Error gives all of it as one line: what was done, what happened, what to do, and how to find it at Knock.
func (e *Error) Error() string {
	s := e.Op + ": " + e.Reason()
	if hint := e.Hint(); hint != "" {
		s += "; " + hint
	}
	if e.Status != 0 || e.Attempts > 0 {
		s += " (" + e.trace() + ")"
	}
	return s
}

// trace is the part for whoever looks into it: request, status, attempts, request id.
func (e *Error) trace() string {
	s := e.Method + " " + e.Path
	if e.Status != 0 {
		s += fmt.Sprintf(" answered %d", e.Status)
	}
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Attempts > 1 {
		s += fmt.Sprintf(", %d attempts", e.Attempts)
	}
	if e.RequestID != "" {
		s += ", request id " + e.RequestID
	}
	return s
}

// Reason says in one sentence what happened.
func (e *Error) Reason() string {
	switch {
	case e.Attempts == 0 && errors.Is(e.Err, context.Canceled):
		return "stopped before it was sent"
	case e.Attempts == 0 && errors.Is(e.Err, context.DeadlineExceeded):
		return "not sent, its time was up before its turn came"
	case e.Err != nil:
		return plain(e.Err)
	case len(e.Fields) > 0:
		parts := make([]string, len(e.Fields))
		for i, f := range e.Fields {
			parts[i] = strings.TrimPrefix(f.Field+": "+f.Message, ": ")
		}
		return "Knock refuses it: " + strings.Join(parts, "; ")
	}
	if s, ok := codes[e.Code]; ok {
		return s.reason
	}
	switch {
	case e.Message != "":
		return "Knock answers: " + strings.TrimSuffix(e.Message, ".")
	case e.Status == 401 || e.Status == 403:
		return "Knock does not accept the key"
	}
	return "Knock answers " + statusText(e.Status)
}

// Hint says what to do about it; empty where nothing is known that helps.
func (e *Error) Hint() string {
	var parts []string
	switch {
	case errors.Is(e.Err, ErrReadOnly):
		parts = append(parts, "arm the profile first, or leave out --read-only")
	case errors.Is(e.Err, ErrNoAPIKey), errors.Is(e.Err, ErrNoServiceToken):
		parts = append(parts, "set "+e.api.keyVariable()+", or name it in the profile")
	case errors.Is(e.Err, ErrNoEnvironment):
		parts = append(parts, "name it in the profile")
	case e.refused: // Err says all there is to say
	case e.Err == nil && codes[e.Code].hint != "":
		parts = append(parts, codes[e.Code].hint)
	case e.Err == nil && (e.Status == 401 || e.Status == 403):
		parts = append(parts, fmt.Sprintf("check %s, or where the profile takes it from, and that it belongs to this environment", e.api.keyVariable()))
	case e.Err != nil && Mistrusted(e.Err):
		parts = append(parts, "check the base URL, this machine's clock, and what stands between it and Knock; nothing was sent, and it is not tried again")
	case e.Status == 0 && e.Attempts > 0:
		parts = append(parts, "check the base URL and the network")
	case e.Status/100 == 3:
		parts = append(parts, "redirects are not followed: check the base URL")
	case e.Err == nil && e.Status == 404:
		parts = append(parts, "check the id, and that the key belongs to the environment meant")
	case e.Status == 429:
		parts = append(parts, "something else uses up this environment's rate limit: try again in a moment")
	case e.Status >= 500:
		parts = append(parts, "this is a fault at Knock or before it: try again")
	}
	switch {
	case e.Uncertain && e.IdempotencyKey != "":
		parts = append(parts, "it may have been carried out all the same: repeated as it was under --idempotency-key "+visible(e.IdempotencyKey)+" within 24 hours it happens once")
	case e.Uncertain:
		parts = append(parts, "it may have been carried out all the same: look before you repeat it")
	}
	return strings.Join(parts, "; ")
}

// learn takes over what an attempt showed. What made an earlier attempt uncertain stays so.
func (e *Error) learn(a answer, err error) {
	e.Attempts++
	e.RetryAfter, _ = retryAfter(a.header, time.Now())
	e.Status, e.RequestID, e.Err = a.status, a.requestID, err
	e.Code, e.Message, e.Type, e.Fields = "", "", "", nil
	if err == nil && a.status/100 != 2 {
		e.describe(a.body)
	}
	if e.Method != "GET" && (err != nil && mayHaveLeft(err) || err == nil && (a.status >= 500 || a.status/100 == 2)) {
		e.Uncertain = true
	}
}

// interrupted is the error for a call that ends before a further attempt. What those before it showed is kept.
func (e *Error) interrupted(err error) error {
	var u unsent
	if errors.As(err, &u) {
		err, e.refused = u.error, true
	}
	e.Err = err
	return e
}

// mayHaveLeft reports whether the request may have reached Knock.
func mayHaveLeft(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return false
	}
	return transient(err) || errors.Is(err, context.Canceled)
}

// plain puts an error of the network into words; what it does not know it passes on, made visible.
func plain(err error) string {
	var name *net.DNSError
	var op *net.OpError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped before there was an answer"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &name) && name.IsNotFound:
		return "there is no host " + visible(name.Name)
	case Mistrusted(err):
		return "the connection is not to be trusted: " + visible(err.Error())
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		return fmt.Sprintf("Knock's answer is larger than %d MB", maxAnswer>>20)
	case errors.As(err, &op) && op.Op == "dial":
		return "cannot reach " + visible(fmt.Sprint(op.Addr)) + ": " + visible(op.Err.Error())
	}
	return visible(err.Error())
}
