package flows_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/builtin"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func yes(context.Context, consent.Prompt) error { return nil }

func TestBuiltInFlows(t *testing.T) {
	for _, name := range builtin.Names() {
		t.Run(name, func(t *testing.T) {
			f, ok, err := builtin.Load(name)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			for _, p := range f.Check() {
				t.Error(p)
			}
			world.On(t, world.Options{Webhooks: true, Emulator: emulator.Options{Seed: 1}}, func(t *testing.T, w *world.World) {
				var trace flow.Trace
				o := flows.Operator{Session: w.Session, Ask: yes}
				r, id, err := o.Run(t.Context(), f, &f.Workflows[0], flow.Options{Observe: trace.Add})
				if err != nil || r.Outcome != flow.Succeeded || len(r.Missing) > 0 {
					records, _ := trace.Records()
					for _, rec := range records {
						t.Logf("%s %s %v\n%+v", rec.Step, rec.State, rec.Error, rec.Response)
					}
					t.Fatalf("%v %s %v %v %v", err, r.Outcome, r.Err, r.Missing, r.Unproven)
				}
				kept, err := flows.Load(t.Context(), w.Session.Journal, id)
				if err != nil || len(kept.Records) != r.Steps || kept.Outcome != string(flow.Succeeded) {
					t.Errorf("%+v, %v", kept, err)
				}
			})
		})
	}
}

func parse(t *testing.T, workflow string) *flow.Flow {
	t.Helper()
	f, err := flow.Parse("test.yml", []byte("arazzo: 1.1.0\ninfo: {title: T, version: '1'}\nsourceDescriptions: [{name: s, url: ./x.yml}]\nworkflows:\n"+workflow))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const early = `- workflowId: w
  steps:
  - {stepId: trigger, operationId: triggerWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {recipients: [user_1, user_2], cancellation_key: k1}}}
  - {stepId: cancel, operationId: cancelWorkflow, parameters: [{name: key, in: path, value: invite-reminder}], requestBody: {payload: {cancellation_key: k1, recipients: [user_1]}}}
`

func TestACancelWaitsUntilItCannotMiss(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		f := parse(t, early)
		o := flows.Operator{Session: w.Session, Reason: "why"}
		var waits []flow.Wait
		r, _, err := o.Run(t.Context(), f, &f.Workflows[0], flow.Options{Observe: func(rec flow.Record) {
			if rec.Wait != nil {
				waits = append(waits, *rec.Wait)
			}
		}})
		if err != nil || r.Outcome != flow.Succeeded {
			t.Fatalf("%v %+v", err, r)
		}
		if took := r.Ended.Sub(r.Started); took < 5*time.Second || took > 20*time.Second || len(waits) == 0 {
			t.Errorf("it took %s, waits %v", took, waits)
		}
		for i, c := range w.Changes() {
			if want := []string{"POST", "POST"}[i]; c.Method != want {
				t.Errorf("%s %s", c.Method, c.Path)
			}
		}
		left, _, err := cancel.Read(t.Context(), w.Session.Client, "invite-reminder", []string{"k1"}, nil, 10)
		if err != nil || len(left) != 1 || left[0].Recipient.ID != "user_2" {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

func TestWhatIsAskedAndRefused(t *testing.T) {
	everyone := strings.Replace(early, ", recipients: [user_1]}}}", "}}}", 1)
	deleting := "- {workflowId: w, steps: [{stepId: a, operationId: deleteUser, parameters: [{name: user_id, in: path, value: user_1}]}]}\n"
	no := errors.New("no")
	for _, c := range []struct {
		name, workflow string
		readOnly       bool
		ask            func(context.Context, consent.Prompt) error
		asked          string // the title of the question
		changes        int    // that reached Knock
		failing        string
	}{
		{"read-only", early, true, nil, "", 0, "read-only"},
		{"everyone is asked for", everyone, false, func(context.Context, consent.Prompt) error { return no }, "Cancel everyone under the key k1 of invite-reminder in development", 1, "no"},
		{"everyone, and nobody to ask", everyone, false, nil, "", 1, "was not agreed to"},
		{"a deletion is asked for", deleting, false, func(context.Context, consent.Prompt) error { return no }, "DELETE /v1/users/user_1 in development", 0, "no"},
		{"recipients are agreed to with the run", early, false, nil, "", 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			world.On(t, world.Options{ReadOnly: c.readOnly}, func(t *testing.T, w *world.World) {
				f := parse(t, c.workflow)
				asked := ""
				o := flows.Operator{Session: w.Session}
				if c.ask != nil {
					o.Ask = func(ctx context.Context, p consent.Prompt) error {
						asked = p.Title
						return c.ask(ctx, p)
					}
				}
				r, _, err := o.Run(t.Context(), f, &f.Workflows[0], flow.Options{})
				if err != nil || (r.Err == nil) != (c.failing == "") || r.Err != nil && !strings.Contains(r.Err.Error(), c.failing) {
					t.Errorf("%v, %v", err, r.Err)
				}
				if n := len(w.Changes()); n != c.changes || asked != c.asked {
					t.Errorf("%d changes, asked %q", n, asked)
				}
			})
		})
	}
}

// Whatever was typed to agree to the run, a cancel for everyone asks again.
func TestTheAgreementToARunIsNoneForEveryone(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		f := parse(t, strings.Replace(early, ", recipients: [user_1]}}}", "}}}", 1))
		o := flows.Operator{Session: w.Session, Granted: consent.Question{Level: consent.Word}}
		r, _, err := o.Run(t.Context(), f, &f.Workflows[0], flow.Options{})
		if err != nil || r.Err == nil || len(w.Changes()) != 1 {
			t.Errorf("%v, %v, %d changes", err, r.Err, len(w.Changes()))
		}
	})
}

