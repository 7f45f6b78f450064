package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
)

// hooks is a receiver whose messages arrive some time after it is made.
type hooks struct {
	made  time.Time
	after []time.Duration
	all   []flow.Message
}

func (h *hooks) add(after time.Duration, kind, payload string) {
	v, err := value.Decode([]byte(payload))
	if err != nil {
		panic(err)
	}
	h.after = append(h.after, after)
	h.all = append(h.all, flow.Message{ID: payload, Type: kind, At: h.made.Add(after), Payload: v, Header: map[string][]string{"X-Knock-Event": {kind}}})
}

func (h *hooks) Receive(ctx context.Context, types []string, since time.Time, offer func(flow.Message) bool) error {
	for i, m := range h.all {
		if m.At.Before(since) || !slices.Contains(types, m.Type) {
			continue
		}
		t := time.NewTimer(time.Until(h.made.Add(h.after[i])))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		if offer(m) {
			return nil
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestReceive(t *testing.T) {
	const section, order = "Defining Success for Asynchronous Steps", "Step Dependencies and Execution Order"
	const trigger = "  - {stepId: trigger, operationId: triggerWorkflow, parameters: [{name: key, in: path, value: k}], outputs: {run: $response.body#/workflow_run_id}}\n"
	receive := func(fields string) string {
		return "  - {stepId: wait, channelPath: '{$sourceDescriptions.hooks.url}#/channels/webhooks~1messages', action: receive, outputs: {id: $message.payload#/data/id, kind: $message.header.x-knock-event}, " + fields + "}\n"
	}
	for _, c := range []struct {
		section, name, steps string
		states, err          string
		took                 time.Duration
		id                   string // of the message taken
	}{
		{section, "any message", trigger + receive("timeout: 6000"), "trigger:passed wait:passed", "", time.Second, "m1"},
		{section, "of this run", trigger + receive("timeout: 6000, correlationId: $steps.trigger.outputs.run"), "trigger:passed wait:passed", "", 2 * time.Second, "m2"},
		{section, "that meets the criteria", trigger + receive("timeout: 6000, correlationId: $steps.trigger.outputs.run, successCriteria: [{condition: $message.payload#/type == 'message.delivered'}]"), "trigger:passed wait:passed", "", 3 * time.Second, "m3"},
		{section, "that arrived meanwhile", trigger + "  - {stepId: later, operationId: listUsers}\n" + receive("timeout: 6000, correlationId: m1"), "trigger:passed later:passed wait:passed", "", time.Second, "m1"},
		{section, "none within the timeout", trigger + receive("timeout: 500"), "trigger:passed wait:failed", "nothing arrived for webhooks/messages within 500ms", 500 * time.Millisecond, ""},
		{section, "none of another run", trigger + receive("timeout: 6000, correlationId: r9"), "trigger:passed wait:failed", "nothing arrived for webhooks/messages of r9 within 6s", 6 * time.Second, ""},
		{section, "none that meets the criteria", trigger + receive("timeout: 6000, successCriteria: [{condition: $message.payload#/type == 'message.bounced'}]"), "trigger:passed wait:failed", "none of the 3 messages that arrived", 6 * time.Second, ""},
		{section, "a minute without a timeout", trigger + receive("correlationId: r9"), "trigger:passed wait:failed", "within 1m0s", time.Minute, ""},
		{section, "onFailure", trigger + receive("timeout: 10, onFailure: [{name: g, type: goto, stepId: other}]") + "  - {stepId: other, operationId: listUsers}\n", "trigger:passed wait:failed other:passed", "", 10 * time.Millisecond, ""},
		{order, "a receive that others depend on waits after what sends", receive("timeout: 6000") + trigger + "  - {stepId: after, operationId: listUsers, dependsOn: [wait]}\n", "trigger:passed wait:passed after:passed", "", time.Second, "m1"},
		{section, "as the type of an event", trigger + "  - {stepId: wait, channelPath: '{$sourceDescriptions.hooks.url}#/channels/message.delivered', timeout: 6000, action: receive, outputs: {id: $message.payload.data.id}}\n", "trigger:passed wait:passed", "", 3 * time.Second, "m3"},
		{section, "by operationId", trigger + "  - {stepId: wait, operationId: $sourceDescriptions.hooks.receiveMessageEvent, timeout: 6000, outputs: {id: $message.payload.data.id}}\n", "trigger:passed wait:passed", "", time.Second, "m1"},
	} {
		t.Run(c.section+"/"+c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hooks{made: time.Now()}
				h.add(time.Second, "message.sent", `{"type":"message.sent","data":{"id":"m1","workflow_run_id":"other"}}`)
				h.add(2*time.Second, "message.sent", `{"type":"message.sent","data":{"id":"m2","workflow_run_id":"r1"}}`)
				h.add(3*time.Second, "message.delivered", `{"type":"message.delivered","data":{"id":"m3","workflow_run_id":"r1"}}`)
				h.add(4*time.Second, "workflow.updated", `{"type":"workflow.updated","data":{"id":"m4","workflow_run_id":"r1"}}`)
				r := play(t, document("- workflowId: w\n  steps:\n"+c.steps+"  outputs: {id: $steps.wait.outputs.id}\n"), flow.Options{Receiver: h}, ok(`{"workflow_run_id":"r1"}`))
				if r.err != nil {
					t.Fatal(r.err)
				}
				if r.states() != c.states || (r.Err == nil) != (c.err == "") || r.Err != nil && !strings.Contains(r.Err.Error(), c.err) {
					t.Errorf("%s, %v", r.states(), r.Err)
				}
				if took := r.Ended.Sub(r.Started); took != c.took {
					t.Errorf("it took %s", took)
				}
				if id, _ := r.Outputs["id"].(string); id != c.id {
					t.Errorf("it took the message %q", id)
				}
			})
		})
	}
}

func TestNobodyReceives(t *testing.T) {
	r := play(t, document("- {workflowId: w, steps: [{stepId: a, channelPath: '{$sourceDescriptions.hooks.url}#/channels/message.sent', action: receive}]}\n"), flow.Options{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "no webhooks are received here") {
		t.Error(r.Err)
	}
}

func TestTimeoutOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := parse(t, document("- {workflowId: w, steps: [{stepId: a, operationId: listUsers, timeout: 1500}]}\n"))
		r, err := f.Run(t.Context(), &f.Workflows[0], flow.Options{Transport: silent{}})
		if err != nil || r.Err == nil || !strings.Contains(r.Err.Error(), "no answer within 1500 ms") || r.Outcome != flow.NotDone {
			t.Errorf("%v, %v, %s", err, r.Err, r.Outcome)
		}
	})
}

// silent never answers.
type silent struct{}

func (silent) Send(ctx context.Context, _ flow.Call, _ func(flow.Wait)) (flow.Answer, error) {
	<-ctx.Done()
	return flow.Answer{}, ctx.Err()
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := parse(t, document("- {workflowId: w, steps: [{stepId: a, operationId: listUsers}, {stepId: b, operationId: listUsers}]}\n"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		r, err := f.Run(ctx, &f.Workflows[0], flow.Options{Transport: silent{}})
		if err != nil || r.Outcome != flow.WasStopped || r.Steps != 1 {
			t.Errorf("%v, %+v", err, r)
		}
	})
}
