package client

import (
	"context"
	"errors"
	"net/http"
)

// ErrClosed says that the client was closed, with its session, before a request could be sent or repeated.
var ErrClosed = errors.New("the session was closed: nothing more is sent")

type beforeEachKey struct{}

// BeforeEach returns a context whose calls run check before every attempt, when the limiter has let it go and it is
// about to be handed to the transport. An error ends the call, which then wraps it: that attempt is not sent and not
// counted. The check only looks, because it runs again when a mutating request is about to be written: a connection
// may have had to be made first. Checks of an outer context run before those of an inner one.
func BeforeEach(ctx context.Context, check func() error) context.Context {
	if outer, ok := ctx.Value(beforeEachKey{}).(func() error); ok {
		inner := check
		check = func() error { return firstError(outer(), inner()) }
	}
	return context.WithValue(ctx, beforeEachKey{}, check)
}

type onceKey struct{}

// Once returns a context whose calls are sent at most once. The *Error of one that failed says whether it may have
// been carried out (Uncertain) and how long Knock asks to wait (RetryAfter), for a caller that repeats it by rules of
// its own. The limiter still keeps everybody waiting that long.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

func once(ctx context.Context) bool { return ctx.Value(onceKey{}) != nil }

// unsent is an attempt that was not sent, and why.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

func wasUnsent(err error) bool {
	var u unsent
	return errors.As(err, &u)
}

// admit says why a request may not be sent now, as unsent; nil when it may.
func (c *Client) admit(r *http.Request) error {
	select {
	case <-c.closed:
		return unsent{ErrClosed}
	default:
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && c.guard.ReadOnly() {
		return unsent{ErrReadOnly}
	}
	return checked(r.Context())
}

// checked runs what BeforeEach wants.
func checked(ctx context.Context) error {
	if check, ok := ctx.Value(beforeEachKey{}).(func() error); ok {
		if err := check(); err != nil {
			return unsent{err}
		}
	}
	return nil
}

// waiting is a context that ends with ctx, when the client is closed, and, for a mutating call, when the arming under
// which it began is over: arming again does not bring back what waited then.
func (c *Client) waiting(ctx context.Context, method string) (context.Context, context.CancelFunc) {
	wait, end := context.WithCancelCause(ctx)
	var disarmed <-chan struct{}
	if method != http.MethodGet {
		disarmed = c.guard.disarmed()
	}
	go func() {
		select {
		case <-c.closed:
			end(unsent{ErrClosed})
		case <-disarmed:
			end(unsent{ErrReadOnly})
		case <-wait.Done():
		}
	}()
	return wait, func() { end(nil) }
}

// ended is why a wait ended: the caller's own reason as the context package says it, or the client's.
func ended(wait context.Context) error {
	if cause := context.Cause(wait); wasUnsent(cause) {
		return cause
	}
	return wait.Err()
}
