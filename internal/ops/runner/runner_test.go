package runner_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
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

// Whoever reads that something was done finds it in the journal, or is told that it is not there.
func TestAnOutcomeThatCannotBeWrittenIsAnError(t *testing.T) {
	var r *runner.Runner
	r = desk(t, nil, func(*http.Request) (*http.Response, error) {
		if err := r.Journal.Close(); err != nil {
			t.Error(err)
		}
		return answer(204, http.Header{}), nil
	})
	if err := cancel(t.Context(), r, func() {}); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("%v", err)
	}
}

// A request whose answer was lost may have had its effect; one that was refused had none.
func TestALostAnswerIsUnknown(t *testing.T) {
	for want, serve := range map[journal.State]transport{
		journal.Unknown: func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		journal.Failed:  func(*http.Request) (*http.Response, error) { return answer(422, http.Header{}), nil },
		journal.Done:    func(*http.Request) (*http.Response, error) { return answer(204, http.Header{}), nil },
	} {
		synctest.Test(t, func(t *testing.T) {
			r := desk(t, nil, serve)
			err := cancel(t.Context(), r, func() {})
			if all := written(t, r.Journal); len(all) != 1 || all[0].State != want || (err == nil) != (want == journal.Done) {
				t.Errorf("want %s: %+v, %v", want, all, err)
			}
		})
	}
}

// A session that is closed repeats nothing, however long it was asked to wait.
func TestShutRepeatsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var r *runner.Runner
		r = desk(t, nil, func(*http.Request) (*http.Response, error) {
			sent++
			r.Shut()
			return answer(503, http.Header{"Retry-After": {"30"}}), nil
		})
		if err := cancel(t.Context(), r, func() {}); err == nil || sent != 1 {
			t.Errorf("%d were sent: %v", sent, err)
		}
	})
}

func TestCommandsNameTheirProfile(t *testing.T) {
	for profile, want := range map[string]string{"prod": "knockops sweep resume 7 --profile prod", "my prod": "knockops sweep resume 7 --profile 'my prod'"} {
		r := runner.Runner{Flags: runner.ProfileFlags(profile, "")}
		if got := r.Command("sweep resume 7"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Knock's words may repeat what it was sent: tokens are in the journal neither way.
func TestTokensInAnswersAreLeftOut(t *testing.T) {
	const token = "ExponentPushToken[secret]"
	body := `{"code":"invalid","message":"` + token + ` is no token","status":422,"type":"invalid_request_error"}`
	r := desk(t, nil, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 422, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
	properties := map[string]any{"channel_data": map[string]any{"x": map[string]any{"tokens": []any{token}}}}
	request, err := r.Client.IdentifyRequest("u", properties)
	if err != nil {
		t.Fatal(err)
	}
	err = r.Do(t.Context(), journal.Action{Kind: journal.Identify}, request, func(ctx context.Context, _ int64) (journal.Outcome, error) {
		_, err := r.Client.Identify(ctx, "u", properties)
		return journal.Outcome{}, err
	})
	all := written(t, r.Journal)
	if err == nil || len(all) != 1 || strings.Contains(all[0].Outcome, token) || strings.Contains(string(all[0].Request), token) || !strings.Contains(all[0].Outcome, "[redacted]") {
		t.Errorf("%v: %+v", err, all)
	}
}
