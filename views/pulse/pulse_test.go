package pulse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/pulse"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sweep"
	"github.com/knockops/knockops/views/workflows"
)

var opts = world.Options{Pages: pages, Start: pulse.Name}

func pages(s *ops.Session) []ui.Page {
	all := append(pulse.Pages(s), runs.Pages(s)...)
	all = append(append(all, sweep.Pages(s)...), workflows.Pages(s)...)
	return append(all, history.Pages(s)...)
}

func cursorLine(w *world.World) string { return lineWith(w, "▌") }

func lineWith(w *world.World, sign string) string {
	for _, l := range w.Stage.Lines() {
		if strings.Contains(l, sign) {
			return l
		}
	}
	return ""
}

func TestQuietWorld(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		s.Until("Nothing is pending.", time.Minute).Until("frozen  old-newsletter", time.Minute)
		s.See("Pending", "Deliveries", "In progress", "No receiver", "knockops", "listen receives them", "No actions yet.", "of 5 reads of runs a second", "1 frozen").Miss("RUNAWAY")
		s.See("Three things to try", "Send a trigger and follow it")
		s.Press("tab", "enter").Until("Workflow", time.Minute).See("old-newsletter")
	})
}

func TestPendingByWorkflowGoesToItsRuns(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 12, "invoice-due": 3}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("invoice-due", time.Minute).See("15 pending")
		if l := cursorLine(w); !strings.Contains(l, "invite-reminder") || !strings.Contains(l, "12") {
			t.Fatalf("the fullest workflow is not first:\n%s", s.Text())
		}
		s.Press("down", "enter").Until("workflow invoice-due", time.Minute).Press("esc").See("Pulse")
		s.Press("S").Until("In scope", time.Minute).See("invoice-due").Press("esc", "w").Until("2 steps", time.Minute).See("invoice-due")
	})
}

func TestRunawayRaisesABannerThatOpensTheSweep(t *testing.T) {
	fullscale.Unraced(t)
	o := opts
	o.Emulator = emulator.Options{Runaway: "invite-reminder"}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("RUNAWAY  invite-reminder", 3*time.Minute).See("runs a minute", "enter plans a sweep")
		if l := cursorLine(w); !strings.Contains(l, "RUNAWAY") {
			t.Fatalf("nobody has moved the cursor, and it is not on the banner:\n%s", s.Text())
		}
		s.Press("enter").Until("still arriving", time.Minute).See("Sweep", "invite-reminder", "1  [x]  Freeze")
		if sent := w.Changes(); len(sent) > 0 {
			t.Fatalf("the banner alone sent %+v", sent)
		}
		s.Press("ctrl+s")
		w.Yes("runaway").Until("esc leaves this page", time.Minute).Press("esc", "esc")
		s.Until("sweep of invite-reminder", time.Minute).Until("frozen  invite-reminder", 2*time.Minute)
		s.Until(" 0 pending", 10*time.Minute).Wait(2 * time.Minute).Miss("RUNAWAY")
	})
}

func TestTheBannerTakesTheCursorFromNobody(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invoice-due": 3, "weekly-digest": 2}, Runaway: "invite-reminder"}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("weekly-digest", time.Minute)
		for !strings.Contains(cursorLine(w), "weekly-digest") {
			s.Press("down")
		}
		s.Until("RUNAWAY", 3*time.Minute)
		if l := cursorLine(w); !strings.Contains(l, "weekly-digest") {
			t.Fatalf("the cursor was moved:\n%s", s.Text())
		}
	})
}

func TestWhatWakesNextAndWhatAFreezeWouldEnd(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "dana", "emeka")
		w.Trigger("comment-created", "comment-1", `{"page_id": "7"}`, "emeka")
		s := w.Stage
		s.Until("Wakes by", time.Minute).Until("comment-created      1      1", time.Minute) // which is read for it
		if l := lineWith(w, "~2      2"); !strings.Contains(l, "01:10 invite-reminder") {
			t.Fatalf("both wait for an hour, as the steps say:\n%s", s.Text())
		}
		s.See("Wakes, next 3 hours", "ends: by a freeze until then").Miss("not known")
		s.Press("home", "tab", "end")
		if l := cursorLine(w); !strings.Contains(l, "▌ 01:10 invite-reminder") {
			t.Fatalf("the cursor is on another line: %q", l)
		}
		s.Press("enter").Until("workflow invite-reminder", time.Minute)
	})
}

