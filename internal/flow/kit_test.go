package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/flow"
)

// server answers requests from a list of answers, the last of which is repeated, and keeps what it
// was sent.
type server struct {
	answers []answer
	calls   []flow.Call
}

type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

func (s *server) Send(_ context.Context, c flow.Call, _ func(flow.Wait)) (flow.Answer, error) {
	at := min(len(s.calls), len(s.answers)-1)
	s.calls = append(s.calls, c)
	if at < 0 {
		return flow.Answer{}, errors.New("the server has no answer")
	}
	a := s.answers[at]
	if a.status == 0 {
		a.status = 200
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range a.header {
		h[http.CanonicalHeaderKey(k)] = v
	}
	return flow.Answer{Status: a.status, Header: h, Body: []byte(a.body), URL: "https://api.knock.app" + c.Path}, a.err
}

// head begins a document; its sources are nowhere.
const head = `
arazzo: %s
info: {title: T, version: 1.0.0}
sourceDescriptions:
- {name: knock, url: ./nowhere.yml, type: openapi}
- {name: hooks, url: ./hooks.yml, type: %s}
`

// document makes one of workflows; version 1.1 unless they begin with "1.0\n".
func document(workflows string) string {
	version, hooks := "1.1.0", "asyncapi"
	if rest, ok := strings.CutPrefix(workflows, "1.0\n"); ok {
		workflows, version, hooks = rest, "1.0.1", "openapi"
	}
	return fmt.Sprintf(head, version, hooks) + "workflows:\n" + workflows
}

func parse(t testing.TB, text string) *flow.Flow {
	t.Helper()
	f, err := flow.Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

type ran struct {
	flow.Result
	server  *server
	records []flow.Record // the last form of each
	err     error         // before anything was sent
}

func (r ran) states() string {
	var b strings.Builder
	for _, rec := range r.records {
		fmt.Fprintf(&b, "%s:%s ", rec.Step, rec.State)
	}
	return strings.TrimSpace(b.String())
}

// play runs the first workflow of a document against a server.
func play(t testing.TB, text string, o flow.Options, answers ...answer) ran {
	t.Helper()
	f := parse(t, text)
	r := ran{server: &server{answers: answers}}
	var trace flow.Trace
	o.Transport, o.Observe = r.server, trace.Add
	if o.Pace == 0 {
		o.Pace = -1
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	r.Result, r.err = f.Run(ctx, &f.Workflows[0], o)
	r.records, _ = trace.Records()
	return r
}

// object reads JSON as inputs.
func object(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
