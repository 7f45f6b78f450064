package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// strictServer counts like the strictest limit that "n per second" can mean: never more than n in any second.
type strictServer struct {
	mu       sync.Mutex
	limit    int
	arrivals []time.Time // of what was let in, within the last second
	accepted int
	refused  int
}

func (s *strictServer) arrive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.arrivals) > 0 && now.Sub(s.arrivals[0]) >= time.Second {
		s.arrivals = s.arrivals[1:]
	}
	if len(s.arrivals) >= s.limit {
		s.refused++
		return false
	}
	s.arrivals = append(s.arrivals, now)
	s.accepted++
	return true
}

// Many callers ask as fast as they may for 20 seconds, over a network that delays each request by up to 40 ms more
// than another: at least 95 % of the tier gets through and nothing is refused.
func TestSustainedUseReachesTheTier(t *testing.T) {
	const span = 20 * time.Second
	for _, e := range []*endpoint{&listRuns, &identifyUser, &listMessages, &cancelWorkflow} {
		synctest.Test(t, func(t *testing.T) {
			server := &strictServer{limit: e.perSecond}
			random := rand.New(rand.NewPCG(1, 2))
			var mu sync.Mutex
			c := newClient(t, func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				jitter := time.Duration(random.Int64N(int64(40 * time.Millisecond)))
				mu.Unlock()
				time.Sleep(20*time.Millisecond + jitter)
				if !server.arrive() {
					return respond(429, ""), nil
				}
				time.Sleep(20 * time.Millisecond)
				return respond(200, `{}`), nil
			})
			ctx, cancel := context.WithTimeout(t.Context(), span)
			defer cancel()
			var callers sync.WaitGroup
			for range e.perSecond/5 + 4 {
				callers.Go(func() {
					for ctx.Err() == nil {
						_, _ = c.do(ctx, call{endpoint: e, params: []string{"x"}}, nil)
					}
				})
			}
			time.Sleep(span / 2)
			if used, limit := c.Budget(e.name); limit != float64(e.perSecond) || used > limit || used < 0.9*limit {
				t.Errorf("%s: budget %v of %v while busy", e.name, used, limit)
			}
			callers.Wait()
			if share := float64(server.accepted) / (span.Seconds() * float64(e.perSecond)); share < 0.95 || server.refused > 0 {
				t.Errorf("%s: %.1f %% of the tier, %d refused", e.name, 100*share, server.refused)
			}
		})
	}
}

// The first requests of a burst wait for connections to be made. The limit holds from when they were written, not from
// when their turn came; and one that hangs before that holds nobody up for long.
func TestColdConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const span = 10 * time.Second
		server := &strictServer{limit: cancelWorkflow.perSecond}
		var cold atomic.Int64
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			if n := cold.Add(1); n == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			} else if n <= 150 {
				time.Sleep(200 * time.Millisecond)
			}
			httptrace.ContextClientTrace(r.Context()).WroteRequest(httptrace.WroteRequestInfo{})
			time.Sleep(20 * time.Millisecond)
			if !server.arrive() {
				return respond(429, ""), nil
			}
			time.Sleep(20 * time.Millisecond)
			return respond(200, `{}`), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), span)
		defer cancel()
		var callers sync.WaitGroup
		for range 150 {
			callers.Go(func() {
				for ctx.Err() == nil {
					_, _ = c.do(ctx, call{endpoint: &cancelWorkflow, params: []string{"x"}}, nil)
				}
			})
		}
		callers.Wait()
		if share := float64(server.accepted) / (span.Seconds() * float64(server.limit)); share < 0.92 || server.refused > 0 {
			t.Errorf("%.1f %% of the tier, %d refused", 100*share, server.refused)
		}
	})
}

// pass is a request that leaves and ends at once when it is its turn.
func pass(t *testing.T, l *limiter) {
	if d, err := l.wait(t.Context()); err != nil {
		t.Error(err)
	} else {
		l.end(d)
	}
}

func TestLimiterLetsTheFirstGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(5), time.Now()
		for range 5 {
			pass(t, l)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("five requests waited %v", d)
		}
		if pass(t, l); time.Since(start) != window {
			t.Errorf("the sixth waited %v", time.Since(start))
		}
	})
}

func TestLimiterIsFairAndForgetsWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		pass(t, l)
		ctx, cancel := context.WithCancel(t.Context())
		for range 100 {
			go func() {
				if _, err := l.wait(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("a caller that gave up got %v", err)
				}
			}()
		}
		synctest.Wait()
		start := time.Now()
		cancel()
		synctest.Wait()
		if time.Since(start) != 0 {
			t.Error("giving up took time")
		}
		if pass(t, l); time.Since(start) != window {
			t.Errorf("those who gave up cost the next %v", time.Since(start))
		}

		order := make(chan int, 3)
		for i := range 3 {
			go func() { pass(t, l); order <- i }()
			synctest.Wait()
		}
		for want := range 3 {
			if got := <-order; got != want {
				t.Errorf("caller %d went, it was %d's turn", got, want)
			}
		}
	})
}

// One caller's 429 slows all callers of that endpoint, and none of another.
func TestRefusalPausesTheEndpointForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex // two requests leave at once
		var at []time.Duration
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/v1/users" {
				return respond(200, `{}`), nil
			}
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(start))
			if len(at) == 1 {
				return respond(429, "", "Retry-After", "7"), nil
			}
			return respond(200, `{}`), nil
		})
		first := make(chan error)
		go func() { _, err := c.ListRuns(t.Context(), RunFilter{}, Cursor{}); first <- err }()
		synctest.Wait()
		if _, err := c.ListUsers(t.Context(), Cursor{}); err != nil || time.Since(start) != 0 {
			t.Errorf("another endpoint waited %v: %v", time.Since(start), err)
		}
		if _, err := c.ListRuns(t.Context(), RunFilter{}, Cursor{}); err != nil {
			t.Error(err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if len(at) != 3 || at[1] != 7*time.Second || at[2] != 7*time.Second {
			t.Errorf("requests at %v, want none before 7s", at)
		}
	})
}
