package runner_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, header http.Header) *http.Response {
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(`{}`))}
}

// desk is a runner whose requests end at a function.
func desk(t *testing.T, guard *client.Guard, serve transport) *runner.Runner {
	t.Helper()
	c, err := client.New(client.Options{APIKey: "sk_test", Guard: guard, Transport: serve})
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return &runner.Runner{Profile: "p", Environment: "e", Client: c, Guard: guard, Journal: j}
}

// cancel does one cancel; before runs when it is written down and not sent yet.
func cancel(ctx context.Context, r *runner.Runner, before func()) error {
	c := client.CancelEveryone("w", "k")
	request, err := r.Client.CancelRequest(c)
	if err != nil {
		return err
	}
	return r.Do(ctx, journal.Action{Kind: journal.Cancel, Workflow: "w", Key: "k"}, request, func(ctx context.Context, _ int64) (journal.Outcome, error) {
		before()
		_, err := r.Client.Cancel(ctx, c)
		return journal.Outcome{Status: 204}, err
	})
}

func written(t *testing.T, j *journal.Journal) []journal.Action {
	t.Helper()
	all, err := j.Actions(t.Context(), journal.Filter{}, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What can leave is written down before, and what is not written down cannot leave, whatever the guard does meanwhile.
func TestNothingLeavesUnwritten(t *testing.T) {
	for name, x := range map[string]struct {
		armed  bool
		before func(*client.Guard)
		sent   int
		state  journal.State // "" for nothing written
	}{
		"read-only":             {false, func(*client.Guard) {}, 0, ""},
		"armed as it begins":    {false, func(g *client.Guard) { g.Arm(time.Hour) }, 0, ""},
		"armed":                 {true, func(*client.Guard) {}, 1, journal.Done},
		"disarmed as it begins": {true, (*client.Guard).Disarm, 0, journal.Failed},
		"disarmed and armed again": {true, func(g *client.Guard) {
			g.Disarm()
			g.Arm(time.Hour)
		}, 1, journal.Done},
	} {
		t.Run(name, func(t *testing.T) {
			guard := client.NewGuard(true)
			if x.armed {
				guard.Arm(time.Hour)
			}
			sent := 0
			var r *runner.Runner
			r = desk(t, guard, func(*http.Request) (*http.Response, error) {
				sent++
				if all := written(t, r.Journal); len(all) != 1 || all[0].State != journal.Begun {
					t.Errorf("sent, and written: %+v", all)
				}
				return answer(204, http.Header{}), nil
			})
			err := cancel(t.Context(), r, func() { x.before(guard) })
			all := written(t, r.Journal)
			if sent != x.sent || len(all) > 1 || (x.state == "") != (len(all) == 0) || len(all) == 1 && all[0].State != x.state {
				t.Errorf("%d sent, written %+v: %v", sent, all, err)
			}
			if (err != nil) != (x.sent == 0) || err != nil && (!errors.Is(err, client.ErrReadOnly) || !strings.HasPrefix(err.Error(), "cancel w: read-only") || !strings.Contains(err.Error(), "arm the profile")) {
				t.Error(err)
			}
		})
	}
}

// What cannot be written down is not sent.
func TestNothingLeavesWhenTheJournalFails(t *testing.T) {
	sent := 0
	r := desk(t, nil, func(*http.Request) (*http.Response, error) { sent++; return answer(204, http.Header{}), nil })
	if err := r.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cancel(t.Context(), r, func() { t.Error("it was carried out") }); err == nil || sent != 0 {
		t.Errorf("%d sent: %v", sent, err)
	}
}
