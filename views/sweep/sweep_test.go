package sweep_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	engine "github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sweep"
	"github.com/knockops/knockops/views/workflows"
)

// opts open the plan of a workflow.
var opts = world.Options{Pages: pages, Start: sweep.Name, With: ui.Params{sweep.Workflow: "invite-reminder"}}

func pages(s *ops.Session) []ui.Page {
	all := append(sweep.Pages(s), runs.Pages(s)...)
	all = append(append(all, workflows.Pages(s)...), history.Pages(s)...)
	return append(all, jsonpage.Pages()...)
}

// pending counts the runs that Knock has not ended.
func pending(w *world.World) int {
	n := w.Knock.Stats().Runs
	return n["queued"] + n["processing"] + n["paused"]
}

// invite makes n triggers with a key each, of two recipients.
func invite(w *world.World, n int) {
	for i := range n {
		w.Trigger("invite-reminder", fmt.Sprintf("invite-%d", i), "", "dana", "rosa")
	}
}

func TestFromThePlanToNothingPending(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		invite(w, 5)
		w.Trigger("invoice-due", "invoice-1", `{"invoice_id":"1"}`, "dana")
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("10 runs", time.Minute)
		s.See("In scope", "5 keys", "api 10", "5 requests", "1  [ ]  Freeze invite-reminder in development", "2  [x]  Cancel 5 keys", "3  [x]  Follow", "4  [ ]  Recall")
		s.Press("ctrl+s").Wait(time.Second).See("Sweep invite-reminder in development", "10 runs", "one for each key", "Type the workflow's key", "No, send nothing")
		w.SentTimes(0, "POST", "/cancel")
		w.Yes("ticket 8812").Until("✓ done", 5*time.Minute).See("10  runs read cancelled", "Two checks in a row")
		w.SentTimes(5, "POST", "/v1/workflows/invite-reminder/cancel").SentTimes(5, "POST", "/cancel").SentTimes(0, "PUT", "/activate")
		if n := pending(w); n != 1 {
			t.Fatalf("%d runs are pending, want the one of another workflow", n)
		}
		s.Press("L").Until("1 of 1", time.Minute).See("✓ done", "invite-reminder", "all of it")
		s.Press("esc", "esc").Until("Nothing is pending in this scope.", time.Minute).Miss("10 runs").Press("ctrl+s").See("nothing in scope can be cancelled")
	})
}

func TestThePlanCannotBeCarriedOutWithoutTheKeyTyped(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		invite(w, 2)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("4 runs", time.Minute)
		s.Flurry("ctrl+s", "tab", "tab", "tab", "enter").Wait(time.Second).Press("shift+tab", "enter").See("exactly").Press("esc")
		s.Press("ctrl+s").Wait(time.Second).Press("tab").Type("invite").Press("tab", "tab", "enter").See("exactly").Press("esc").Wait(time.Minute)
		if sent := w.Changes(); len(sent) > 0 {
			t.Fatalf("sent: %+v", sent)
		}
	})
}

func TestFreezeFirstAndTheProgressSaysThatItStays(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		invite(w, 2)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("4 runs", time.Minute).Press("space").See("1  [x]  Freeze")
		s.Press("ctrl+s").Wait(time.Second).See("First invite-reminder is frozen")
		w.Yes("").Until("was frozen by this sweep", 5*time.Minute)
		w.SentTimes(1, "PUT", "/v1/workflows/invite-reminder/activate")
		s.Press("w").Until("‖ frozen", time.Minute)
		s.Press("S").Until("invite-reminder is frozen already", time.Minute)
	})
}

func TestAScopeThatExcludesSomebodyNamesTheRecipients(t *testing.T) {
	o := opts
	o.With = ui.Params{sweep.Workflow: "invite-reminder", sweep.Recipient: "dana"}
	world.Play(t, o, func(w *world.World) {
		invite(w, 3)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("3 runs", time.Minute).See("to dana")
		s.Press("ctrl+s").Wait(time.Second).See("name their recipients")
		w.Yes("").Until("✓ done", 5*time.Minute)
		for _, r := range w.Sent("POST", "/cancel") {
			if !strings.Contains(string(r.Body), `"recipients":["dana"]`) {
				t.Errorf("a cancel says %s", r.Body)
			}
		}
		if n := pending(w); n != 3 {
			t.Fatalf("%d runs are pending, want the 3 of the other recipient", n)
		}
	})
}

