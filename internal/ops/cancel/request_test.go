package cancel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func named(ids ...string) []client.Ref {
	out := make([]client.Ref, len(ids))
	for i, id := range ids {
		out[i] = client.Ref{ID: id}
	}
	return out
}

func TestPendingFindsWhatIsUnderTheKeys(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "a", "", "user_1", "user_2")
		w.Trigger("invite-reminder", "b", "", "user_1")
		w.Trigger("invite-reminder", "c", "", "user_2")
		w.Trigger("invoice-due", "a", `{"invoice_id":"i"}`, "user_1")
		for _, tt := range []struct {
			name     string
			keys     []string
			to       []client.Ref
			bound    int
			want     int
			complete bool
		}{
			{"everyone under a key", []string{"a"}, nil, 100, 2, true},
			{"several keys", []string{"a", "b"}, nil, 100, 3, true},
			{"one recipient", []string{"a"}, named("user_1"), 100, 1, true},
			{"recipients one by one", []string{"a", "c"}, named("user_1", "user_2"), 100, 3, true},
			{"many recipients", []string{"a"}, named("user_1", "x1", "x2", "x3", "x4", "x5"), 100, 2, true},
			{"an unknown key", []string{"z"}, nil, 100, 0, true},
			{"no more than the bound", []string{"a", "b", "c"}, nil, 3, 3, false},
		} {
			runs, complete, err := cancel.Read(t.Context(), w.Session.Client, "invite-reminder", tt.keys, tt.to, tt.bound)
			if err != nil || len(runs) != tt.want || complete != tt.complete {
				t.Errorf("%s: %d runs, complete %v, %v; want %d, %v", tt.name, len(runs), complete, err, tt.want, tt.complete)
			}
		}
	})
}

func TestPlanRecipientsNamesAllOfThem(t *testing.T) {
	run := func(workflow, key, to string, status client.RunStatus) *client.Run {
		return &client.Run{ID: workflow + key + to + string(status), Workflow: workflow, Status: status, Recipient: client.Ref{ID: to}, TriggerSource: client.TriggerSource{CancellationKey: key}}
	}
	known := []*client.Run{
		run("w", "k", "u1", client.RunPaused), run("w", "k", "u2", client.RunPaused), run("w", "k", "u1", client.RunCompleted),
		run("w", "other", "u1", client.RunPaused), run("v", "k", "u1", client.RunPaused),
	}
	p := cancel.PlanRecipients("w", "k", named("u1", "u9"), known)
	if len(p.Requests) != 1 {
		t.Fatalf("%d requests", len(p.Requests))
	}
	r := p.Requests[0]
	if got := r.Cancellation.Recipients(); !slices.Equal(got, named("u1", "u9")) || r.Cancellation.Everyone() {
		t.Errorf("it names %v", got)
	}
	if len(r.Runs) != 1 || r.Runs[0] != known[0] || r.Others != 1 {
		t.Errorf("%d runs, %d others", len(r.Runs), r.Others)
	}
	if p := cancel.PlanRecipients("w", "k", nil, known); len(p.Requests) != 0 {
		t.Errorf("a plan for nobody has %d requests", len(p.Requests))
	}
	many := make([]client.Ref, 2500)
	for i := range many {
		many[i] = client.Ref{ID: "u" + string(rune('a'+i%26)), Collection: string(rune('a' + i/26))}
	}
	sent := 0
	for _, r := range cancel.PlanRecipients("w", "k", many, known).Requests {
		n := len(r.Cancellation.Recipients())
		if n > 1000 {
			t.Errorf("one request names %d recipients", n)
		}
		sent += n
	}
	if sent != len(many) {
		t.Errorf("%d of %d recipients are named", sent, len(many))
	}
}

func TestRequestCancelSendsAndClaimsNothing(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "a", "", "user_1", "user_2")
		known := pending(t, w, "invite-reminder")
		start := time.Now()
		last := map[string]cancel.Verdict{}
		_, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanRecipients("invite-reminder", "a", named("user_1"), known), "", false, func(f cancel.Result) {
			last[f.Run.Recipient.ID] = f.Verdict
		})
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < cancel.MinAge-time.Second {
			t.Errorf("sent after %s: a run younger than %s is missed", waited, cancel.MinAge)
		}
		if len(last) != 1 || last["user_1"] != cancel.Requested {
			t.Errorf("the verdicts are %v", last)
		}
		if len(w.Sent("POST", "/cancel")) != 1 || len(w.Sent("GET", known[0].ID))+len(w.Sent("GET", known[1].ID)) != 0 {
			t.Error("it did more than send one cancel")
		}
	})
}
