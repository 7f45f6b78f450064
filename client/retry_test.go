package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script answers one request after the other, the last one again and again, and notes when each came.
type script struct {
	answers []func() (*http.Response, error)
	start   time.Time
	at      []time.Duration
}

func (s *script) serve(*http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Since(s.start))
	return s.answers[min(len(s.at), len(s.answers))-1]()
}

func play(answers ...func() (*http.Response, error)) *script {
	return &script{answers: answers, start: time.Now()}
}

func status(code int, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return respond(code, "", header...), nil }
}

func fine() (*http.Response, error) { return respond(200, `{"workflow_run_id":"`+someUUID+`"}`), nil }

func lost() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func refused() (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: errors.New("connection refused")}
}

func cutShort() (*http.Response, error) {
	r := respond(200, `{"id":`)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), failing{}))
	return r, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, x := range []struct {
		name   string
		answer func() func() (*http.Response, error)
		want   time.Duration
	}{
		{"seconds", func() func() (*http.Response, error) { return status(429, "Retry-After", "3") }, 3 * time.Second},
		{"seconds with 503", func() func() (*http.Response, error) { return status(503, "Retry-After", "3") }, 3 * time.Second},
		{"milliseconds first", func() func() (*http.Response, error) {
			return status(429, "Retry-After", "3", "Retry-After-Ms", "1500")
		}, 1500 * time.Millisecond},
		{"date", func() func() (*http.Response, error) {
			return status(429, "Retry-After", time.Now().Add(4*time.Second).UTC().Format(http.TimeFormat))
		}, 4 * time.Second},
		{"date by the server's own clock", func() func() (*http.Response, error) {
			there := time.Now().Add(time.Hour).UTC()
			return status(429, "Date", there.Format(http.TimeFormat), "Retry-After", there.Add(2*time.Second).Format(http.TimeFormat))
		}, 2 * time.Second},
		{"date gone by", func() func() (*http.Response, error) {
			return status(429, "Retry-After", "Fri, 01 Jan 1999 00:00:00 GMT")
		}, 0},
		{"a day is cut", func() func() (*http.Response, error) { return status(429, "Retry-After", "86400") }, time.Minute},
		{"absurd is cut", func() func() (*http.Response, error) { return status(429, "Retry-After", "1e300") }, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(x.answer(), fine)
			_, err := newClient(t, s.serve).GetUser(t.Context(), "u")
			if err != nil || len(s.at) != 2 || s.at[1] != x.want {
				t.Errorf("%s: requests at %v, want the second after %v: %v", x.name, s.at, x.want, err)
			}
		})
	}
}

func TestRetryAfterNonsenseFallsBackToBackoff(t *testing.T) {
	for _, value := range []string{"", "soon", "-1", "NaN", "-Inf"} {
		synctest.Test(t, func(t *testing.T) {
			s := play(status(429, "Retry-After", value), fine)
			_, err := newClient(t, s.serve).GetUser(t.Context(), "u")
			if err != nil || len(s.at) != 2 || s.at[1] != time.Second {
				t.Errorf("%q: requests at %v: %v", value, s.at, err)
			}
		})
	}
}

func TestBackoffGrowsWithinItsBounds(t *testing.T) {
	for attempt := 1; attempt < 12; attempt++ {
		whole := min(firstDelay<<(attempt-1), maxDelay)
		for range 100 {
			d, hopeful := backoff(answer{status: 500}, nil, attempt)
			if !hopeful || d < whole/2 || d > whole {
				t.Fatalf("attempt %d: %v, want %v to %v", attempt, d, whole/2, whole)
			}
		}
	}
}