func TestANetworkThatIsDown(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Network.Cut()
		f := parse(t, "- {workflowId: w, steps: [{stepId: a, operationId: listUsers}]}\n")
		o := flows.Operator{Session: w.Session}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		r, _, err := o.Run(ctx, f, &f.Workflows[0], flow.Options{})
		if err != nil || r.Err == nil || !strings.Contains(r.Err.Error(), "step a: ") || r.Outcome != flow.NotDone {
			t.Errorf("%v, %+v", err, r)
		}
	})
}

// What waits to be sent when the session ends is not sent.
func TestRunsEndWithTheSession(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		f := parse(t, early)
		runs := flows.NewRuns(w.Session)
		live := runs.Start(f, &f.Workflows[0], flow.Options{}, consent.Question{}, "", false)
		time.Sleep(time.Second)
		if w.Session.InProgress() == 0 || len(w.Changes()) != 1 {
			t.Fatalf("the run is not under way: %+v", live.State())
		}
		runs.Close()
		if s := live.State(); !s.Over || s.Result.Outcome != flow.WasStopped || w.Session.InProgress() != 0 || len(w.Changes()) != 1 {
			t.Errorf("%+v, %d changes", s, len(w.Changes()))
		}
	})
}

// A breakpoint holds the request back until somebody decides; one decision is for one pause.
func TestBreakpoints(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		f := parse(t, early)
		runs := flows.NewRuns(w.Session)
		live := runs.Start(f, &f.Workflows[0], flow.Options{}, consent.Question{}, "", true)
		time.Sleep(time.Hour)
		at := live.State().At
		if at == nil || at.Failed || len(w.Changes()) != 0 {
			t.Fatalf("it does not pause: %+v", live.State())
		}
		live.Edit(at, `{"recipients":["user_9"],"cancellation_key":"k1"}`)
		live.GoOn(at)
		live.GoOn(at)
		time.Sleep(time.Minute)
		next := live.State().At
		if next == nil || next.Record.Step != "cancel" || len(w.Changes()) != 1 || !strings.Contains(string(w.Changes()[0].Body), "user_9") {
			t.Fatalf("%+v, %v", live.State(), w.Changes())
		}
		live.Stop()
		synctest.Wait()
		if s := live.State(); !s.Over || s.Result.Outcome != flow.WasStopped || len(w.Changes()) != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAPasswordIsNotShownToBeEdited(t *testing.T) {
	const secret = `- workflowId: w
  inputs: {type: object, properties: {pin: {type: string, format: password}}}
  steps: [{stepId: set, operationId: identifyUser, parameters: [{name: user_id, in: path, value: u}], requestBody: {payload: {pin: $inputs.pin}}}]
`
	for pin, hidden := range map[string]bool{"hunter2-hunter2": true, "": false} {
		world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
			f := parse(t, secret)
			inputs := map[string]any{}
			if pin != "" {
				inputs["pin"] = pin
			}
			live := flows.NewRuns(w.Session).Start(f, &f.Workflows[0], flow.Options{Inputs: inputs}, consent.Question{}, "", true)
			time.Sleep(time.Second)
			body, err := flows.Body(live.State().At)
			if strings.Contains(body, "hunter2") || errors.Is(err, flows.ErrHoldsSecrets) != hidden {
				t.Errorf("%q, %v", body, err)
			}
			if strings.Contains(string(live.Inputs), "hunter2") {
				t.Errorf("kept: %s", live.Inputs)
			}
			live.Stop()
		})
	}
}
