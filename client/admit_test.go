package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errPaused = errors.New("paused")

func cancelOne(ctx context.Context, c *Client) error {
	_, err := c.Cancel(ctx, CancelEveryone("w", "k"))
	return err
}

// callError is what a call must end with: an *Error that wraps want and tells how often it was sent.
func callError(t *testing.T, err, want error, attempts int, uncertain bool) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, want) || e.Attempts != attempts || e.Uncertain != uncertain {
		t.Fatalf("%+v, want %v after %d attempts, uncertain %v", err, want, attempts, uncertain)
	}
	return e
}

func TestBeforeEachEndsACallBeforeItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(fine)
		ctx := BeforeEach(t.Context(), func() error { return errPaused })
		e := callError(t, cancelOne(ctx, newClient(t, s.serve)), errPaused, 0, false)
		if len(s.at) != 0 || e.Hint() != "" {
			t.Errorf("%d requests: %v", len(s.at), e)
		}
	})
}

// The check comes after the limiter, and before each retry.
func TestBeforeEachRunsBeforeEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(503, "Retry-After", "3"), status(429, "Retry-After", "20"), fine)
		c := newClient(t, s.serve)
		c.limiters["cancel"].pause(2 * time.Second)
		var looked []time.Duration
		ctx := BeforeEach(t.Context(), func() error {
			if looked = append(looked, time.Since(s.start)); time.Since(s.start) > 20*time.Second {
				return errPaused
			}
			return nil
		})
		e := callError(t, cancelOne(ctx, c), errPaused, 2, true)
		if len(s.at) != 2 || len(looked) != 3 || looked[0] != 2*time.Second || looked[1] != 5*time.Second || looked[2] != 25*time.Second {
			t.Errorf("sent at %v, looked at %v", s.at, looked)
		}
		if e.Status != 429 || e.RetryAfter != 20*time.Second || strings.Contains(e.Hint(), "rate limit") || !strings.Contains(e.Hint(), "look before you repeat") {
			t.Errorf("%+v", e)
		}
	})
}

func TestBeforeEachOfTwoContexts(t *testing.T) {
	errInner := errors.New("inner")
	s := play(fine)
	var order []string
	outer := BeforeEach(t.Context(), func() error { order = append(order, "outer"); return nil })
	inner := BeforeEach(outer, func() error { order = append(order, "inner"); return errInner })
	callError(t, cancelOne(inner, newClient(t, s.serve)), errInner, 0, false)
	if strings.Join(order, " ") != "outer inner" {
		t.Error(order)
	}
}

// A retry that waits ends when its caller does.
func TestAWaitingRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(503, "Retry-After", "30"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		callError(t, cancelOne(ctx, newClient(t, s.serve)), context.Canceled, 1, true)
		if time.Since(s.start) != time.Second || len(s.at) != 1 {
			t.Errorf("after %v, %d requests", time.Since(s.start), len(s.at))
		}
	})
}

// While a connection is made, what was looked at before may change: the check runs again before anything is written.
func TestBeforeEachRunsAgainBehindTheDial(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		var served atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Body.Read(make([]byte, 1)); err == nil {
				served.Add(1)
			}
		}))
		server.EnableHTTP2 = http2
		server.StartTLS()
		defer server.Close()
		transport := server.Client().Transport.(*http.Transport)
		var paused atomic.Bool
		dialled := func() { paused.Store(true) }
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dialled()
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
		guard := NewGuard(true)
		guard.Arm(time.Hour)
		c := newClient(t, nil, func(o *Options) { o.BaseURL, o.Transport, o.Guard = server.URL, transport, guard })
		ctx := BeforeEach(t.Context(), func() error {
			if paused.Load() {
				return errPaused
			}
			return nil
		})
		callError(t, cancelOne(ctx, c), errPaused, 0, false)
		transport.CloseIdleConnections()
		dialled = guard.Disarm
		callError(t, cancelOne(t.Context(), c), ErrReadOnly, 0, false)
		c.Close()
		server.Close() // waits for what it is serving
		if n := served.Load(); n != 0 {
			t.Errorf("HTTP/2 %v: the server was sent a body %d times", http2, n)
		}
	}
}

func TestOnceIsSentOnce(t *testing.T) {
	for name, x := range map[string]struct {
		answer     func() (*http.Response, error)
		status     int
		retryAfter time.Duration
		uncertain  bool
	}{
		"limited":     {status(429, "Retry-After", "7"), 429, 7 * time.Second, false},
		"overloaded":  {status(503, "Retry-After-Ms", "250"), 503, 250 * time.Millisecond, true},
		"fault":       {status(500), 500, 0, true},
		"lost answer": {lost, 0, 0, true},
		"unreachable": {refused, 0, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(x.answer, fine)
			var e *Error
			err := cancelOne(Once(t.Context()), newClient(t, s.serve))
			if !errors.As(err, &e) || len(s.at) != 1 || time.Since(s.start) != 0 || e.Status != x.status || e.RetryAfter != x.retryAfter || e.Uncertain != x.uncertain || e.Attempts != 1 {
				t.Errorf("%s: %d requests after %v: %+v", name, len(s.at), time.Since(s.start), e)
			}
		})
	}
}

