package flow_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/flow"
)

func ok(body string) answer { return answer{body: body} }

func TestActions(t *testing.T) {
	const (
		success, failure, workflow, steps, criterion = "Success Action Object", "Failure Action Object", "Workflow Object", "Step Object", "Criterion Object"
		reusable, components                         = "Reusable Object", "Components Object"
		call                                         = "operationId: listUsers"
	)
	for _, c := range []struct {
		section, name, workflows string
		answers                  []answer
		states, outcome, err     string
	}{
		{steps, "in order", "- {workflowId: w, steps: [{stepId: a, " + call + "}, {stepId: b, " + call + "}]}", []answer{ok("{}")}, "a:passed b:passed", "succeeded", ""},
		{steps, "without criteria 2xx passes", "- {workflowId: w, steps: [{stepId: a, " + call + "}]}", []answer{{status: 204}}, "a:passed", "succeeded", ""},
		{steps, "without criteria 404 fails", "- {workflowId: w, steps: [{stepId: a, " + call + "}, {stepId: b, " + call + "}]}", []answer{{status: 404}}, "a:failed", "failed", "step a: the answer is 404"},
		{steps, "criteria make 404 pass", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{condition: $statusCode == 404}]}]}", []answer{{status: 404}}, "a:passed", "succeeded", ""},
		{criterion, "all have to be met", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{condition: $statusCode == 200}, {condition: $response.body#/x == 1}]}]}", []answer{ok(`{"x":2}`)}, "a:failed", "failed", "$response.body#/x is 2, not 1"},
		{criterion, "regex", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $statusCode, type: regex, condition: '^2\\d{2}$'}]}]}", []answer{ok(`{}`)}, "a:passed", "succeeded", ""},
		{criterion, "regex with an expression", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body#/s, type: regex, condition: '^({$statusCode})$'}]}]}", []answer{ok(`{"s":"200"}`)}, "a:passed", "succeeded", ""},
		{criterion, "regex of what is not there", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body#/s, type: regex, condition: '.*'}]}]}", []answer{ok(`{}`)}, "a:failed", "failed", "finds nothing"},
		{criterion, "regex of null", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body#/s, type: regex, condition: '.*'}]}]}", []answer{ok(`{"s":null}`)}, "a:failed", "failed", "is null"},
		{criterion, "jsonpath", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: '$.items[?@.id == 1]'}]}]}", []answer{ok(`{"items":[{"id":1}]}`)}, "a:passed", "succeeded", ""},
		{criterion, "jsonpath finds nothing", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: '$.items[?@.id == 2]'}]}]}", []answer{ok(`{"items":[{"id":1}]}`)}, "a:failed", "failed", "the query finds nothing"},
		{criterion, "jsonpath with an expression", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: '$[?@.n == {$statusCode}]'}]}]}", []answer{ok(`[{"n":200}]`)}, "a:passed", "succeeded", ""},
		{criterion, "jsonpath that is a comparison", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: '$.status == \"completed\"'}]}]}", []answer{ok(`{"status":"completed"}`)}, "a:passed", "succeeded", ""},
		{criterion, "a comparison that does not hold", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: '$.status == \"completed\"'}]}]}", []answer{ok(`{"status":"queued"}`)}, "a:failed", "failed", "the comparison does not hold"},
		{criterion, "jsonpath that is a simple condition", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: \"$response.body#/s == 'x'\"}]}]}", []answer{ok(`{"s":"x"}`)}, "a:passed", "succeeded", ""},
		{criterion, "jsonpath of HTML", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: jsonpath, condition: $.a}]}]}", []answer{ok(`<html>`)}, "a:failed", "failed", "the body is no JSON"},
		{criterion, "xpath", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: xpath, condition: count(/a/b) > 0}]}]}", []answer{ok(`<a><b/></a>`)}, "a:passed", "succeeded", ""},
		{criterion, "xpath of JSON", "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{context: $response.body, type: xpath, condition: /a}]}]}", []answer{ok(`{}`)}, "a:failed", "failed", "the context is no XML"},
		{success, "end", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: e, type: end}]}, {stepId: b, " + call + "}]}", []answer{ok(`{}`)}, "a:passed", "succeeded", ""},
		{success, "end when its criteria are met", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: e, type: end, criteria: [{condition: $response.body#/0 == null}]}]}, {stepId: b, " + call + "}]}", []answer{ok(`[]`)}, "a:passed", "succeeded", ""},
		{success, "on when they are not", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: e, type: end, criteria: [{condition: $response.body#/0 == null}]}]}, {stepId: b, " + call + "}]}", []answer{ok(`[1]`)}, "a:passed b:passed", "succeeded", ""},
		{success, "goto a step", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: g, type: goto, stepId: c}]}, {stepId: b, " + call + "}, {stepId: c, " + call + "}]}", []answer{ok(`{}`)}, "a:passed c:passed", "succeeded", ""},
		{success, "the first that applies", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: x, type: end, criteria: [{condition: false}]}, {name: g, type: goto, stepId: c}, {name: e, type: end}]}, {stepId: b, " + call + "}, {stepId: c, " + call + "}]}", []answer{ok(`{}`)}, "a:passed c:passed", "succeeded", ""},
		{success, "goto a workflow ends this one", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: g, type: goto, workflowId: v}]}, {stepId: b, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{ok(`{}`)}, "a:passed c:passed", "succeeded", ""},
		{success, "polls by goto", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: g, type: goto, stepId: a, criteria: [{condition: $response.body#/s == 'queued'}]}]}, {stepId: b, " + call + "}]}", []answer{ok(`{"s":"queued"}`), ok(`{"s":"queued"}`), ok(`{"s":"done"}`)}, "a:passed a:passed a:passed b:passed", "succeeded", ""},
		{failure, "breaks without an action", "- {workflowId: w, steps: [{stepId: a, " + call + "}, {stepId: b, " + call + "}]}", []answer{{status: 500}}, "a:failed", "failed", "500"},
		{failure, "end", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: e, type: end}]}]}", []answer{{status: 500}}, "a:failed", "failed", "500"},
		{failure, "goto a step", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: g, type: goto, stepId: c}]}, {stepId: b, " + call + "}, {stepId: c, " + call + "}]}", []answer{{status: 500}, ok("{}")}, "a:failed c:passed", "succeeded", ""},
		{failure, "goto a workflow", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: g, type: goto, workflowId: v}]}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{{status: 500}, ok("{}")}, "a:failed c:passed", "succeeded", ""},
		{failure, "one retry without a limit", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry}]}]}", []answer{{status: 500}}, "a:failed a:failed", "failed", "500"},
		{failure, "retry until it passes", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, retryLimit: 5}]}]}", []answer{{status: 500}, {status: 500}, ok("{}")}, "a:failed a:failed a:passed", "succeeded", ""},
		{failure, "the limit holds", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, retryLimit: 2}]}]}", []answer{{status: 500}}, "a:failed a:failed a:failed", "failed", "500"},
		{failure, "limit 0 never retries", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, retryLimit: 0}]}]}", []answer{{status: 500}}, "a:failed", "failed", "500"},
		{failure, "the limit is exhausted before the next action", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, retryLimit: 1}, {name: g, type: goto, stepId: b}]}, {stepId: b, " + call + "}]}", []answer{{status: 500}, {status: 500}, ok("{}")}, "a:failed a:failed b:passed", "succeeded", ""},
		{failure, "retry when its criteria are met", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, retryLimit: 5, criteria: [{condition: $statusCode == 503}]}]}]}", []answer{{status: 503}, {status: 500}}, "a:failed a:failed", "failed", "500"},
		{failure, "retry through another step", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, stepId: b}], onSuccess: [{name: e, type: end}]}, {stepId: b, " + call + "}]}", []answer{{status: 401}, ok("{}"), ok("{}")}, "a:failed b:passed a:passed", "succeeded", ""},
		{failure, "retry through a workflow", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry, workflowId: v}]}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{{status: 401}, ok("{}"), ok("{}")}, "a:failed c:passed a:passed", "succeeded", ""},
		{failure, "a request that fails is a failure", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry}]}]}", []answer{{err: errors.New("connection refused")}, ok("{}")}, "a:failed a:passed", "succeeded", ""},
		{failure, "a refusal is final", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: r, type: retry}]}]}", []answer{{err: &flow.FatalError{Err: errors.New("read-only")}}}, "a:failed", "failed", "read-only"},
		{workflow, "successActions", "- {workflowId: w, successActions: [{name: e, type: end}], steps: [{stepId: a, " + call + "}, {stepId: b, " + call + "}]}", []answer{ok("{}")}, "a:passed", "succeeded", ""},
		{workflow, "overridden by the step's", "- {workflowId: w, successActions: [{name: e, type: end}], steps: [{stepId: a, " + call + ", onSuccess: [{name: e, type: goto, stepId: b}]}, {stepId: b, " + call + "}, {stepId: c, " + call + "}]}", []answer{ok("{}")}, "a:passed b:passed", "succeeded", ""},
		{workflow, "failureActions", "- {workflowId: w, failureActions: [{name: r, type: retry}], steps: [{stepId: a, " + call + "}]}", []answer{{status: 500}, ok("{}")}, "a:failed a:passed", "succeeded", ""},
		{workflow, "dependsOn runs first", "- {workflowId: w, dependsOn: [v], steps: [{stepId: a, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{ok("{}")}, "c:passed a:passed", "succeeded", ""},
		{workflow, "dependsOn runs once", "- {workflowId: w, dependsOn: [v, u], steps: [{stepId: a, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}\n- {workflowId: u, dependsOn: [v], steps: [{stepId: d, " + call + "}]}", []answer{ok("{}")}, "c:passed d:passed a:passed", "succeeded", ""},
		{workflow, "what it depends on has to pass", "- {workflowId: w, dependsOn: [v], steps: [{stepId: a, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{{status: 500}}, "c:failed", "failed", "step c"},
		{steps, "a workflow as a step", "- {workflowId: w, steps: [{stepId: a, workflowId: v}, {stepId: b, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{ok("{}")}, "a:passed c:passed b:passed", "succeeded", ""},
		{steps, "its failure is the step's", "- {workflowId: w, steps: [{stepId: a, workflowId: v}, {stepId: b, " + call + "}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{{status: 500}}, "a:failed c:failed", "failed", "the workflow v: step c"},
		{steps, "a step depends on one that ran", "- {workflowId: w, steps: [{stepId: a, " + call + "}, {stepId: b, " + call + ", dependsOn: [a]}]}", []answer{ok("{}")}, "a:passed b:passed", "succeeded", ""},
		{steps, "what it depends on runs before", "- {workflowId: w, steps: [{stepId: b, " + call + ", dependsOn: [a]}, {stepId: a, " + call + "}]}", []answer{ok("{}")}, "a:passed b:passed", "succeeded", ""},
		{steps, "dependsOn a step of a workflow that never ran", "- {workflowId: w, steps: [{stepId: a, " + call + ", dependsOn: [$workflows.v.steps.c]}]}\n- {workflowId: v, steps: [{stepId: c, " + call + "}]}", []answer{ok("{}")}, "a:failed", "failed", "is not completed"},
		{components, "a failure action", "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{reference: $components.failureActions.again}]}]}\ncomponents: {failureActions: {again: {name: again, type: retry, retryLimit: 2}}}", []answer{{status: 500}, {status: 500}, ok("{}")}, "a:failed a:failed a:passed", "succeeded", ""},
		{reusable, "a success action", "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{reference: $components.successActions.stop}]}, {stepId: b, " + call + "}]}\ncomponents: {successActions: {stop: {name: stop, type: end}}}", []answer{ok("{}")}, "a:passed", "succeeded", ""},
	} {
		t.Run(c.section+"/"+c.name, func(t *testing.T) {
			r := play(t, document(c.workflows+"\n"), flow.Options{}, c.answers...)
			if r.err != nil {
				t.Fatal(r.err)
			}
			if r.states() != c.states || string(r.Outcome) != c.outcome {
				t.Errorf("%s, %s (%v)", r.states(), r.Outcome, r.Err)
			}
			if (c.err == "") != (r.Err == nil) || r.Err != nil && !strings.Contains(r.Err.Error(), c.err) {
				t.Errorf("error %v, want %q", r.Err, c.err)
			}
		})
	}
}

func TestDelays(t *testing.T) {
	const retry = "- {workflowId: w, steps: [{stepId: a, operationId: listUsers, onFailure: [{name: r, type: retry, retryAfter: 2.5, retryLimit: 3}]}]}\n"
	const loop = "- {workflowId: w, steps: [{stepId: a, operationId: listUsers, onSuccess: [{name: g, type: goto, stepId: a, criteria: [{condition: $response.body#/s == 1}]}]}]}\n"
	for _, c := range []struct {
		section, name, workflows string
		answers                  []answer
		want                     time.Duration
	}{
		{"Failure Action Object", "retryAfter", retry, []answer{{status: 500}, {status: 500}, ok("{}")}, 5 * time.Second},
		{"Failure Action Object", "Retry-After overrules it", retry, []answer{{status: 503, header: map[string][]string{"Retry-After": {"7"}}}, ok("{}")}, 7 * time.Second},
		{"Failure Action Object", "Retry-After as a date", retry, []answer{{status: 503, header: map[string][]string{"Retry-After": {"Sat, 01 Jan 2000 00:00:09 GMT"}}}, ok("{}")}, 9 * time.Second},
		{"Failure Action Object", "Retry-After is bounded", retry, []answer{{status: 503, header: map[string][]string{"Retry-After": {"999999"}}}, ok("{}")}, 15 * time.Minute},
		{"Failure Action Object", "Retry-After that is nonsense", retry, []answer{{status: 503, header: map[string][]string{"Retry-After": {"soon"}}}, ok("{}")}, 2500 * time.Millisecond},
		{"Success Action Object", "goto is paced", loop, []answer{ok(`{"s":1}`), ok(`{"s":1}`), ok(`{"s":2}`)}, time.Second},
	} {
		t.Run(c.section+"/"+c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := play(t, document(c.workflows), flow.Options{Pace: 500 * time.Millisecond}, c.answers...)
				if r.err != nil || r.Err != nil {
					t.Fatal(r.err, r.Err)
				}
				if took := r.Ended.Sub(r.Started); took != c.want {
					t.Errorf("it took %s, want %s", took, c.want)
				}
			})
		})
	}
}

