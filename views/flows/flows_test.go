package flows_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/flows"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

const head = "arazzo: 1.1.0\ninfo: {title: A test, version: '1'}\nsourceDescriptions: [{name: s, url: ./x.yml}]\nworkflows:\n"

// play opens the list of flows with one document in the folder, named by its workflow.
func play(t *testing.T, name, workflow string, o world.Options, story func(*world.World)) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name+".yml"), []byte(head+workflow), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Start = flows.Name
	o.Pages = func(s *ops.Session) []ui.Page {
		s.FlowFolder = dir
		return slices.Concat(flows.Pages(s), runs.Pages(s), users.Pages(s), jsonpage.Pages())
	}
	world.Play(t, o, story)
}

// open brings the form of the document in the folder, which is the first row.
func open(w *world.World, name string) *tuitest.Stage {
	return w.Stage.Until(name, time.Minute).Press("enter").Until("version 1", time.Minute)
}

const getUser = `- workflowId: look
  steps:
  - {stepId: first, operationId: getUser, parameters: [{name: user_id, in: path, value: dana}], outputs: {name: $response.body#/name}}
  - {stepId: second, operationId: getUser, parameters: [{name: user_id, in: path, value: rosa}], successCriteria: [{condition: $response.body#/name == 'Somebody Else'}]}
  outputs: {name: $steps.first.outputs.name}
`

func TestAFailingCriterionSaysWhy(t *testing.T) {
	play(t, "look", getUser, world.Options{}, func(w *world.World) {
		s := open(w, "look")
		s.See("GET /v1/users/dana", "GET /v1/users/rosa").Press("ctrl+s").Until("step failed", time.Minute)
		s.See("not met: $response.body#/name == 'Somebody Else'", "'Rosa", "R tries it again", "I lets the request be edited", "x ends the run")
		s.Press("x").Until("stopped", time.Minute).See("2 requests")
		s.Press("up").See("Whitfield").Press("u").Until("dana@acme.test", time.Minute).Press("esc").Until("stopped", time.Minute)
		s.Press("J").See(`"step": "first"`)
	})
}

const identify = `- workflowId: change
  inputs: {type: object, required: [id], properties: {id: {type: string}, name: {type: string, default: First}, tags: {type: array}, vip: {type: boolean}, plan: {type: string, enum: [free, pro]}}}
  steps:
  - {stepId: one, operationId: identifyUser, parameters: [{name: user_id, in: path, value: $inputs.id}], requestBody: {payload: {name: $inputs.name, plan: $inputs.plan, vip: $inputs.vip, tags: $inputs.tags}}}
  - {stepId: two, operationId: getUser, parameters: [{name: user_id, in: path, value: $inputs.id}], outputs: {plan: $response.body#/plan}}
  outputs: {plan: $steps.two.outputs.plan}
`

func TestTheFormComesFromTheSchema(t *testing.T) {
	play(t, "change", identify, world.Options{}, func(w *world.World) {
		s := open(w, "change").See("the input id is missing")
		s.Press("ctrl+s").See("must not be empty")
		w.SentTimes(0, "PUT", "/v1/users")
		s.Type("u 1/x").See("PUT /v1/users/u%201%2Fx", `{"name":"First"}`)
		s.Press("tab", "tab").Type("[1").See("has to be array").Type("]").Press("tab", "right", "tab", "right", "right").See(`"vip":true`, `"plan":"pro"`, `"tags":[1]`)
		s.Press("ctrl+s")
		w.Yes("ticket 7").Until("succeeded", time.Minute).See("plan", "pro", "2 steps, 2 requests")
		w.SentTimes(1, "PUT", "/v1/users/u%201%2Fx")
		s.Press("R").Until("version 1", time.Minute).See("u 1/x", "pro")
	})
}

func TestBreakpointsEditAndStop(t *testing.T) {
	play(t, "change", identify, world.Options{}, func(w *world.World) {
		s := open(w, "change")
		s.Type("u1").Press("ctrl+t").See("pauses before each step").Press("ctrl+s")
		w.Yes("").Until("before one: space sends it", time.Minute)
		w.SentTimes(0, "PUT", "/v1/users/u1")
		s.Press("I").Until("Body", time.Minute)
		for range 40 {
			s.Press("delete")
		}
		s.Type(`{"name":"Other"}`).Press("ctrl+s").See("Other")
		s.Press("space").Until("before two", time.Minute)
		if sent := string(w.SentTimes(1, "PUT", "/v1/users/u1").Sent("PUT", "/v1/users/u1")[0].Body); sent != `{"name":"Other"}` {
			t.Errorf("sent %s", sent)
		}
		s.Press("x").Until("stopped", time.Minute).See("1 request;")
		s.Press("v").See("the run is over").Press("esc", "esc").Until("stopped", time.Minute).See("run 1")
	})
}

