package flow_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow"
)

// looping goes back to its first step until the answer says so.
const looping = `
- workflowId: w
  inputs: {type: object, properties: {goal: {type: integer, default: 10000}}}
  steps:
  - stepId: poll
    operationId: listMessages
    parameters: [{name: tenant, in: query, value: $inputs.goal}]
    successCriteria: [{condition: $statusCode == 200}, {context: $response.body, condition: '$.items[?@.n >= 0]', type: jsonpath}]
    onSuccess: [{name: again, type: goto, stepId: poll, criteria: [{condition: $response.body#/items/0/n < $inputs.goal}]}]
    outputs: {n: $response.body#/items/0/n, items: $response.body#/items}
  outputs: {n: $steps.poll.outputs.n}
`

// counting answers with how often it was asked, and a page of items.
type counting struct {
	n    int
	page string
}

func (c *counting) Send(_ context.Context, call flow.Call, _ func(flow.Wait)) (flow.Answer, error) {
	c.n++
	return flow.Answer{Status: 200, Body: fmt.Appendf(nil, `{"items":[{"n":%d}%s]}`, c.n, c.page), URL: call.Path}, nil
}

func newCounting() *counting {
	return &counting{page: strings.Repeat(`,{"n":0,"id":"0123456789","status":"queued"}`, 49)}
}

func runLoop(t testing.TB, steps int, o flow.Options) flow.Result {
	f := parse(t, document(looping))
	o.Pace, o.Inputs = -1, object(t, fmt.Sprintf(`{"goal":%d}`, steps))
	if o.MaxSteps == 0 {
		o.MaxSteps = steps + 1
	}
	r, err := f.Run(t.Context(), &f.Workflows[0], o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLongLoopStaysBounded(t *testing.T) {
	var trace flow.Trace
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const steps = 10_000
	r := runLoop(t, steps, flow.Options{Transport: &counting{}, Observe: trace.Add})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if r.Err != nil || r.Steps != steps || fmt.Sprint(r.Outputs["n"]) != fmt.Sprint(steps) {
		t.Fatalf("%+v", r)
	}
	records, dropped := trace.Records()
	if len(records) != 500 || dropped != steps-500 || records[0].Seq != 1 || records[99].Seq != 100 || records[100].Seq != steps-399 {
		t.Errorf("%d records, %d dropped", len(records), dropped)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	runtime.KeepAlive(&trace)
}

func TestEndlessLoopEnds(t *testing.T) {
	r := runLoop(t, 1<<30, flow.Options{Transport: newCounting(), MaxSteps: 50})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "stopped after 50 steps") || r.Sent != 50 || r.Outcome != flow.NotDone {
		t.Errorf("%+v", r)
	}
}

func TestWorkflowsThatGoToOneAnotherEnd(t *testing.T) {
	doc := document("- {workflowId: w, steps: [{stepId: a, operationId: listUsers, onSuccess: [{name: g, type: goto, workflowId: v}]}]}\n" +
		"- {workflowId: v, steps: [{stepId: b, operationId: listUsers, onSuccess: [{name: g, type: goto, workflowId: w}]}]}\n")
	r := play(t, doc, flow.Options{MaxSteps: 2000}, ok("{}"))
	if r.Err == nil || r.Sent != 2000 {
		t.Errorf("%d requests, %v", r.Sent, r.Err)
	}
}

func BenchmarkStep(b *testing.B) {
	var trace flow.Trace
	b.ReportAllocs()
	if r := runLoop(b, b.N, flow.Options{Transport: newCounting(), Observe: trace.Add, Secrets: []string{"sk_test_0123456789abcdef"}}); r.Err != nil {
		b.Fatal(r.Err)
	}
}