// What may be repeated is, and what may not is sent once and said to be uncertain.
func TestWhatIsRetried(t *testing.T) {
	plainTrigger := func(ctx context.Context, c *Client) error {
		t := fullTrigger
		t.IdempotencyKey = ""
		_, err := c.Trigger(ctx, t)
		return err
	}
	calls := map[string]struct {
		make    func(context.Context, *Client) error
		retried bool
		mutates bool
	}{
		"trigger without idempotency key": {plainTrigger, false, true},
		"track without message id": {func(ctx context.Context, c *Client) error {
			return c.Track(ctx, testIngestionURL, TrackEvent{Event: "e"})
		}, false, true},
	}
	for i, x := range everyCall {
		calls[fmt.Sprint(i, " ", x.endpoint.name)] = struct {
			make    func(context.Context, *Client) error
			retried bool
			mutates bool
		}{x.make, x.endpoint != &bulkMessages && x.endpoint != &createSchedules, x.endpoint.method != http.MethodGet}
	}
	trouble := map[string]struct {
		answer    func() (*http.Response, error)
		uncertain bool
	}{
		"429": {status(429), false}, "500": {status(500), true}, "503": {status(503), true},
		"lost answer": {lost, true}, "no connection": {refused, false}, "cut short": {cutShort, true},
	}
	for name, x := range calls {
		for what, y := range trouble {
			synctest.Test(t, func(t *testing.T) {
				s := play(y.answer)
				err := x.make(t.Context(), newClient(t, s.serve))
				want := 1
				switch {
				case x.retried && what == "429" && !x.mutates:
					want = maxLimitedReads
				case x.retried:
					want = maxAttempts
				}
				var e *Error
				if !errors.As(err, &e) || len(s.at) != want || e.Attempts != want || e.Uncertain != (x.mutates && y.uncertain) {
					t.Errorf("%s, %s: %d requests, want %d: %+v", name, what, len(s.at), want, err)
				}
				if mentions := strings.Contains(err.Error(), "may have been carried out all the same"); mentions != e.Uncertain {
					t.Errorf("%s, %s: uncertain %v, but: %v", name, what, e.Uncertain, err)
				}
			})
		}
	}
}

func TestWhatIsNotRetried(t *testing.T) {
	for name, answer := range map[string]func() (*http.Response, error){
		"400": status(400), "401": status(401), "403": status(403), "404": status(404), "422": status(422), "501": status(501), "redirect": status(307, "Location", "https://elsewhere.example/"),
		"no such host": func() (*http.Response, error) {
			return nil, &net.DNSError{Name: "api.knock.invalid", IsNotFound: true}
		},
		"too large": func() (*http.Response, error) {
			r := respond(200, "")
			r.Body = io.NopCloser(io.LimitReader(zeros{}, maxAnswer+1))
			return r, nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(answer, fine)
			if _, err := newClient(t, s.serve).GetUser(t.Context(), "u"); err == nil || len(s.at) != 1 {
				t.Errorf("%s: %d requests: %v", name, len(s.at), err)
			}
		})
	}
}

// An answer is read up to a bound, whatever comes after it.
func TestAnswersAreBounded(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		r := respond(200, "")
		r.Body = io.NopCloser(io.LimitReader(zeros{}, maxAnswer+1))
		return r, nil
	})
	if _, err := c.GetUser(t.Context(), "u"); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestUncertainOnceIsUncertainForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(lost, refused)
		_, err := newClient(t, s.serve).Trigger(t.Context(), fullTrigger)
		var e *Error
		if !errors.As(err, &e) || !e.Uncertain || e.Attempts != maxAttempts {
			t.Errorf("%+v", err)
		}
		if e.IdempotencyKey != fullTrigger.IdempotencyKey || !strings.Contains(err.Error(), "--idempotency-key "+fullTrigger.IdempotencyKey+" within 24 hours it happens once") {
			t.Errorf("what repeats it safely is not told: %v", err)
		}
	})
}

func TestRetriedTriggerKeepsItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var keys, bodies []string
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			b, _ := io.ReadAll(r.Body)
			keys, bodies = append(keys, r.Header.Get("Idempotency-Key")), append(bodies, string(b))
			if len(keys) < 3 {
				return lost()
			}
			return respond(200, `{"workflow_run_id":"run"}`, "Idempotent-Replayed", "true", "Original-X-Request-Id", "req_0"), nil
		})
		got, err := c.Trigger(t.Context(), fullTrigger)
		want := Triggered{WorkflowRunID: "run", RequestID: "req_1", Replayed: true, OriginalRequestID: "req_0", IdempotencyKey: "once"}
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		for i := range keys {
			if keys[i] != "once" || bodies[i] != bodies[0] || bodies[i] == "" {
				t.Errorf("attempt %d: key %q, body %q", i+1, keys[i], bodies[i])
			}
		}
	})
}

func TestNeverBeyondTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(503, "Retry-After", "30"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := newClient(t, s.serve).GetUser(ctx, "u")
		var e *Error
		if !errors.As(err, &e) || e.Status != 503 || time.Since(s.start) != 0 {
			t.Errorf("after %v: %v", time.Since(s.start), err)
		}
	})
}

func TestCancelledContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := play(fine)
		_, err := newClient(t, s.serve).Trigger(ctx, fullTrigger)
		if !errors.Is(err, context.Canceled) || len(s.at) != 0 || !strings.Contains(err.Error(), "before it was sent") {
			t.Errorf("before: %v, %d requests", err, len(s.at))
		}

		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s = play(status(503, "Retry-After", "0.5"))
		go func() { time.Sleep(250 * time.Millisecond); cancel() }()
		_, err = newClient(t, s.serve).GetUser(ctx, "u")
		if !errors.Is(err, context.Canceled) || time.Since(s.start) != 250*time.Millisecond {
			t.Errorf("during backoff: %v after %v", err, time.Since(s.start))
		}
	})
}

// An attempt that takes too long is given up and repeated while the caller still waits.
func TestTimeoutOfOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return fine()
		}, func(o *Options) { o.Timeout = 2 * time.Second })
		start := time.Now()
		if _, err := c.GetUser(t.Context(), "u"); err != nil || attempts != 2 || time.Since(start) < 2*time.Second {
			t.Errorf("%d attempts in %v: %v", attempts, time.Since(start), err)
		}
	})
}

func TestObserveSeesEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Exchange
		s := play(lost, status(503), fine)
		c := newClient(t, s.serve, func(o *Options) { o.Observe = func(x Exchange) { seen = append(seen, x) } })
		if _, err := c.GetUser(t.Context(), "a/b"); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 3 {
			t.Fatalf("%d exchanges", len(seen))
		}
		for i, want := range []struct {
			status int
			failed bool
		}{{0, true}, {503, true}, {200, false}} {
			x := seen[i]
			if x.Attempt != i+1 || x.Status != want.status || (x.Err != nil) != want.failed || x.Host != "api.knock.app" || x.Path != "/v1/users/a%2Fb" || x.Method != "GET" || x.At.Sub(s.start) != s.at[i] {
				t.Errorf("%+v", x)
			}
		}
	})
}

// A pause that the deadline leaves no time for is a deadline missed, and the error keeps Knock's words.
func TestPauseBeyondTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(429), fine)
		ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer stop()
		_, err := newClient(t, s.serve).GetUser(ctx, "u")
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || !strings.Contains(err.Error(), "429") || strings.Contains(err.Error(), "in time") {
			t.Errorf("%v", err)
		}
	})
}

// Others share the limits: a read comes through when there is room again.
func TestReadsWaitOutTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := make([]func() (*http.Response, error), maxLimitedReads-1)
		for i := range limited {
			limited[i] = status(429)
		}
		s := play(append(limited, fine)...)
		if _, err := newClient(t, s.serve).GetUser(t.Context(), "u"); err != nil {
			t.Error(err)
		}
	})
}

func TestNotingKeepsTheRequestID(t *testing.T) {
	var r Receipt
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	if _, err := c.Identify(Noting(t.Context(), &r), "u", nil); err != nil || r.RequestID != "req_1" || r.At.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
}
