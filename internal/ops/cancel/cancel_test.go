package cancel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func pending(t *testing.T, w *world.World, workflow string) []*client.Run {
	t.Helper()
	var out []*client.Run
	for r, err := range w.Session.Client.Runs(t.Context(), client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, &r)
	}
	return out
}

func quiet(cancel.Result) {}

func TestCancelUnderChaosEndsWithEveryRunAccountedFor(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			world.On(t, world.Options{Emulator: emulator.Options{Seed: seed + 1}}, func(t *testing.T, w *world.World) {
				for i := range 12 {
					w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1", "user_2", "user_3")
				}
				w.Trigger("invoice-due", "key-0", `{"invoice_id":"i"}`, "user_1")
				time.Sleep(10 * time.Second)
				var chosen []*client.Run
				known := pending(t, w, "invite-reminder")
				for _, r := range known {
					if r.Recipient.ID != "user_3" {
						chosen = append(chosen, r)
					}
				}
				w.Knock.SetChaos(mustChaos(t, "429=10%,500=10%,reset=5%,lost=5%"))
				verdicts := map[string]cancel.Verdict{}
				counts, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanCancel(chosen, known), "drill", true, func(f cancel.Result) { verdicts[f.Run.ID] = f.Verdict })
				w.Knock.SetChaos(emulator.Chaos{})
				if err != nil {
					t.Fatal(err)
				}
				if counts.Confirmed != len(chosen) {
					t.Fatalf("%+v of %d", counts, len(chosen))
				}
				for _, r := range chosen {
					if verdicts[r.ID] != cancel.Confirmed {
						t.Errorf("%s is %s", r.ID, verdicts[r.ID])
					}
				}
				if left := pending(t, w, "invite-reminder"); len(left) != 12 {
					t.Errorf("%d runs of the others are left, want 12", len(left))
				}
				if left := pending(t, w, "invoice-due"); len(left) != 1 {
					t.Errorf("another workflow with the same key was touched: %d runs left", len(left))
				}
			})
		})
	}
}

func mustChaos(t *testing.T, spec string) emulator.Chaos {
	t.Helper()
	c, err := emulator.ParseChaos(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCancelWithoutAnAnswerIsUnconfirmedNotCancelled(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		p := cancel.PlanCancel(pending(t, w, "invite-reminder"), nil)
		var last cancel.Result
		counts, _ := cancel.Run(t.Context(), &w.Session.Runner, p, "", true, func(f cancel.Result) {
			last = f
			if f.Verdict == cancel.Requested {
				w.Network.Cut()
			}
		})
		if counts.Unconfirmed != 1 || !strings.Contains(last.Text, "cannot be read") {
			t.Errorf("%+v, %q", counts, last.Text)
		}
		w.Network.Mend()
	})
}

func TestCancelThatCannotBeSentFails(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		p := cancel.PlanCancel(pending(t, w, "invite-reminder"), nil)
		w.Network.Cut()
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, p, "", true, quiet)
		if counts.Failed != 1 || err == nil {
			t.Errorf("%+v, %v", counts, err)
		}
		actions, jerr := w.Session.Journal.Actions(t.Context(), journal.Filter{}, 10, 0)
		if jerr != nil || len(actions) != 1 || actions[0].State != journal.Failed || actions[0].Path != "/v1/workflows/invite-reminder/cancel" {
			t.Errorf("the journal says %+v, %v", actions, jerr)
		}
	})
}

func TestEveryoneReachesRunsThatNobodyKnew(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1", "user_2", "user_3", "user_4")
		w.Trigger("invite-reminder", "other", "", "user_1")
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanEveryone("invite-reminder", "k", nil), "", true, quiet)
		if err != nil || counts.Confirmed != 4 {
			t.Fatalf("%+v, %v", counts, err)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 1 || left[0].TriggerSource.CancellationKey != "other" {
			t.Errorf("%d runs are left", len(left))
		}
	})
}

func TestEveryoneUnderAnUnknownKeyFindsNothing(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanEveryone("invite-reminder", "nobody", nil), "", true, quiet)
		if err != nil || counts != (cancel.Counts{}) {
			t.Errorf("%+v, %v", counts, err)
		}
	})
}

