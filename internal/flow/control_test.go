package flow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow"
)

const three = `
- workflowId: w
  inputs: {type: object, required: [id], properties: {id: {type: string}}}
  steps:
  - stepId: a
    operationId: identifyUser
    parameters: [{name: user_id, in: path, value: $inputs.id}]
    requestBody: {payload: {n: 1}}
    outputs: {id: $response.body#/id}
  - {stepId: b, operationId: getUser, parameters: [{name: user_id, in: path, value: $steps.a.outputs.id}, {name: x, in: query, value: 'of {$steps.a.outputs.id}'}]}
  - {stepId: c, channelPath: '{$sourceDescriptions.hooks.url}#/channels/message.sent', action: receive, correlationId: $steps.a.outputs.id}
  - {stepId: d, workflowId: v, parameters: [{name: of, value: $steps.a.outputs.id}]}
- workflowId: v
  inputs: {type: object, required: [of], properties: {of: {type: string}}}
  steps: [{stepId: e, operationId: getUser, parameters: [{name: user_id, in: path, value: $inputs.of}]}]
`

func TestDryRun(t *testing.T) {
	f := parse(t, document(three))
	plan, err := f.DryRun(&f.Workflows[0], flow.Options{Inputs: object(t, `{"id":"u1"}`)})
	if err != nil || len(plan) != 5 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if r := plan[0].Request; r.Method != "PUT" || r.Path != "/v1/users/u1" || r.Body != `{"n":1}` {
		t.Errorf("%+v", r)
	}
	if r := plan[1].Request; r.Path != "/v1/users/‹$steps.a.outputs.id›" || !strings.Contains(r.Query, "steps.a.outputs.id") {
		t.Errorf("%+v", r)
	}
	if plan[2].Waits != "message.sent" || plan[3].Calls != "v" || plan[4].Depth != 1 || plan[4].Request.Path != "/v1/users/‹$steps.a.outputs.id›" {
		t.Errorf("%+v", plan[2:])
	}
	if _, err := f.DryRun(&f.Workflows[0], flow.Options{}); err == nil || !strings.Contains(err.Error(), "the input id is missing") {
		t.Error(err)
	}
}

func TestFrom(t *testing.T) {
	doc := strings.Replace(document(three), "  - {stepId: c, channelPath: '{$sourceDescriptions.hooks.url}#/channels/message.sent', action: receive, correlationId: $steps.a.outputs.id}\n", "", 1)
	r := play(t, doc, flow.Options{Inputs: object(t, `{"id":"u1"}`), From: "b", Outputs: map[string]map[string]any{"a": {"id": "kept"}}}, ok("{}"))
	if r.err != nil || r.Err != nil || r.states() != "b:passed d:passed e:passed" || r.server.calls[0].Path != "/v1/users/kept" {
		t.Errorf("%v %v %s %+v", r.err, r.Err, r.states(), r.server.calls)
	}
	r = play(t, doc, flow.Options{Inputs: object(t, `{"id":"u1"}`), From: "b"}, ok("{}"))
	if r.Err == nil || !strings.Contains(r.Err.Error(), "step b: the parameter user_id: $steps.a.outputs.id finds nothing: the step a has not run") || r.Sent != 0 {
		t.Error(r.Err)
	}
	r = play(t, doc, flow.Options{Inputs: object(t, `{"id":"u1"}`), From: "z"}, ok("{}"))
	if r.err == nil || !strings.Contains(r.err.Error(), "no step z to begin with") {
		t.Error(r.err)
	}
}

func TestPause(t *testing.T) {
	const doc = "- {workflowId: w, steps: [{stepId: a, operationId: identifyUser, parameters: [{name: user_id, in: path, value: u}], requestBody: {payload: {n: 1}}}, {stepId: b, operationId: listUsers}]}\n"
	for _, c := range []struct {
		name   string
		pause  func(flow.Point) flow.Decision
		first  answer
		states string
		sent   string
	}{
		{"goes on", func(flow.Point) flow.Decision { return flow.Continue }, ok("{}"), "a:passed b:passed", `{"n":1}`},
		{"changes the request", func(p flow.Point) flow.Decision {
			if p.Record.Step == "a" {
				p.Call.Body = []byte(`{"n":2}`)
			}
			return flow.Continue
		}, ok("{}"), "a:passed b:passed", `{"n":2}`},
		{"stops", func(p flow.Point) flow.Decision {
			if p.Record.Step == "b" {
				return flow.Stop
			}
			return flow.Continue
		}, ok("{}"), "a:passed b:stopped", `{"n":1}`},
		{"tries a failed step again", func(p flow.Point) flow.Decision {
			if p.Failed {
				return flow.TryAgain
			}
			return flow.Continue
		}, answer{status: 500}, "a:failed a:passed b:passed", `{"n":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := play(t, document(doc), flow.Options{Pause: func(_ context.Context, p flow.Point) flow.Decision { return c.pause(p) }}, c.first, ok("{}"))
			if r.err != nil || r.states() != c.states || string(r.server.calls[0].Body) != c.sent {
				t.Errorf("%v %v %s %s", r.err, r.Err, r.states(), r.server.calls[0].Body)
			}
		})
	}
}

func TestUnprovenCancels(t *testing.T) {
	f := parse(t, document("- {workflowId: w, steps: [{stepId: a, operationId: cancelWorkflow, parameters: [{name: key, in: path, value: k}]}]}\n"))
	for verdict, want := range map[string]flow.Outcome{"confirmed": flow.Succeeded, "unconfirmed": flow.Unconfirmed} {
		r, err := f.Run(t.Context(), &f.Workflows[0], flow.Options{Transport: proving(verdict)})
		if err != nil || r.Outcome != want || (len(r.Unproven) == 1) != (want == flow.Unconfirmed) {
			t.Errorf("%s: %+v, %v", verdict, r, err)
		}
	}
}

// proving answers a cancel with a verdict.
type proving string

func (p proving) Send(context.Context, flow.Call, func(flow.Wait)) (flow.Answer, error) {
	return flow.Answer{Status: 204, Proof: &flow.Proof{Verdict: string(p), Proven: p == "confirmed", Text: string(p)}}, nil
}