func TestRunsWithoutAKeyAreNamedWithWhatEndsThem(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "", "", "dana", "rosa")
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("Cannot cancel", time.Minute).See("2 runs   no key: freezing ends them")
		s.Press("ctrl+s").See("nothing in scope can be cancelled")
	})
}

func TestNothingPending(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.Until("Nothing is pending in this scope.", time.Minute).Press("ctrl+s").See("nothing in scope can be cancelled")
	})
}

func TestARecallIsCountedOnceItIsChosen(t *testing.T) {
	fullscale.Unraced(t)
	o := opts
	o.With = ui.Params{sweep.Workflow: "comment-created", sweep.Since: "1h"}
	world.Play(t, o, func(w *world.World) {
		w.Trigger("comment-created", "c-1", `{}`, "dana", "rosa")
		s := w.Stage
		s.Wait(10*time.Minute).Press("r").Until("Nothing is pending in this scope.", time.Minute).See("4  [ ]  Recall what landed in feeds").Miss("messages")
		s.Press("ctrl+s").See("nothing in scope can be cancelled")
		s.Press("down", "down", "down", "space").Until("4  [x]  Recall what landed in feeds (2 in-app messages; cannot be recalled: email 2)", time.Minute)
		s.Press("ctrl+s").Wait(time.Second).See("As far as the plan knows: 2 in-app messages")
		w.Yes("").Until("done, nothing cancelled", 5*time.Minute).See("2  in-app messages were archived")
		s.Press("esc", "r").Until("4  [x]  Recall what landed in feeds (0 in-app messages", time.Minute)
	})
}

func TestASweepOfAnotherProcessIsFollowedAndNotResumed(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Latency: 2 * time.Second}
	world.Play(t, o, func(w *world.World) {
		invite(w, 40)
		s := w.Stage
		s.Wait(10 * time.Second)
		other := ops.NewSession("test", emulator.DemoEnvironment, false, w.Session.Client, w.Session.Guard, w.Session.Journal)
		scope := engine.Scope{Workflow: "invite-reminder"}
		elsewhere, err := other.Sweeps.Start(context.Background(), engine.Plan{Scope: scope}, engine.Options{Follow: true})
		if err != nil {
			t.Fatal(err)
		}
		elsewhere.Pause()
		s.Press("L").Until("▸ cancelling", time.Minute).Press("R").See("carries it out in process", "end that one first")
		s.Press("enter").Until("carries it out in process", time.Minute).See("this page follows").Press("R").See("end that one first")
		sent := len(w.Sent("POST", "/cancel"))
		s.Press("esc", "enter", "space").See("not in progress").Wait(time.Minute)
		if n := len(w.Sent("POST", "/cancel")); n > sent {
			t.Fatalf("%d cancels were sent", n-sent)
		}
		elsewhere.Resume()
		s.Until("✓ done", 5*time.Minute).See("80  runs read cancelled")
	})
}

func TestAbortAndResume(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Latency: 2 * time.Second}
	world.Play(t, o, func(w *world.World) {
		invite(w, 40)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("40 requests", 2*time.Minute)
		s.Press("ctrl+s")
		w.Yes("").Until("cancelling", time.Minute).See("accepted").Press("x").Until("✗ aborted", time.Minute).See("R resumes it")
		sent := len(w.Sent("POST", "/cancel"))
		s.Wait(time.Minute)
		if n := len(w.Sent("POST", "/cancel")); n != sent {
			t.Fatalf("%d cancels were sent after it was aborted", n-sent)
		}
		if pending(w) == 0 {
			t.Fatal("it was aborted too late for this test to show something")
		}
		s.Press("R").Wait(time.Second).See("Resume sweep 1 of invite-reminder in development", "not sent again", "Type the workflow's key")
		w.Yes("").Until("✓ done", 5*time.Minute)
		if n := pending(w); n != 0 {
			t.Fatalf("%d runs are pending", n)
		}
		s.Press("R").See("this sweep is done")
	})
}

func TestPauseSendsNothingUntilItGoesOn(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Latency: 2 * time.Second}
	world.Play(t, o, func(w *world.World) {
		invite(w, 60)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("60 requests", 2*time.Minute).Press("ctrl+s")
		w.Yes("").Until("cancelling", time.Minute).Press("space").Until("‖ paused", time.Minute).Wait(10 * time.Second)
		sent := len(w.Sent("POST", "/cancel"))
		s.Wait(time.Minute)
		if n := len(w.Sent("POST", "/cancel")); n != sent {
			t.Fatalf("%d cancels were sent while it was paused", n-sent)
		}
		s.Press("space").Until("✓ done", 5*time.Minute)
		if n := pending(w); n != 0 {
			t.Fatalf("%d runs are pending", n)
		}
	})
}

