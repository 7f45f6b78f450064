package scenario

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
)

// reach brings the console to where an action that destroys can be done. Every
// such action of the registry must be here.
var reach = map[string]func(*world.World){
	"workflows.freeze": func(w *world.World) { atWorkflow(w, "invite-reminder") },
	"workflows.thaw":   func(w *world.World) { atWorkflow(w, "old-newsletter") },
	"workflow.freeze": func(w *world.World) {
		atWorkflow(w, "invite-reminder")
		w.Stage.Press("d").Until("2 steps", time.Minute)
	},
	"workflow.thaw": func(w *world.World) {
		atWorkflow(w, "old-newsletter")
		w.Stage.Press("d").Until("1 step", time.Minute)
	},
	"pulse.freeze": func(w *world.World) {
		w.Trigger("invite-reminder", "", "", "dana") // without a key, so that the freeze is all that is sent
		w.Stage.Wait(10*time.Second).Press("1").Until("1 pending", time.Minute)
		onPulse(w, " invite-reminder ")
	},
	"pulse.resume": func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "dana")
		w.Stage.Wait(time.Second)
		started(w, sweep.Plan{Scope: sweep.Scope{Workflow: "invite-reminder"}})
		w.Session.Sweeps.Close() // before the run is old enough for its cancel
		w.Stage.Wait(10*time.Second).Press("1").Until("R resumes", time.Minute)
		onPulse(w, "R resumes")
	},
	"schedules.delete": atSchedules,
	"sweep.start":      planMade,
	"sweeps.resume":    sweepAborted,
	"sweeping.resume": func(w *world.World) {
		sweepAborted(w)
		w.Stage.Press("enter").Until("R resumes it", time.Minute)
	},
	"outcomes.retry": func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "dana")
		w.Stage.Wait(10 * time.Second)
		going := started(w, sweep.Plan{Scope: sweep.Scope{Workflow: "invite-reminder"}})
		w.Stage.Wait(time.Second)
		w.Trigger("invite-reminder", "invite-2", "", "dana")
		w.Stage.Wait(3 * time.Second) // it was seen, and is too young for its cancel
		going.Abort()
		w.Stage.Wait(10 * time.Second)
		w.Stage.Press(":").Type("sweeps").Press("enter").Until("aborted", time.Minute).Press("enter").Until("Pending", time.Minute).Press("enter").Until("dana", time.Minute)
	},
	"user.delete": func(w *world.World) {
		w.Stage.Press(":").Type("users dana").Press("enter").Until("dana@acme.test", time.Minute).Press("enter").Until("teams/support", time.Minute)
		cursorTo(w.Stage, "teams/support")
	},
	"object.delete": func(w *world.World) {
		w.Stage.Press(":").Type("objects projects").Press("enter").Until("atlas", time.Minute).Press("/").Type("borealis").Press("enter", "enter").Until("rosa", time.Minute)
		cursorTo(w.Stage, "rosa")
	},
	"flow.run": func(w *world.World) {
		w.Stage.Press(":").Type("flows").Press("enter").Until("bounce", time.Minute).Press("/").Type("delivered").Press("enter", "enter").Until("version 1", time.Minute)
	},
	"runs.cancel":   pendingRun,
	"runs.everyone": pendingRun,
	"run.cancel":    pendingRunOpened,
	"run.everyone":  pendingRunOpened,
	"compose.send":  draftWritten,
	"compose.cancel": func(w *world.World) {
		draftWritten(w)
		w.Stage.Press("ctrl+s")
		w.Yes("to have something to cancel").Until("paused", time.Minute).Wait(10 * time.Second)
	},
}

// cursorTo moves down to the line with a sign on it.
func cursorTo(s *tuitest.Stage, sign string) {
	for range 80 {
		if strings.Contains(line(s, "▌"), sign) {
			return
		}
		s.Press("down")
	}
}

// onPulse puts the cursor of pulse on the line that has these words.
func onPulse(w *world.World, words string) {
	for _, column := range []string{"tab", "tab", "tab"} {
		for range 12 {
			if strings.Contains(cursor(w), words) {
				return
			}
			w.Stage.Press("down")
		}
		w.Stage.Press(column)
	}
	panic("pulse has no line of " + words + ":\n" + w.Stage.Text())
}

