package client

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadOnlyRefusesEveryMutatingCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := map[string]int{}
		guard := NewGuard(true)
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			sent[r.Method]++
			return respond(200, `{}`), nil
		}, func(o *Options) { o.Guard = guard })
		attack := func(when string) {
			for _, x := range everyCall {
				err := x.make(context.Background(), c)
				if mutates := x.endpoint.method != http.MethodGet; mutates != errors.Is(err, ErrReadOnly) {
					t.Errorf("%s, %s %s: %v", when, x.endpoint.method, x.endpoint.name, err)
				}
			}
			if len(sent) != 1 || sent[http.MethodGet] == 0 {
				t.Errorf("%s, sent: %v", when, sent)
			}
		}
		attack("never armed")
		guard.Arm(time.Minute)
		time.Sleep(time.Minute)
		attack("arming is over")
		if !guard.armedAt.IsZero() {
			t.Error("an arming that is over would come back with a clock that is set back")
		}
		guard.Arm(time.Minute)
		guard.Disarm()
		attack("disarmed")

		guard.Arm(time.Minute)
		if guard.ReadOnly() || !guard.ArmedUntil().Equal(time.Now().Add(time.Minute)) {
			t.Errorf("armed until %v at %v", guard.ArmedUntil(), time.Now())
		}
		if _, err := c.Cancel(t.Context(), CancelEveryone("w", "k")); err != nil || sent[http.MethodPost] != 1 {
			t.Errorf("armed, but: %v, sent %v", err, sent)
		}
	})
}

// A retry is a request like any other: when the arming ends while it waits, it is not sent.
func TestReadOnlyRefusesARetryAfterArming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		guard := NewGuard(true)
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			sent++
			return respond(503, "", "Retry-After", "2"), nil
		}, func(o *Options) { o.Guard = guard })
		guard.Arm(time.Second)
		if _, err := c.Cancel(t.Context(), CancelEveryone("w", "k")); !errors.Is(err, ErrReadOnly) || sent != 1 {
			t.Errorf("%v after %d requests", err, sent)
		}
	})
}

func TestGuardWithoutReadOnly(t *testing.T) {
	for _, g := range []*Guard{nil, NewGuard(false)} {
		g.Arm(time.Hour)
		if g.ReadOnly() || !g.ArmedUntil().IsZero() {
			t.Error("a guard that is not read-only has nothing to arm")
		}
		g.Disarm()
		if g.ReadOnly() {
			t.Error("disarming made it read-only")
		}
	}
}

func TestStillArmed(t *testing.T) {
	const d = 10 * time.Minute
	for _, x := range []struct {
		name            string
		monotonic, wall time.Duration
		want            bool
	}{
		{"at once", 0, 0, true},
		{"just before the end", d - 1, d - 1, true},
		{"the end", d, d, false},
		{"clocks drift a little", time.Minute, time.Minute + clockSlack, true},
		{"the machine slept", time.Minute, time.Minute + clockSlack + 1, false},
		{"the machine slept beyond the end", time.Minute, time.Hour, false},
		{"the clock was set back", time.Minute, -time.Hour, false},
		{"only the monotonic clock is past the end", d, d - time.Second, false},
		{"only the wall clock is past the end", d - time.Second, d, false},
	} {
		if got := stillArmed(d, x.monotonic, x.wall); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

// The arming ends while a connection is made: what was let go of before is not written to it.
func TestAnArmingThatEndsWhileAConnectionIsMade(t *testing.T) {
	sent, guard := 0, NewGuard(true)
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		guard.Disarm() // here a transport dials; it reads the body when it has a connection
		if _, err := r.Body.Read(make([]byte, 1)); err != nil {
			return nil, err
		}
		sent++
		return respond(204, ""), nil
	}, func(o *Options) { o.Guard = guard })
	guard.Arm(time.Minute)
	// Whatever the context says of it: it is the transport that refuses.
	if _, err := c.Cancel(t.Context(), CancelEveryone("w", "k")); !errors.Is(err, ErrReadOnly) || sent != 0 {
		t.Errorf("%d were sent: %v", sent, err)
	}
}
