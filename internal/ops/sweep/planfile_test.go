package sweep_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A plan that was kept cancels the runs that it holds and are pending still, and nothing that came
// since, also not under its keys.
func TestAKeptPlanIsCarriedOutAsItWasMade(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "a", "", "u1", "u2", "u3")
		w.Trigger("invite-reminder", "b", "", "u1")
		time.Sleep(10 * time.Second)
		sweeps := w.Session.Sweeps
		made, err := sweeps.File(planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}))
		if err != nil || made.Runs != 4 || len(made.Keys) != 2 {
			t.Fatalf("%v: %+v", err, made)
		}
		w.Trigger("invite-reminder", "a", "", "u9") // grown
		w.Trigger("invite-reminder", "c", "", "u1") // new
		if _, err := w.Client().Cancel(t.Context(), client.CancelEveryone("invite-reminder", "b")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		b, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		read, err := sweep.ParseFile(b)
		if err != nil {
			t.Fatal(err)
		}
		p, drifts, err := sweeps.Compare(t.Context(), read, nil)
		want := []sweep.Drift{{Key: "a", Grown: 1}, {Key: "b", Gone: 1}, {Key: "c", Grown: 1, New: true}}
		if err != nil || len(drifts) != 3 || drifts[0] != want[0] || drifts[1] != want[1] || drifts[2] != want[2] || p.Cancellable != 3 {
			t.Fatalf("%v: %+v of %+v", err, drifts, p)
		}
		going, err := sweeps.Start(t.Context(), p, follow)
		if err != nil {
			t.Fatal(err)
		}
		if said := ended(t, going); said.Confirmed != 3 || said.OutOfScope != 0 {
			t.Errorf("%+v", said)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 2 {
			t.Errorf("%d runs are left, want the one that grew and the one under a new key", len(left))
		}
	})
}

func TestAKeptPlanActsNowhereElse(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "a", "", "u1")
		sweeps := w.Session.Sweeps
		f, err := sweeps.File(planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(string) string{
			"another run":      func(s string) string { return strings.Replace(s, `"u1"`, `"u2"`, 1) },
			"a wider scope":    func(s string) string { return strings.Replace(s, "invite-reminder", "invoice-due", 1) },
			"an unknown field": func(s string) string { return strings.Replace(s, `"scope":{`, `"scope":{"channel":"x",`, 1) },
		} {
			changed := change(string(b))
			if changed == string(b) {
				t.Fatalf("%s changes nothing", name)
			}
			if _, err := sweep.ParseFile([]byte(changed)); err == nil {
				t.Errorf("%s is read", name)
			}
		}
		later := strings.Replace(string(b), `"knockops_plan":1`, `"knockops_plan":2`, 1)
		if _, err := sweep.ParseFile([]byte(later)); !refusedFor(err, "has version 2") {
			t.Errorf("of a later version: %v", err)
		}
		elsewhere := f
		elsewhere.Environment = "production"
		if _, _, err := sweeps.Compare(t.Context(), elsewhere, nil); !refusedFor(err, "made for production") {
			t.Errorf("in another environment: %v", err)
		}
		f.Binding = "api.knock.app 000000000000"
		if _, _, err := sweeps.Compare(t.Context(), f, nil); !refusedFor(err, "another key") {
			t.Errorf("with another key: %v", err)
		}
	})
}

// A plan that does not know every run is not kept.
func TestAPartOfAPlanIsNotKept(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "a", "", "u1")
		part := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"})
		part.Complete = false
		if _, err := w.Session.Sweeps.File(part); !refusedFor(err, "does not know every run") {
			t.Errorf("%v", err)
		}
	})
}

// A retry is of the runs that had an outcome, and of no others, and acts where the sweep did.
func TestARetryIsOfTheRunsThatHadAnOutcome(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		for _, key := range []string{"a", "b", "c"} {
			w.Trigger("invite-reminder", key, "", "u1")
		}
		time.Sleep(10 * time.Second)
		w.Knock.Inject(emulator.Fault{Times: 1, Status: http.StatusUnprocessableEntity, Match: isCancel})
		first, _ := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow).Wait(t.Context())
		if first.Confirmed != 2 || first.Refused != 1 {
			t.Fatalf("%+v", first)
		}
		plan, err := w.Session.Sweeps.Retry(t.Context(), 1, []string{sweep.Refused.String()}, nil)
		if err != nil || len(plan.Scope.Runs) != 1 || plan.Cancellable != 1 {
			t.Fatalf("%v: %+v", err, plan)
		}
		before := len(w.Changes())
		going, err := w.Session.Sweeps.Start(t.Context(), plan, follow)
		if err != nil {
			t.Fatal(err)
		}
		if said := ended(t, going); said.Confirmed != 1 || len(w.Changes()) != before+1 {
			t.Errorf("%d requests: %+v", len(w.Changes())-before, said)
		}
		if _, err := w.Session.Sweeps.Retry(t.Context(), 1, []string{sweep.Gone.String()}, nil); !refusedFor(err, "no run with that outcome") {
			t.Errorf("of an outcome that none had: %v", err)
		}
		o := options("http://127.0.0.1", "sk_other")
		o.Transport = w.Network.Transport()
		c, err := client.New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		here := &runner.Runner{Profile: w.Session.Profile, Environment: w.Session.Environment, Client: c, Journal: w.Session.Journal}
		elsewhere := sweep.NewSweeps(here, w.Session, func() int { return 0 })
		defer elsewhere.Close()
		if _, err := elsewhere.Retry(t.Context(), 1, []string{sweep.Refused.String()}, nil); !refusedFor(err, "another key") {
			t.Errorf("with another key: %v", err)
		}
	})
}