// cursor is what stands to the right of the cursor, in its column.
func cursor(w *world.World) string {
	const column = 36
	_, after, _ := strings.Cut(line(w.Stage, "▌"), "▌")
	return ansi.Truncate(after, column, "")
}

// atWorkflow puts the cursor of the list on a workflow.
func atWorkflow(w *world.World, key string) {
	w.Stage.Press(":").Type("workflows "+key).Press("enter").Until(key, time.Minute).Wait(5 * time.Second)
}

// atSchedules lists the schedules of the workflow that has some.
func atSchedules(w *world.World) {
	atWorkflow(w, "weekly-digest")
	w.Stage.Press("s").Until("dana", time.Minute)
}

// planMade is a sweep of one run, read to its end.
func planMade(w *world.World) {
	w.Trigger("invite-reminder", "invite-1", "", "dana")
	w.Stage.Wait(10*time.Second).Press(":").Type("sweep invite-reminder").Press("enter").Until("1 request", time.Minute)
}

// sweepAborted is one that was aborted before it sent anything.
func sweepAborted(w *world.World) {
	w.Trigger("invite-reminder", "invite-1", "", "dana")
	started(w, sweep.Plan{Scope: sweep.Scope{Workflow: "invite-reminder"}}).Abort()
	w.Stage.Wait(10*time.Second).Press(":").Type("sweeps").Press("enter").Until("aborted", time.Minute)
}

// started is a sweep that follows a plan.
func started(w *world.World, p sweep.Plan) *sweep.Sweep {
	x, err := w.Session.Sweeps.Start(context.Background(), p, sweep.Options{Follow: true})
	if err != nil {
		panic(err) // the test shows where
	}
	return x
}

func pendingRun(w *world.World) {
	w.Trigger("invite-reminder", "invite-1", "", "dana")
	w.Stage.Press(":").Type("runs").Press("enter").Until("paused", time.Minute).Wait(10 * time.Second)
}

func pendingRunOpened(w *world.World) {
	pendingRun(w)
	w.Stage.Press("enter").Until("delay_1", time.Minute)
}

func draftWritten(w *world.World) {
	w.Stage.Press(":").Type("compose invite-reminder").Press("enter").Until("Invite reminder", time.Minute).Type("dana").Until(`"dana"`, time.Minute)
}

// destructive are the actions of the registry that destroy.
func destructive(t *testing.T) []keymap.Action {
	keys := keymap.New()
	ui.Register(keys, app.Pages(&ops.Session{}))
	all := slices.DeleteFunc(keys.All(), func(a keymap.Action) bool { return a.Danger != keymap.Destroys })
	known := maps.Clone(reach)
	for _, a := range all {
		if reach[a.ID] == nil {
			t.Errorf("%s (%s) destroys, and nothing here reaches it: add to reach how an operator comes to where %q does it", a.ID, a.Title, a.Label())
		}
		delete(known, a.ID)
	}
	for id := range known {
		t.Errorf("reach has %s, which the registry does not know as an action that destroys", id)
	}
	return all
}

// byPalette does an action without its key.
func byPalette(w *world.World, a keymap.Action) { w.Stage.Press("ctrl+p").Type(a.ID).Press("enter") }

func TestEveryDestructiveActionTakesItsConfirm(t *testing.T) {
	fullscale.Only(t)
	for _, action := range destructive(t) {
		for profile, protected := range map[string]bool{"plain": false, "protected and armed": true} {
			t.Run(action.ID+", "+profile, func(t *testing.T) {
				o := console
				o.Protected = protected
				world.Play(t, o, func(w *world.World) {
					w.Session.Guard.Arm(time.Hour)
					reach[action.ID](w)
					takesItsConfirm(t, w, protected, action)
				})
			})
		}
	}
}