// What waits when the client is closed ends then, and is never sent.
func TestCloseEndsWhatWaits(t *testing.T) {
	for name, x := range map[string]struct {
		answer    func() (*http.Response, error)
		wait      time.Duration
		attempts  int
		uncertain bool
	}{
		"for the limiter": {fine, time.Minute, 0, false},
		"for Retry-After": {status(429, "Retry-After", "60"), 0, 1, false},
		"after a fault":   {status(500, "Retry-After", "60"), 0, 1, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(x.answer)
			c := newClient(t, s.serve)
			c.limiters["trigger"].pause(x.wait)
			time.AfterFunc(time.Second, c.Close)
			_, err := c.Trigger(t.Context(), fullTrigger)
			callError(t, err, ErrClosed, x.attempts, x.uncertain)
			if time.Since(s.start) != time.Second || len(s.at) != x.attempts {
				t.Errorf("%s: after %v, sent at %v", name, time.Since(s.start), s.at)
			}
			time.Sleep(10 * time.Minute)
			_, err = c.GetUser(t.Context(), "u")
			callError(t, err, ErrClosed, 0, false)
			if len(s.at) != x.attempts {
				t.Errorf("%s: sent at %v", name, s.at)
			}
		})
	}
}

// Disarming ends what waits to be repeated, whoever arms again before its time would come. Reading goes on.
func TestDisarmingEndsWhatWaits(t *testing.T) {
	for name, end := range map[string]func(*Guard){
		"disarmed":              (*Guard).Disarm,
		"disarmed, armed again": func(g *Guard) { g.Disarm(); g.Arm(time.Hour) },
		"armed for no longer":   func(g *Guard) { g.Arm(-1); g.Arm(time.Hour) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(status(503, "Retry-After", "30"))
			guard := NewGuard(true)
			guard.Arm(time.Hour)
			c := newClient(t, s.serve, func(o *Options) { o.Guard = guard })
			time.AfterFunc(time.Second, func() { end(guard) })
			callError(t, cancelOne(t.Context(), c), ErrReadOnly, 1, true)
			if time.Since(s.start) != time.Second || len(s.at) != 1 {
				t.Errorf("%s: after %v, sent at %v", name, time.Since(s.start), s.at)
			}
			if _, err := c.GetUser(t.Context(), "u"); len(s.at) != 1+maxAttempts {
				t.Errorf("%s: a read was sent %d times: %v", name, len(s.at)-1, err)
			}
		})
	}
}

func TestAnArmingThatEndsByItselfEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(503, "Retry-After", "30"))
		guard := NewGuard(true)
		guard.Arm(time.Hour)
		guard.Arm(10 * time.Second) // shortened
		c := newClient(t, s.serve, func(o *Options) { o.Guard = guard })
		callError(t, cancelOne(t.Context(), c), ErrReadOnly, 1, true)
		if time.Since(s.start) != 10*time.Second {
			t.Errorf("after %v", time.Since(s.start))
		}
	})
}

// A machine that slept through the end of an arming runs no timer: whoever arms again ends what waited.
func TestArmingAgainAfterASleepEndsWhatWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guard := NewGuard(true)
		guard.Arm(10 * time.Second)
		over := guard.disarmed()
		guard.timer.Stop()
		time.Sleep(time.Minute)
		guard.Arm(time.Hour)
		select {
		case <-over:
		default:
			t.Error("what waited under the first arming goes on under the second")
		}
	})
}

// Prolonging an arming takes nothing away from what waits under it.
func TestProlongingAnArmingEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(503, "Retry-After", "30"), fine)
		guard := NewGuard(true)
		guard.Arm(10 * time.Second)
		c := newClient(t, s.serve, func(o *Options) { o.Guard = guard })
		time.AfterFunc(9*time.Second, func() { guard.Arm(time.Minute) })
		if err := cancelOne(t.Context(), c); err != nil || len(s.at) != 2 {
			t.Errorf("%d requests: %v", len(s.at), err)
		}
	})
}

// What began while read-only is refused although it is armed before its turn would come.
func TestArmingDoesNotSendWhatWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(fine)
		guard := NewGuard(true)
		c := newClient(t, s.serve, func(o *Options) { o.Guard = guard })
		c.limiters["cancel"].pause(time.Minute)
		time.AfterFunc(time.Second, func() { guard.Arm(time.Hour) })
		callError(t, cancelOne(t.Context(), c), ErrReadOnly, 0, false)
		if len(s.at) != 0 {
			t.Errorf("sent at %v", s.at)
		}
	})
}