func TestARefreshMovesTheCursorToNothingElse(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invoice-due": 3}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("invoice-due", time.Minute)
		for i := range 5 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "dana")
		}
		s.Until("invite-reminder", time.Minute).Wait(10 * time.Second)
		if l := cursorLine(w); !strings.Contains(l, "invoice-due") {
			t.Fatalf("the cursor went to another workflow by itself:\n%s", s.Text())
		}
	})
}

func TestWhatIsInHandAndDoneLast(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		if _, err := w.Session.SetActive("welcome", false, "ticket 1").Result(); err != nil {
			t.Fatal(err)
		}
		s := w.Stage
		s.Until("✓ freeze welcome", time.Minute).Until("frozen  welcome", time.Minute)
		for !strings.Contains(cursorLine(w), "✓ freeze welcome") {
			s.Press("down")
		}
		s.Press("enter").Until("Action", time.Minute).See("ticket 1")
	})
}

func TestColumnsAndNarrowWindows(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 12}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("frozen  old-newsletter", time.Minute).Until("invite-reminder", time.Minute)
		s.Press("home", "tab")
		if l := cursorLine(w); !strings.Contains(l, "▌ ‖ frozen") {
			t.Fatalf("tab did not go to the next column that has something:\n%s", s.Text())
		}
		s.Press("shift+tab")
		if l := cursorLine(w); !strings.Contains(l, "▌ invite-reminder") {
			t.Fatalf("shift+tab did not go back:\n%s", s.Text())
		}
		for _, size := range [][2]int{{60, 12}, {20, 5}, {200, 60}, {1, 1}} {
			s.Resize(size[0], size[1]).Press("down", "up", "tab").Wait(time.Second)
		}
		s.Resize(60, 12).Press("home").See("Pending", "invite-reminder").Press("end").See("Last actions")
		s.Press("home").Click(10, 4).Press("enter").Until("workflow invite-remi", time.Minute)
	})
}

func TestTitlesAndBannerAreReadWhole(t *testing.T) {
	fullscale.Unraced(t)
	o := opts
	o.Webhooks, o.Emulator = true, emulator.Options{Runaway: "invite-reminder"}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("RUNAWAY", 3*time.Minute)
		for _, width := range []int{60, 80, 99, 100, 120, 200} {
			s.Resize(width, 40).Wait(time.Second).See("Pending", "Deliveries", "In progress", "runs a minute", "since 00:0", "plans a sweep")
			if title := lineWith(w, "In progress"); strings.Contains(title, "http://") && width < 200 || strings.Contains(title, "…") {
				t.Errorf("at %d cells the titles are %q", width, title)
			}
		}
	})
}

func TestLostNetworkKeepsWhatWasShown(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 12}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("12 pending", time.Minute)
		w.Network.Cut()
		s.Until("as of", 10*time.Minute).See("invite-reminder", "Retrying.")
		w.Network.Mend()
		s.Until("12 pending", 5*time.Minute).Miss("as of")
	})
}

func TestWithoutAServiceToken(t *testing.T) {
	o := opts
	o.NoServiceToken = true
	world.Play(t, o, func(w *world.World) {
		w.Stage.Until("Frozen workflows are not known", time.Minute).See("Nothing in progress.", "no service token").Miss("1 frozen")
	})
}

// A token that is there is not blamed for what is missing.
func TestWithoutAnEnvironment(t *testing.T) {
	o := opts
	o.NoEnvironment = true
	world.Play(t, o, func(w *world.World) {
		w.Stage.Until("Frozen workflows are not known", time.Minute).See("which environment").Miss("service token")
	})
}

func TestTheBudgetIsLeftToTheOperator(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 1200}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("1,200 pending", 2*time.Minute).Wait(5 * time.Second)
		before := len(w.Sent("GET", "/v1/workflow_recipient_runs"))
		s.Wait(time.Minute)
		if n := len(w.Sent("GET", "/v1/workflow_recipient_runs")) - before; n > 120 {
			t.Fatalf("the pulse alone read %d times in a minute, of the 300 that there are", n)
		}
		if n := w.Knock.Stats().RateLimited; n > 0 {
			t.Fatalf("%d requests were refused for coming too fast", n)
		}
	})
}
