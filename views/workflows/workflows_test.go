package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sweep"
	"github.com/knockops/knockops/views/workflows"
)

var opts = world.Options{Pages: pages, Start: workflows.Name}

func pages(s *ops.Session) []ui.Page {
	all := append(workflows.Pages(s), runs.Pages(s)...)
	all = append(all, sweep.Pages(s)...)
	return append(all, jsonpage.Pages()...)
}

// on puts the cursor on a workflow.
func on(w *world.World, key string) {
	w.Stage.Until(key, time.Minute).Press("/").Type(key).Press("enter")
}

func TestListsWorkflowsWithWhatIsPending(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 7}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("old-newsletter", time.Minute).See("‖ frozen", "1 frozen", "1 of 9", "collaboration").Wait(5 * time.Second)
		for _, line := range s.Lines() {
			if strings.Contains(line, "invite-reminder") && !strings.Contains(line, " 7 ") {
				t.Fatalf("7 runs are pending:\n%s", line)
			}
		}
		on(w, "invite-reminder")
		s.Press("enter").See("Runs", "workflow invite-reminder").Until("paused", time.Minute)
	})
}

func TestFreezeSaysWhatItMeansAndIsShown(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 3}}
	world.Play(t, o, func(w *world.World) {
		on(w, "invite-reminder")
		s := w.Stage
		s.Wait(5 * time.Second).Press("z").Wait(time.Second)
		s.See("Freeze invite-reminder in development", "New triggers are refused", "Paused runs stay paused", "Now 3 runs are pending", "No, leave it active")
		w.SentTimes(0, "PUT", "/activate")
		w.Yes("ticket 1").Until("invite-reminder is frozen in development", time.Minute).Until("‖ frozen", time.Minute)
		w.SentTimes(1, "PUT", "/v1/workflows/invite-reminder/activate")
		s.Wait(10 * time.Second).Press("z").See("is frozen already")
		if _, err := w.TryTrigger("invite-reminder", "k", "", "dana"); err == nil {
			t.Fatal("a frozen workflow takes triggers")
		}
	})
}

func TestThawWarnsOfWhatWouldSendAndOffersTheSweep(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 3}}
	world.Play(t, o, func(w *world.World) {
		on(w, "invite-reminder")
		s := w.Stage
		s.Wait(5 * time.Second).Press("z")
		w.Yes("").Until("‖ frozen", time.Minute).Wait(10 * time.Second)
		s.Press("Z").Wait(time.Second).See("Thawing lets 3 pending runs go on and send", "sweep first").Press("enter").See("Sweep", "invite-reminder").Press("esc")
		w.SentTimes(1, "PUT", "/activate")
		s.Press("Z").Press("down", "enter").Wait(time.Second).See("Thaw invite-reminder in development", "go on and send when they wake")
		w.Yes("").Until("✓ active", time.Minute)
		w.SentTimes(2, "PUT", "/activate")
	})
}

func TestThawWithNothingPendingAsksOnce(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		on(w, "old-newsletter")
		w.Stage.Wait(5 * time.Second).Press("Z").Wait(time.Second).See("No run is pending in it, so nothing goes on and sends.")
		w.Yes("").Until("✓ active", time.Minute)
	})
}

func TestProtectedProfileWantsTheKeyTyped(t *testing.T) {
	o := opts
	o.Protected = true
	world.Play(t, o, func(w *world.World) {
		on(w, "invite-reminder")
		s := w.Stage
		s.Press("z").See("test is read-only").Miss("No, leave")
		w.Session.Guard.Arm(time.Hour)
		s.Wait(3 * time.Second).Press("z").Wait(time.Second).See("Type the workflow's key to continue: invite-reminder")
		s.Type("a reason").Press("shift+tab", "enter").See("exactly")
		w.SentTimes(0, "PUT", "/activate")
		s.Press("esc", "z")
		w.Yes("ticket 2").Until("‖ frozen", time.Minute)
	})
}

func TestWithoutAServiceTokenItSaysWhatCannotBeDone(t *testing.T) {
	o := opts
	o.NoServiceToken = true
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 3}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("invite-reminder", time.Minute).See("no service token", "Settings > Service tokens", "KNOCK_SERVICE_TOKEN", "not known")
		s.Press("z").See("cannot be listed, frozen or thawed").Wait(10 * time.Second)
		s.Press("enter").See("Runs", "workflow invite-reminder")
	})
}

func TestLostNetworkExplainsAndKeepsWhatWasShown(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.Until("invite-reminder", time.Minute)
		w.Network.Cut()
		w.Stage.Press("r").Until("as of", 10*time.Minute).See("invite-reminder")
	})
}

func TestDetailShowsStepsAndSchema(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		on(w, "payment-failed")
		s := w.Stage
		s.Press("d").Until("3 steps", time.Minute).See("✓ active", "fetch_1", "GET https://billing.acme.test", "waits 10 minutes at most", "branch_1", "Large   if data.amount is greater than 500", "sms_1")
		s.Until("source shop: on ", time.Minute).See("Triggered by", "Versions   this one is ", "As the world has it", "None: a trigger may carry any data.")
		s.Press("J").Until(`"key": "payment-failed"`, time.Minute).Press("esc")
		s.Press("z")
		w.Yes("").Until("‖ frozen", time.Minute).See("New triggers are refused")
		s.Press("enter").See("Runs", "workflow payment-failed")
	})
}