func TestOutputs(t *testing.T) {
	const doc = `
- workflowId: w
  inputs: {type: object, properties: {name: {type: string}}}
  steps:
  - stepId: make
    operationId: listUsers
    outputs: {id: $response.body#/id, all: $response.body, lost: $response.body#/lost, server: $response.header.X-Server, first: {context: $response.body, selector: '$.items[0].n', type: jsonpath}}
  - stepId: sub
    workflowId: v
    parameters: [{name: of, value: $steps.make.outputs.id}]
    successCriteria: [{condition: $outputs.twice == 'u1u1'}]
    outputs: {got: $outputs.twice}
  outputs: {id: $steps.make.outputs.id, n: $steps.make.outputs.first, got: $steps.sub.outputs.got, of: $workflows.v.outputs.twice, given: $workflows.v.inputs.of, lost: $steps.make.outputs.lost, name: $inputs.name, text: 'id {$steps.make.outputs.id}', self: $workflows.w.inputs.name}
- workflowId: v
  inputs: {type: object, required: [of], properties: {of: {type: string}}}
  steps: [{stepId: c, operationId: listUsers}]
  outputs: {twice: '{$inputs.of}{$inputs.of}'}
`
	r := play(t, document(doc), flow.Options{Inputs: object(t, `{"name":"n"}`)}, answer{body: `{"id":"u1","items":[{"n":7}]}`, header: map[string][]string{"X-Server": {"k"}}})
	if r.err != nil || r.Err != nil {
		t.Fatal(r.err, r.Err)
	}
	for name, want := range map[string]any{"id": "u1", "got": "u1u1", "of": "u1u1", "given": "u1", "name": "n", "text": "id u1"} {
		if r.Outputs[name] != want {
			t.Errorf("%s is %v", name, r.Outputs[name])
		}
	}
	if len(r.Missing) != 2 || !strings.Contains(strings.Join(r.Missing, "\n"), "lost: $steps.make.outputs.lost finds nothing") {
		t.Errorf("missing: %q", r.Missing)
	}
	if notes := r.records[0].Notes; len(notes) != 1 || !strings.Contains(notes[0], "the output lost is not set: $response.body#/lost finds nothing") {
		t.Errorf("notes: %q", notes)
	}
}
