package cancel

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/wait"
)

// wire stands for Knock: it writes down the cancels that come, and answers them as it is told.
type wire struct {
	answer func(*http.Request) (*http.Response, error)

	mu     sync.Mutex
	bodies []string
	at     []time.Time
}

func (x *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err // it may not leave after all
		}
		x.mu.Lock()
		x.bodies, x.at = append(x.bodies, string(b)), append(x.at, time.Now())
		x.mu.Unlock()
	}
	return x.answer(r)
}

func (x *wire) sent() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.bodies)
}

func respond(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

func lost(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// withRunner runs a test with a runner whose requests end at a wire.
func withRunner(t *testing.T, answer func(*http.Request) (*http.Response, error), f func(*testing.T, *runner.Runner, *wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		x := &wire{answer: answer}
		c, err := client.New(client.Options{APIKey: "sk_test", Transport: x})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			c.Close()
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		}()
		f(t, &runner.Runner{Profile: "p", Environment: "e", Client: c, Journal: j}, x)
	})
}

// worked fills a queue, lets it work for a while and ends it. It returns what ended it before.
func worked(r *runner.Runner, o Options, within time.Duration, fill func(*Queue)) (q *Queue, cause error) {
	ctx, stop := context.WithCancelCause(context.Background())
	q = NewQueue(ctx, stop, r, new(Control), o)
	fill(q)
	q.Start()
	_ = wait.Sleep(ctx, within)
	cause = context.Cause(ctx)
	stop(nil)
	q.Join()
	return q, cause
}

func to(key, id string) Target { return Target{Workflow: "w", Key: key, To: client.Ref{ID: id}} }

func everyoneUnder(key string) Target { return Target{Workflow: "w", Key: key, Everyone: true} }

// actions are those of a journal.
func actions(t *testing.T, r *runner.Runner) []journal.Action {
	t.Helper()
	all, err := r.Journal.Actions(t.Context(), journal.Filter{}, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whoever may no longer be cancelled is taken out of what was queued. That nobody is left makes no
// cancel for everyone of it.
func TestOnlyEveryonesItemsNameNobody(t *testing.T) {
	withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
		kept := func(t Target) bool { return t.To.ID == "kept" }
		q, cause := worked(r, Options{Beyond: -1, Keep: kept}, time.Minute, func(q *Queue) {
			q.Want(to("left", "gone_1"), time.Time{})
			q.Want(to("left", "gone_2"), time.Time{})
			q.Want(to("some", "gone_1"), time.Time{})
			q.Want(to("some", "kept"), time.Time{})
			q.Want(everyoneUnder("all"), time.Time{})
		})
		got := x.sent()
		slices.Sort(got)
		if want := []string{`{"cancellation_key":"all"}`, `{"cancellation_key":"some","recipients":["kept"]}`}; !slices.Equal(got, want) || cause != nil {
			t.Errorf("sent %q, want %q: %v", got, want, cause)
		}
		if s := q.Sent(); s.Waiting != 0 || s.Accepted != 2 {
			t.Errorf("%+v", s)
		}
	})
}

// What a batch rests on is read before it is made ready. When it cannot be, nothing is written down
// and nothing leaves.
func TestABatchRestsOnARefresh(t *testing.T) {
	withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
		refreshed := 0
		q, _ := worked(r, Options{Beyond: -1, Refresh: func() error { refreshed++; return nil }}, time.Minute, func(q *Queue) {
			q.Want(to("k", "u"), time.Time{})
		})
		if refreshed != 1 || len(x.sent()) != 1 {
			t.Errorf("refreshed %d times for %q, %+v", refreshed, x.sent(), q.Sent())
		}
	})
	outrun := errors.New("outrun")
	withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
		var q *Queue
		o := Options{Beyond: -1, Refresh: func() error { q.Pause(outrun); return outrun }}
		worked(r, o, time.Minute, func(made *Queue) {
			q = made
			q.Want(to("k", "u"), time.Time{})
		})
		if all := actions(t, r); len(all) != 0 || len(x.sent()) != 0 || q.Sent().Waiting != 1 {
			t.Errorf("sent %q, written %+v, %+v", x.sent(), all, q.Sent())
		}
	})
}