func TestItGoesOnInTheBackgroundAndIsFoundAgain(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Latency: time.Second}
	world.Play(t, o, func(w *world.World) {
		invite(w, 10)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("10 requests", 2*time.Minute).Press("ctrl+s")
		w.Yes("").Until("esc leaves this page", time.Minute).Press("esc")
		s.Press("L").Until("▸", time.Minute).Press("enter").Until("accepted", time.Minute).Press("esc", "esc")
		s.Until("sweep of invite-reminder: confirmed 20", 5*time.Minute)
	})
}

func TestTheListOfRunsOpensItWithItsFilter(t *testing.T) {
	o := opts
	o.Start, o.With = runs.Name, ui.Params{runs.Workflow: "invite-reminder", runs.Key: "invite-1*"}
	world.Play(t, o, func(w *world.World) {
		invite(w, 12)
		s := w.Stage
		s.Wait(10*time.Second).Press("S").Until("6 runs", time.Minute).See("Sweep", "invite-reminder · key invite-1*", "3 keys").Press("p").See("Runs", "key invite-1*")
	})
}

func TestScopeIsChangedInAForm(t *testing.T) {
	o := opts
	o.With = nil
	world.Play(t, o, func(w *world.World) {
		invite(w, 12)
		s := w.Stage
		s.See("Sweep scope").Press("enter").See("name its key").Type("invite-reminder").Press("tab", "tab").Type("invite-(").Press("enter").See("missing closing")
		s.Press("ctrl+u").Type("invite-[01]$").Press("enter").Until("4 runs", time.Minute).See("key matches invite-[01]$")
	})
}

func TestAPlanThatCannotBeReadExplains(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		s.Until("Nothing is pending", time.Minute)
		w.Network.Cut()
		s.Press("r").Until("r makes the plan again", 10*time.Minute).Press("ctrl+s").See("there is no plan to start from")
	})
}

func TestWithoutAServiceTokenFreezingSaysHowToGetOne(t *testing.T) {
	o := opts
	o.NoServiceToken = true
	world.Play(t, o, func(w *world.World) {
		invite(w, 1)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("2 runs", time.Minute).See("Freeze: this profile has no service token", "Settings > Service tokens", "KNOCK_SERVICE_TOKEN").Press("space").Miss("[x]  Freeze")
		s.Press("ctrl+s")
		w.Yes("").Until("✓ done", 5*time.Minute)
	})
}

// A token that is there is not blamed for what is missing.
func TestWithoutAnEnvironmentFreezingSaysSo(t *testing.T) {
	o := opts
	o.NoEnvironment = true
	world.Play(t, o, func(w *world.World) {
		invite(w, 1)
		w.Stage.Wait(10*time.Second).Press("r").Until("2 runs", time.Minute).See("Freeze: it is not known which environment", "--environment").Miss("service token")
	})
}

func TestReadOnlyProfileSweepsNothing(t *testing.T) {
	o := opts
	o.Protected = true
	world.Play(t, o, func(w *world.World) {
		invite(w, 1)
		w.Stage.Wait(10*time.Second).Press("r").Until("2 runs", time.Minute).Press("ctrl+s").See("test is read-only").Miss("No, send nothing")
		if sent := w.Changes(); len(sent) > 0 {
			t.Fatalf("sent: %+v", sent)
		}
	})
}

func TestNoSweepsYet(t *testing.T) {
	o := opts
	o.Start, o.With = sweep.List, nil
	world.Play(t, o, func(w *world.World) {
		w.Stage.Until("No sweep was made here yet.", time.Minute).Press("enter").See("no sweep").Press("S").See("Sweep scope")
	})
}

func TestNarrowAndTallWindows(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		invite(w, 3)
		s := w.Stage
		s.Wait(10 * time.Second)
		for _, size := range [][2]int{{60, 12}, {20, 5}, {80, 24}, {200, 60}, {1, 1}} {
			s.Resize(size[0], size[1]).Press("r").Wait(5*time.Second).Press("down", "down", "space", "f", "esc", "ctrl+s").Wait(time.Second).Press("esc")
		}
		s.Resize(60, 12).Press("r").Wait(5*time.Second).See("Follow until nothing is pending").Resize(80, 24).Press("ctrl+s")
		w.Yes("").Until("done, not followed", 5*time.Minute)
	})
}