const broken = `- workflowId: wrong
  steps:
  - {stepId: trigger, operationId: triggerWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {recipients: []}}}
`

func TestAFailedStepIsEditedAndTriedAgain(t *testing.T) {
	play(t, "wrong", broken, world.Options{}, func(w *world.World) {
		s := open(w, "wrong").Press("ctrl+s")
		w.Yes("").Until("step failed", time.Minute).See("422")
		s.Press("I").Until("before trigger", time.Minute).Press("I").Until("Body", time.Minute)
		for range 40 {
			s.Press("delete")
		}
		s.Type(`{"recipients":["dana"]}`).Press("ctrl+s").Press("space").Until("succeeded", time.Minute).See("attempt 2")
		s.Press("p").Until("dana", time.Minute)
	})
}

const everyone = `- workflowId: all
  steps:
  - {stepId: trigger, operationId: triggerWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {recipients: [dana], cancellation_key: k}}}
  - {stepId: cancel, operationId: cancelWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {cancellation_key: k}}}
`

func TestWhatReachesEveryoneAsksOnItsOwn(t *testing.T) {
	play(t, "all", everyone, world.Options{}, func(w *world.World) {
		s := open(w, "all").Press("ctrl+s")
		w.Yes("").Until("Cancel everyone under the key k", time.Minute)
		s.Wait(time.Second).Press("esc").See("asks", "enter answers")
		w.SentTimes(0, "POST", "/cancel")
		s.Press("enter").Until("names no recipients", time.Minute)
		w.Yes("all of them").Until("succeeded", time.Minute).See("confirmed")
		w.SentTimes(1, "POST", "/v1/workflows/invite-reminder/cancel")
	})
}

const one = `- workflowId: all
  steps:
  - {stepId: trigger, operationId: triggerWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {recipients: [dana], cancellation_key: k}}}
  - {stepId: cancel, operationId: cancelWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {cancellation_key: k, recipients: [dana]}}}
`

func TestARunGoesOnElsewhere(t *testing.T) {
	play(t, "all", one, world.Options{}, func(w *world.World) {
		s := open(w, "all").Press("ctrl+s")
		w.Yes("").Until("waits", time.Minute).See("for the run to be 5s old")
		s.Press("esc", "esc").Until("running", time.Minute)
		if n := w.Session.InProgress(); n == 0 {
			t.Error("a run that goes on is not in progress")
		}
		s.Until("succeeded", time.Minute)
		w.SentTimes(1, "POST", "/cancel")
	})
}

// reference is the document of the shared folder, with the inputs of a run.
func reference(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../shared/reference")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "cancellable-workflow-trigger.arazzo.yml"))
	if err != nil {
		t.Skip("../shared/reference is not here")
	}
	return string(text)
}

// Knock's own document runs unchanged, its key filled in from the profile, and says what it proved.
func TestTheReferenceDocumentEndsConfirmed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cancellable.yml"), []byte(reference(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	o := world.Options{Start: flows.Name, Stage: tuitest.Options{Width: 80, Height: 24}}
	o.Pages = func(s *ops.Session) []ui.Page {
		s.FlowFolder = dir
		return slices.Concat(flows.Pages(s), runs.Pages(s), users.Pages(s), jsonpage.Pages())
	}
	world.Play(t, o, func(w *world.World) {
		s := open(w, "cancellable").Miss("apiKey")
		s.Type("user_77").Press("tab", "tab").Type("invite-reminder").Press("tab").Type("invite-77").Press("ctrl+s")
		w.Yes("").Until("succeeded", time.Minute).See("confirmed: the run reads cancelled", "userId", "user_77", "workflowRunId")
		sent := w.SentTimes(1, "POST", "/v1/workflows/invite-reminder/cancel").Sent("POST", "/cancel")[0]
		if !strings.Contains(string(sent.Body), `"recipients":["user_77"]`) {
			t.Errorf("the cancel names nobody: %s", sent.Body)
		}
		if strings.Contains(s.Text(), "sk_") {
			t.Error("a key is on the screen")
		}
		s.Press("y").See("copied the outputs").Press("esc", "esc").Until("run 1", time.Minute)
	})
}

func TestADocumentThatCannotBeReadIsListed(t *testing.T) {
	play(t, "bad", "- {workflowId: bad, steps: [", world.Options{}, func(w *world.World) {
		w.Stage.Until("unreadable", time.Minute).Press("enter").See("bad.yml:")
	})
}