func TestSightedRunsWaitUntilTheyAreOldEnough(t *testing.T) {
	for _, age := range []time.Duration{0, 2 * time.Second, MinAge, time.Hour} {
		withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
			triggered := time.Now().Add(-age)
			worked(r, Options{Beyond: -1}, time.Minute, func(q *Queue) {
				if got := q.Sight(to("k", "u"), triggered); got != Queued {
					t.Errorf("%d", got)
				}
			})
			if len(x.at) != 1 || x.at[0].Sub(triggered) < MinAge || x.at[0].Sub(triggered) > max(age, MinAge)+time.Second {
				t.Errorf("a run of %s was cancelled at %v", age, x.at)
			}
		})
	}
}

// What cannot be written down does not leave: neither the requests nor the runs that they are for.
func TestNoCancelLeavesWhenTheJournalFails(t *testing.T) {
	withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
		if err := r.Journal.Close(); err != nil {
			t.Fatal(err)
		}
		_, cause := worked(r, Options{Beyond: -1}, time.Minute, func(q *Queue) { q.Want(to("k", "u"), time.Time{}) })
		if cause == nil || len(x.sent()) != 0 {
			t.Errorf("sent %q: %v", x.sent(), cause)
		}
	})
}

func TestNoCancelLeavesBeforeItsRunsAreWritten(t *testing.T) {
	withRunner(t, respond(204, ""), func(t *testing.T, r *runner.Runner, x *wire) {
		full := errors.New("the disk is full")
		_, cause := worked(r, Options{Beyond: -1, Before: func() error { return full }}, time.Minute, func(q *Queue) { q.Want(to("k", "u"), time.Time{}) })
		if !errors.Is(cause, full) || len(x.sent()) != 0 || len(actions(t, r)) != 0 {
			t.Errorf("sent %q: %v", x.sent(), cause)
		}
	})
}

// A cancel for everyone reaches what began since, so that one whose answer was lost is not repeated.
// Nor is it taken for accepted.
func TestALostCancelForEveryoneIsSentOnce(t *testing.T) {
	withRunner(t, lost, func(t *testing.T, r *runner.Runner, x *wire) {
		q, _ := worked(r, Options{Beyond: -1, Bounded: true}, time.Hour, func(q *Queue) { q.Want(everyoneUnder("k"), time.Time{}) })
		if s := q.Sent(); len(x.sent()) != 1 || s.Accepted != 0 || s.Waiting != 0 {
			t.Errorf("sent %q, %+v", x.sent(), s)
		}
		if all := actions(t, r); len(all) != 1 || all[0].State != journal.Unknown {
			t.Errorf("written %+v", all)
		}
	})
}

func TestASingleCancelIsGivenUp(t *testing.T) {
	for name, target := range map[string]Target{"everyone": everyoneUnder("k"), "one": to("k", "u")} {
		withRunner(t, respond(429, `{}`), func(t *testing.T, r *runner.Runner, x *wire) {
			q, _ := worked(r, Options{Beyond: -1, Bounded: true}, 10*time.Minute, func(q *Queue) { q.Want(target, time.Time{}) })
			if s := q.Sent(); s.Waiting != 0 || s.Errors != 1 || s.Accepted != 0 || s.Err == nil || len(x.sent()) > 2*mostTries || !q.Refused(target) {
				t.Errorf("%s: %d were sent, %+v", name, len(x.sent()), s)
			}
		})
	}
}

// What stays pending after every repeat is unconfirmed, however often Knock took the cancel.
func TestARunThatStaysPendingIsUnconfirmed(t *testing.T) {
	const paused = `{"id":"r","workflow":"w","status":"paused","recipient":"u","trigger_source":{"type":"api","cancellation_key":"k"},"inserted_at":"1999-12-31T00:00:00Z","updated_at":"1999-12-31T00:00:00Z"}`
	answer := func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return respond(204, "")(r)
		}
		return respond(200, paused)(r)
	}
	withRunner(t, answer, func(t *testing.T, r *runner.Runner, x *wire) {
		var last Result
		p := PlanCancel([]*client.Run{run("r", "w", "k", "u", client.RunPaused)}, nil)
		counts, err := Run(t.Context(), r, p, "", true, func(f Result) { last = f })
		if err != nil || counts != (Counts{Unconfirmed: 1}) || last.Verdict != Unconfirmed || len(x.sent()) != 1+mostRepeats {
			t.Errorf("%+v, %+v, %d sent: %v", counts, last, len(x.sent()), err)
		}
	})
}