func takesItsConfirm(t *testing.T, w *world.World, protected bool, action keymap.Action) {
	t.Helper()
	s, before, yes := w.Stage, len(w.Changes()), len(w.Accepted)
	nothing := func(after string) {
		t.Helper()
		if n := len(w.Changes()); n != before || len(w.Accepted) != yes {
			t.Fatalf("%s sent %d requests, under %d confirms:\n%s", after, n-before, len(w.Accepted)-yes, s.Text())
		}
	}
	s.Press(action.Label())
	s.See("No, ", "development")
	nothing("the action alone")
	s.Flurry("tab", "tab", "right", "enter", "y", "\r").See("No, ") // what was in flight answers nothing
	nothing("keys in flight")
	s.Wait(time.Second).Press("enter") // on what is to be typed, or on No
	for range 3 {
		if !strings.Contains(s.Text(), "No, ") {
			break
		}
		s.Press("enter")
	}
	s.Miss("No, ").Wait(10 * time.Second)
	nothing("enter without a choice")

	s.Press(action.Label())
	s.Wait(time.Second).See("No, ").Press("esc").Miss("No, ").Wait(10 * time.Second)
	nothing("esc")

	byPalette(w, action)
	s.Wait(time.Second).See("No, ").Press("esc").Wait(10 * time.Second)
	nothing("the palette")

	if protected {
		s.Press(action.Label())
		s.Wait(time.Second).Press("shift+tab", "enter").See("No, ") // Yes, without a reason and the word
		nothing("a yes without what was asked for")
		s.Type("a reason").Press("shift+tab", "enter").See("No, ", "That is not ", ": type it exactly")
		nothing("a yes without the word")
		s.Press("esc")
	}

	s.Press(action.Label())
	w.Yes("ticket 8812").Wait(10 * time.Second)
	if len(w.Accepted) != yes+1 || len(w.Changes()) != before+1 {
		t.Fatalf("after the yes there are %d confirms and %d requests, want one of each:\n%s", len(w.Accepted)-yes, len(w.Changes())-before, s.Text())
	}
}

func TestNoDestructiveActionOnAReadOnlyProfile(t *testing.T) {
	fullscale.Only(t)
	for _, action := range destructive(t) {
		t.Run(action.ID, func(t *testing.T) {
			o := console
			o.Protected = true
			world.Play(t, o, func(w *world.World) {
				w.Session.Guard.Arm(time.Hour)
				reach[action.ID](w)
				w.Session.Guard.Disarm()
				w.Stage.Wait(3 * time.Second).See("READ-ONLY")
				before := len(w.Changes())
				if action.Arms {
					armsWithItsYesAlone(t, w, action)
				} else {
					w.Stage.Press(action.Label()).See("test is read-only: A arms it").Miss("No, ")
					byPalette(w, action)
					w.Stage.See("test is read-only: A arms it").Miss("No, ").Wait(10 * time.Second)
				}
				if n := len(w.Changes()); n != before {
					t.Fatalf("%d requests were sent", n-before)
				}
			})
		})
	}
}

// armsWithItsYesAlone holds an action whose question arms to it: whatever else is answered leaves
// the profile read-only.
func armsWithItsYesAlone(t *testing.T, w *world.World, action keymap.Action) {
	t.Helper()
	s := w.Stage
	stays := func(after string) {
		t.Helper()
		if s.Wait(10 * time.Second); !w.Session.Guard.ReadOnly() {
			t.Fatalf("%s armed the profile:\n%s", after, s.Text())
		}
	}
	s.Press(action.Label()).See("No, ", "the yes arms it first")
	s.Flurry("tab", "tab", "right", "enter", "y", "\r").See("No, ")
	stays("keys in flight")
	s.Press("shift+tab", "enter").See("No, ")
	stays("a yes without a reason")
	s.Type("a reason").Press("shift+tab", "enter").See("No, ", "type it exactly")
	stays("a yes without the word")
	s.Press("esc").Miss("No, ")
	stays("esc")
	byPalette(w, action)
	s.Wait(time.Second).See("No, ", "the yes arms it first").Press("esc").Miss("No, ")
	stays("the palette")
}

// A confirm that was opened while armed must not act once that is over.
func TestAnArmingThatEndsTakesItsConfirmsWithIt(t *testing.T) {
	fullscale.Only(t)
	o := console
	o.Protected = true
	o.Start, o.With = compose.Name, ui.Params{compose.Workflow: "invite-reminder", compose.To: "dana"}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Press("esc", "A")
		w.Yes("").See("ARMED 10:00")
		s.Press("ctrl+s").See("Send invite-reminder").Wait(world.ArmedFor)
		w.Yes("too late").Wait(time.Minute).See("read-only")
		if sent := w.Changes(); len(sent) > 0 {
			t.Fatalf("sent after the arming had ended: %+v", sent)
		}
		s.See("dana") // nothing typed is lost
	})
}
