package sweep

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Only a sweep that was carried to its end, followed, and left nothing open is called confirmed.
func TestVerdicts(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*Progress)
		want   Verdict
	}{
		"all of it":               {func(*Progress) {}, VerdictConfirmed},
		"some finished first":     {func(p *Progress) { p.FinishedFirst = 1 }, VerdictConfirmed},
		"left without a key":      {func(p *Progress) { p.NoKey = 1 }, VerdictPart},
		"not done":                {func(p *Progress) { p.Done = false }, VerdictUnfinished},
		"nothing":                 {func(p *Progress) { p.Confirmed = 0 }, VerdictNothing},
		"all finished first":      {func(p *Progress) { p.Confirmed, p.FinishedFirst = 0, 9 }, VerdictNothing},
		"unconfirmed":             {func(p *Progress) { p.Unconfirmed = 1 }, VerdictPart},
		"refused":                 {func(p *Progress) { p.Refused = 1 }, VerdictPart},
		"unknown to Knock":        {func(p *Progress) { p.Gone = 1 }, VerdictPart},
		"out of scope":            {func(p *Progress) { p.OutOfScope = 1 }, VerdictPart},
		"shared":                  {func(p *Progress) { p.Inseparable = 1 }, VerdictPart},
		"unnamed":                 {func(p *Progress) { p.Unnamed = 1 }, VerdictPart},
		"a key that nobody knows": {func(p *Progress) { p.KeysUnseen = 1 }, VerdictPart},
		"a refused request":       {func(p *Progress) { p.Errors = 1 }, VerdictPart},
		"something went wrong":    {func(p *Progress) { p.Err = io.ErrUnexpectedEOF }, VerdictPart},
	} {
		p := Progress{Phase: PhaseDone, Done: true, Runs: 9, Confirmed: 9}
		x.change(&p)
		if got := p.Verdict(true); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
		if got := p.Verdict(false); p.Done && got != VerdictUnconfirmed {
			t.Errorf("%s, not followed: %s", name, got)
		}
	}
}

// reading is a sweep of runs that Knock answers for as it is told: by id, the status, "" for 404.
func reading(t *testing.T, answers map[string]client.RunStatus, f func(*testing.T, *Sweep)) {
	t.Helper()
	serve := func(r *http.Request) (*http.Response, error) {
		id := path.Base(r.URL.Path)
		if answers[id] == "" {
			return answer(r, http.StatusNotFound, `{"code":"resource_missing","message":"not here","status":404,"type":"invalid_request_error"}`)
		}
		return answer(r, http.StatusOK, fmt.Sprintf(`{"id":%q,"workflow":"w","status":%q,"recipient":"u","trigger_source":{"type":"api","cancellation_key":"k"}}`, id, answers[id]))
	}
	served(t, Scope{Workflow: "w"}, serve, func(t *testing.T, w *Sweep) {
		var rows []journal.SweepRun
		for run := range answers {
			rows = append(rows, journal.SweepRun{Run: run, Workflow: "w", Key: "k", Recipient: "u", Outcome: Pending.String()})
		}
		w.book.add(rows)
		if err := w.book.flush(); err != nil {
			t.Fatal(err)
		}
		f(t, w)
	})
}

// served is a sweep of a scope whose requests are answered by a function.
func served(t *testing.T, scope Scope, serve transport, f func(*testing.T, *Sweep)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, err := client.New(client.Options{APIKey: "sk_test", Transport: serve})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		defer c.Close()
		id, err := j.BeginSweep(t.Context(), journal.Sweep{Workflow: scope.Workflow})
		if err != nil {
			t.Fatal(err)
		}
		w := NewSweeps(&runner.Runner{Client: c, Journal: j}, nil, func() int { return 0 }).make(id, scope, Options{}, time.Now())
		defer w.stop(nil)
		f(t, w)
	})
}

func answer(r *http.Request, status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHowOneRunEndedIsRead(t *testing.T) {
	answers := map[string]client.RunStatus{"r1": client.RunCancelled, "r2": client.RunCompleted, "r3": client.RunPaused, "r4": client.RunQueued, "r5": ""}
	reading(t, answers, func(t *testing.T, w *Sweep) {
		if err := w.readRest(); err != nil {
			t.Fatal(err)
		}
		p := w.Progress()
		if p.Confirmed != 1 || p.FinishedFirst != 1 || p.Unconfirmed != 2 || p.Gone != 1 || p.ByExclusion != 0 {
			t.Errorf("%+v", p)
		}
		counts, err := w.r.Journal.CountSweepRuns(t.Context(), w.id)
		if err != nil || counts["confirmed"] != 1 || counts["finished first"] != 1 || counts["unconfirmed"] != 2 || counts["unknown to Knock"] != 1 {
			t.Errorf("the journal has %v, %v", counts, err)
		}
	})
}

// A list that leaves runs out makes exclusion tell the wrong end. The sample finds that, unless all
// of it is as is supposed.
func TestExclusionThatIsWrongIsNotBelieved(t *testing.T) {
	for supposed, others := range map[Outcome]client.RunStatus{Confirmed: client.RunCompleted, FinishedFirst: client.RunCancelled} {
		answers := map[string]client.RunStatus{}
		for i := range sample {
			answers[fmt.Sprint("r", i)] = others
		}
		reading(t, answers, func(t *testing.T, w *Sweep) {
			if ok, err := w.corroborate(supposed); err != nil || ok {
				t.Errorf("%s was corroborated by runs that are %s: %v", supposed, others, err)
			}
		})
	}
}

func TestExclusionThatIsRightIsBelieved(t *testing.T) {
	answers := map[string]client.RunStatus{}
	for i := range 2 * sample {
		answers[fmt.Sprint("r", i)] = client.RunCancelled
	}
	reading(t, answers, func(t *testing.T, w *Sweep) {
		if ok, err := w.corroborate(Confirmed); err != nil || !ok || w.Progress().Sampled != sample {
			t.Errorf("%v, %v, %d were read", ok, err, w.Progress().Sampled)
		}
	})
}