func TestCancelIsWrittenDownBeforeItIsSentAndProvenAfter(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		p := cancel.PlanCancel(pending(t, w, "invite-reminder"), nil)
		var atRequest []journal.Action
		_, err := cancel.Run(t.Context(), &w.Session.Runner, p, "ticket 1", true, func(f cancel.Result) {
			if f.Verdict == cancel.Requested {
				atRequest, _ = w.Session.Journal.Actions(context.Background(), journal.Filter{}, 10, 0)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(atRequest) != 1 {
			t.Fatalf("%d actions in the journal when the cancel was sent", len(atRequest))
		}
		a := atRequest[0]
		if a.Kind != journal.Cancel || a.Key != "k" || a.Reason != "ticket 1" || len(a.Recipients) != 1 || a.Everyone || a.RequestID == "" {
			t.Errorf("%+v", a)
		}
		notes, err := w.Session.Journal.Notes(t.Context(), a.ID)
		if err != nil || len(notes) != 2 || notes[0].Verdict != "requested" || notes[1].Verdict != "confirmed" {
			t.Errorf("%+v, %v", notes, err)
		}
	})
}

func TestReadOnlySendsAndWritesNothing(t *testing.T) {
	world.On(t, world.Options{Protected: true}, func(t *testing.T, w *world.World) {
		r := &client.Run{ID: "r", Workflow: "invite-reminder", Status: client.RunPaused, Recipient: client.Ref{ID: "user_1"}, TriggerSource: client.TriggerSource{CancellationKey: "k"}}
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanCancel([]*client.Run{r}, nil), "", true, quiet)
		if counts.Failed != 1 || err == nil || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("%+v, %v", counts, err)
		}
		if _, err := w.Session.Trigger(client.Trigger{Workflow: "welcome", Recipients: []client.Recipient{{Ref: client.Ref{ID: "user_1"}}}}, "").Result(); err == nil {
			t.Error("a trigger was sent")
		}
		if n := len(w.Knock.Requests()); n != 0 {
			t.Errorf("%d requests reached Knock", n)
		}
		if actions, _ := w.Session.Journal.Actions(t.Context(), journal.Filter{}, 10, 0); len(actions) != 0 {
			t.Errorf("the journal says %+v", actions)
		}
	})
}

func TestTriggerWhoseAnswerIsLostIsSentOnce(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Seed: 3}}, func(t *testing.T, w *world.World) {
		w.Knock.SetChaos(emulator.Chaos{Lost: 0.5})
		for i := range 20 {
			to := []client.Recipient{{Ref: client.Ref{ID: "user_1"}}}
			if _, err := w.Session.Trigger(client.Trigger{Workflow: "invite-reminder", Recipients: to, CancellationKey: fmt.Sprint("k", i)}, "").Result(); err != nil {
				t.Logf("trigger %d: %v", i, err)
			}
		}
		w.Knock.SetChaos(emulator.Chaos{})
		byKey := map[string]int{}
		for _, r := range pending(t, w, "invite-reminder") {
			byKey[r.TriggerSource.CancellationKey]++
		}
		for key, n := range byKey {
			if n != 1 {
				t.Errorf("%s was sent %d times", key, n)
			}
		}
	})
}

func TestFollowTellsEveryChangeUntilTheEnd(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Speed: 60}}, func(t *testing.T, w *world.World) {
		since := w.Session.Client.ServerNow()
		done := w.Trigger("invite-reminder", "k", "", "user_1", "user_2")
		var seen []string
		for now, err := range w.Session.Follow(t.Context(), ops.Followed{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID, Recipients: []client.Recipient{{Ref: client.Ref{ID: "user_1"}}, {Ref: client.Ref{ID: "user_2"}}}, Since: since}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range now.Runs {
				seen = append(seen, fmt.Sprint(r.Recipient, " ", r.Status))
			}
		}
		all := strings.Join(seen, "\n")
		for _, want := range []string{"user_1 paused", "user_2 paused", "user_1 completed", "user_2 completed"} {
			if !strings.Contains(all, want) {
				t.Errorf("%q was not told:\n%s", want, all)
			}
		}
	})
}

// A repeat names the run that is still pending. Whoever got another run under the key since keeps it.
func TestARepeatNamesWhoIsStillPending(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		w.Trigger("invite-reminder", "k", "", "user_2") // too young for the cancel, and nobody knows of it
		time.AfterFunc(3*time.Second, func() { w.Trigger("invite-reminder", "k", "", "user_1", "user_3") })
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, cancel.PlanEveryone("invite-reminder", "k", nil), "", true, quiet)
		if err != nil || counts != (cancel.Counts{Confirmed: 2}) {
			t.Fatalf("%+v, %v", counts, err)
		}
		sent := w.Sent("POST", "/cancel")
		if len(sent) != 2 || strings.Contains(string(sent[0].Body), "recipients") || !strings.Contains(string(sent[1].Body), `"recipients":["user_2"]`) {
			t.Errorf("sent %+v", sent)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 2 {
			t.Errorf("%d runs are left, want the 2 that began after the cancel", len(left))
		}
	})
}

func TestWhatCompletesFirstIsNotConfirmed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		p := cancel.PlanCancel(pending(t, w, "invite-reminder"), nil)
		time.Sleep(2 * time.Hour)
		counts, err := cancel.Run(t.Context(), &w.Session.Runner, p, "", true, quiet)
		if err != nil || counts != (cancel.Counts{FinishedFirst: 1}) {
			t.Errorf("%+v, %v", counts, err)
		}
	})
}