// The templates are filled in for whom is named, holes and escape sequences in plain sight, and nothing is sent.
func TestMessagesAreFilledInForARecipient(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		if _, err := w.Session.Client.Identify(context.Background(), "dana", map[string]any{"name": "Dana\x1b[2J"}); err != nil {
			t.Fatal(err)
		}
		on(w, "payment-failed")
		s := w.Stage
		s.Press("d").Until("3 steps", time.Minute).Press("m").See("Messages of payment-failed", `"amount": ""`).Press("ctrl+s").See("messages are for somebody").Type("dana").Press("ctrl+s")
		s.Until("2 variables not filled", time.Minute).See("for dana", "only if data.amount is greater than 500", "Your payment of [data.amount: empty] failed (card [data.card: empty]).", "Dana␛[2J owes", "on the branch Small", "not rendered here: layout default")
		s.Press("I").See("dana", `"card": ""`).Press("esc", "J").Until(`"unfilled"`, time.Minute).Press("esc", "t").Press("esc")
		w.SentTimes(0, "POST", "").SentTimes(1, "PUT", "")
	})
}

func TestSchedulesAreListedAndDeleted(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		on(w, "weekly-digest")
		s := w.Stage
		s.Press("s").Until("dana", time.Minute).See("every Monday at 09:00 Asia/Tokyo", "every Monday at 09:00 account time", "in 1d, Jan 03 00:00 UTC", "1 of 5", "Schedules", "of weekly-digest")
		s.Press("space", "space").See("2 marked").Press("D").Wait(time.Second)
		s.See("Delete 2 schedules of weekly-digest in development", "cannot be brought back", "No, keep them").Press("enter", "enter").Wait(time.Minute)
		w.SentTimes(0, "DELETE", "/v1/schedules")
		s.Press("D")
		w.Yes("ticket 3").Until("1 of 3", time.Minute).See("2 schedules of weekly-digest deleted")
		w.SentTimes(1, "DELETE", "/v1/schedules")
		s.Press("ctrl+a", "D")
		w.Yes("").Until("No schedule triggers weekly-digest.", time.Minute)
	})
}

// A schedule is made and changed by keys alone; nothing that was typed is lost on a mistake, and of a change only what
// differs is sent.
func TestSchedulesAreMadeAndChanged(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		on(w, "weekly-digest")
		s := w.Stage
		s.Press("s").Until("dana", time.Minute).Press("i").See("Schedule weekly-digest").Type("amara").Press("tab").Type("sometimes").Press("ctrl+s").See("Schedule weekly-digest", "amara", "does not say when")
		s.Press("ctrl+u").Type("day at 7:30").Press("ctrl+s").See("Schedule weekly-digest for 1 recipient in development", "Every day at 07:30 in the recipient's time.", "no cancellation key")
		w.Yes("").Until("made 1 schedule", time.Minute).Until("2 of 6", time.Minute).See("amara", "every day at 07:30")
		w.SentTimes(1, "POST", "/v1/schedules")
		s.Press("/").Type("amara").Press("enter", "I").See("Change 1 schedule of weekly-digest", "day at 07:30").Press("ctrl+s").See("nothing is changed")
		s.Press("ctrl+u").Type("mon and tue 8:00").Press("ctrl+s").See("Every Monday and Tuesday at 08:00")
		w.Yes("").Until("changed 1 schedule", time.Minute).Until("08:00 Asia/Kolkata", time.Minute)
		if sent := w.Sent("PUT", "/v1/schedules"); len(sent) != 1 || strings.Contains(string(sent[0].Body), "tenant") || strings.Contains(string(sent[0].Body), "data") {
			t.Errorf("sent was %+v", sent)
		}
		// What was emptied is taken away, and a schedule that repeats becomes one for one time.
		s.Press("U").Until("dana", time.Minute).Press("/").Type("rosa").Press("enter", "I").See("acme", "none takes it away").Press("ctrl+u", "ctrl+s").See("needs the time")
		s.Press("tab").Type("2000-01-03 09:00").Press("tab").Type("none").Press("tab", "ctrl+u", "ctrl+s").See("Once, at 2000-01-03 09:00 ", "without ending, without tenant.", "It repeats no more.")
		w.Yes("").Until("changed 1 schedule", time.Minute).Until("in 2d, Jan 03 09:00 ", time.Minute).See("once")
		sent := w.Sent("PUT", "/v1/schedules")
		for _, part := range []string{`"repeats":[]`, `"ending_at":null`, `"tenant":null`, `"scheduled_at":"2000-01-03T`} {
			if !strings.Contains(string(sent[1].Body), part) {
				t.Errorf("%s has no %s", sent[1].Body, part)
			}
		}
		s.Press("I").See("2000-01-03 09:00").Type("fri 9:00").Press("ctrl+s").See("Every Friday at 09:00")
		w.Yes("").Until("every Friday at 09:00", time.Minute)
	})
}

func TestNarrowAndTallWindows(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		s.Until("invite-reminder", time.Minute)
		for _, size := range [][2]int{{60, 12}, {20, 5}, {80, 24}, {200, 60}, {1, 1}} {
			s.Resize(size[0], size[1]).Press("down", "z", "esc", "d").Wait(time.Second).Press("down", "esc", "s").Wait(time.Second).Press("esc")
		}
		s.Resize(60, 12).See("Workflows", "active")
	})
}

func TestAFreezeWithoutAnswerIsInProgressWhereverOneIs(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		on(w, "invite-reminder")
		s := w.Stage
		w.Knock.SetChaos(emulator.Chaos{Slow: 1, SlowBy: 10 * time.Second})
		s.Press("z")
		w.Yes("ticket 9").Press("enter", "q").See("1 operation still in progress", "Not answered yet: freeze invite-reminder").Wait(time.Second).Press("enter")
		s.Until("invite-reminder is frozen in development", time.Minute).Wait(3 * time.Second)
		if n := w.Session.InProgress(); n > 0 {
			t.Errorf("%d in progress after the answer", n)
		}
	})
}
