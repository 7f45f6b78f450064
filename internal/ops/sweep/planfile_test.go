package sweep_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A plan that was kept cancels the runs that it holds and are pending still, and nothing that came
// since, also not under its keys.
func TestAKeptPlanIsCarriedOutAsItWasMade(t *testing.T) {
	on(t, world.Options{}, func(t *testing.T, w *world.World) {
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
	on(t, world.Options{}, func(t *testing.T, w *world.World) {
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
		var refusal *runner.Refusal
		for name, change := range map[string]func(string) string{
			"another run":      func(s string) string { return strings.Replace(s, `"u1"`, `"u2"`, 1) },
			"a wider scope":    func(s string) string { return strings.Replace(s, "invite-reminder", "invoice-due", 1) },
			"another version":  func(s string) string { return strings.Replace(s, `"knockops_plan":1`, `"knockops_plan":2`, 1) },
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
		f.Binding = "api.knock.app 000000000000"
		if _, _, err := sweeps.Compare(t.Context(), f, nil); !errors.As(err, &refusal) {
			t.Errorf("with another key: %v", err)
		}
	})
}
