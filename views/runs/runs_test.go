package runs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
)

var opts = world.Options{Pages: pages, Start: runs.Name}

func pages(s *ops.Session) []ui.Page { return append(runs.Pages(s), jsonpage.Pages()...) }

// fast makes an hour pass in a minute.
var fast = emulator.Options{Speed: 60}

// cancel answers the confirm: past the reason, from No to Yes.
func cancel(w *world.World, key string) {
	w.Stage.Press(key).Wait(time.Second).Press("tab", "right", "enter")
}

func TestEmptyListSaysWhatHelps(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.Until("No pending runs.", time.Minute).See("f changes the filter", "pending")
		w.Stage.Press("c").See("no run selected")
		w.Keys.Override(map[string][]string{"rows.filter": {"f9"}}, nil)
		w.Stage.Press("down").See("f9 changes the filter")
	})
}

func TestPendingRunIsCancelledAndProven(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", `{"id":"1"}`, "user_1")
		s := w.Stage
		s.Until("invite-1", time.Minute).Until("paused", time.Minute).Wait(10 * time.Second)
		s.Press("c").Wait(time.Second).See("Cancel 1 run in development", "key invite-1", "user_1", "1 request.", "No, keep them")
		w.SentTimes(0, "POST", "/cancel")
		s.Type("ticket 8812").Press("tab", "right", "enter")
		s.Until("requested", 3*time.Second)
		w.SentTimes(1, "POST", "/v1/workflows/invite-reminder/cancel")
		if body := string(w.Sent("POST", "/cancel")[0].Body); !strings.Contains(body, `"recipients":["user_1"]`) {
			t.Fatalf("the cancel does not name its recipient: %s", body)
		}
		s.Until("confirmed", time.Minute).Until("cancel: 1 confirmed", time.Minute)
		s.Press("c").See("this run is over")
	})
}

func TestNoIsTheFirstAnswer(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("paused", time.Minute)
		s.Press("c").Wait(time.Second).Press("enter", "enter").Miss("No, keep them").Wait(time.Minute)
		s.Press("c").Wait(time.Second).Press("esc").Wait(time.Minute)
		s.Flurry("c", "tab", "right", "enter").Wait(time.Second).Press("esc").Wait(time.Minute)
		w.SentTimes(0, "POST", "/cancel")
	})
}

func TestYoungRunWaitsUntilItIsFiveSecondsOld(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("paused", 3*time.Second)
		cancel(w, "c")
		s.See("waiting")
		w.SentTimes(0, "POST", "/cancel")
		s.Until("requested", 10*time.Second)
		w.SentTimes(1, "POST", "/cancel")
		s.Until("confirmed", time.Minute)
	})
}

func TestMarkedRunsShareOneRequestAndTheRestStays(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-7", "", "user_1", "user_2", "user_3", "user_4", "user_5")
		s := w.Stage
		s.Until("paused", time.Minute).Wait(10 * time.Second).Press("home")
		s.Press("space", "space").See("2 marked")
		s.Press("c").Wait(time.Second).See("Cancel 2 runs", "1 request. 3 other pending runs under this key stay as they are.")
		s.Press("tab", "right", "enter").Until("cancel: 2 confirmed", time.Minute).Miss("2 marked")
		w.SentTimes(1, "POST", "/cancel")
		if n := strings.Count(s.Text(), "paused"); n != 3 {
			t.Fatalf("%d runs are still paused, want 3:\n%s", n, s.Text())
		}
	})
}

func TestACancelOverSeveralWorkflowsMeansAllOfThem(t *testing.T) {
	o := opts
	o.Stage.Height = 20
	world.Play(t, o, func(w *world.World) {
		for i := range 13 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "user_1")
			w.Trigger("comment-created", fmt.Sprint("comment-", i), `{}`, "user_1")
		}
		s := w.Stage
		s.Until("paused", time.Minute).Wait(10 * time.Second).Press("ctrl+a").See("26 marked")
		totals := []string{"invite-reminder   13 runs", "comment-created   13 runs"}
		s.Press("c").Wait(time.Second).See(totals...).See("Cancel 26 runs in development", "Type the number of runs to continue: 26")
		first := s.Text()
		s.Press("pgdown").See(totals...)
		if s.Text() == first || strings.Contains(s.Text(), "lines 2 to") {
			t.Errorf("pgdown does not scroll by a page:\n%s", s.Text())
		}
		s.Press("esc", "c")
		w.Yes("ticket 5").Until("cancel: 26 confirmed", 2*time.Minute)
	})
}

func TestEveryoneUnderAKeyIsAnActOfItsOwn(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-7", "", "user_1", "user_2", "user_3")
		s := w.Stage
		s.Until("paused", time.Minute).Wait(10 * time.Second)
		s.Press("K").Wait(time.Second).See("Cancel EVERYONE under invite-7", "names no recipient", "3 pending runs known", "Type the workflow's key")
		s.Press("tab").Type("invite").Press("tab", "tab", "enter").See("exactly")
		w.SentTimes(0, "POST", "/cancel")
		s.Type("-reminder").Press("tab", "tab", "enter").Until("cancel: 3 confirmed", time.Minute)
		w.SentTimes(1, "POST", "/cancel")
		if body := string(w.Sent("POST", "/cancel")[0].Body); strings.Contains(body, "recipients") {
			t.Fatalf("a cancel of everyone names recipients: %s", body)
		}
	})
}

func TestRunWithoutAKeySaysWhyAndWhatElse(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "", "", "user_1")
		s := w.Stage
		s.Until("no key", time.Minute).Press("c").See("its trigger had no cancellation key", "freezing the workflow")
		s.Press("K").See("no cancellation key")
		w.SentTimes(0, "POST", "/cancel")
	})
}

func TestRunThatCompletesFirstIsNotCalledCancelled(t *testing.T) {
	o := opts
	o.Emulator = fast
	world.Play(t, o, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("paused", time.Minute).Wait(40 * time.Second)
		s.Press("c").Wait(time.Second).See("Cancel 1 run").Wait(30 * time.Second) // the answer takes too long
		s.Press("tab", "right", "enter").Until("finished first", time.Minute).Miss("confirmed")
	})
}

func TestConfirmActsOnWhatItShowed(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("invite-1", time.Minute).Wait(10 * time.Second)
		s.Press("c").Wait(time.Second).See("key invite-1")
		for i := range 5 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-later-", i), "", "user_2")
		}
		s.Wait(20*time.Second).Press("tab", "right", "enter").Until("cancel: 1 confirmed", time.Minute)
		w.SentTimes(1, "POST", "/cancel")
		if body := string(w.Sent("POST", "/cancel")[0].Body); !strings.Contains(body, `"invite-1"`) {
			t.Fatalf("something else was cancelled: %s", body)
		}
	})
}

func TestCursorStaysOnItsRunWhileOthersArrive(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-mine", "", "user_1")
		s := w.Stage
		s.Until("invite-mine", time.Minute)
		for i := range 12 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "user_2")
			s.Wait(3 * time.Second)
		}
		for _, line := range s.Lines() {
			if strings.Contains(line, "▌") && !strings.Contains(line, "invite-mine") {
				t.Fatalf("the cursor moved to another run:\n%s", s.Text())
			}
		}
		s.Press("enter").Until("delay started", time.Minute).See("invite-mine")
	})
}

func TestFilterByKeyAndRecipient(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		w.Trigger("invite-reminder", "other-2", "", "user_2")
		s := w.Stage
		s.Until("other-2", time.Minute)
		s.Press("f").See("Filter").Press("tab", "tab").Type("user_2").Press("enter")
		s.Until("to user_2", time.Minute).Wait(5 * time.Second).See("other-2").Miss("invite-1")
		s.Press("f", "ctrl+u").Type("nonsense").Press("enter").See("is not a status").Press("esc").See("other-2")
	})
}

func TestFindNarrowsAsItIsTyped(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		w.Trigger("invite-reminder", "other-2", "", "user_2")
		s := w.Stage
		s.Until("other-2", time.Minute).Press("/").Type("INVITE-1").See("invite-1").Miss("other-2")
		s.Type("zzz").See("None of 2 runs has").Press("esc").See("other-2")
	})
}

func TestLostNetworkKeepsWhatWasShownAndRecovers(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("invite-1", time.Minute)
		w.Network.Cut()
		s.Wait(3*time.Minute).See("invite-1", "as of")
		w.Network.Mend()
		w.Trigger("invite-reminder", "invite-2", "", "user_2")
		s.Until("invite-2", 2*time.Minute).Miss("as of")
	})
}

func TestNoNetworkFromTheStartExplains(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.Until("No pending runs", time.Minute)
		w.Network.Cut()
		w.Stage.Press("f", "ctrl+u").Type("all").Press("enter").Until("Retrying", 5*time.Minute)
		w.Network.Mend()
		w.Stage.Until("No runs", 2*time.Minute)
	})
}

func TestDetailTellsTheRunStepByStep(t *testing.T) {
	o := opts
	o.Emulator = fast
	world.Play(t, o, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", `{"id":"1"}`, "user_1")
		s := w.Stage
		s.Until("paused", time.Minute).Press("enter").Until("delay started · duration 1 hour", time.Minute)
		s.See("invite-reminder · user_1", "key invite-1", "until")
		s.Until("completed", 2*time.Minute).See("email_1")
		s.Press("c").See("this run is over").Press("J").Until(`"run": {`, time.Minute).Press("esc", "esc").See("Runs")
	})
}

// What a batch gathered is asked for once, however often its run is read.
func TestDetailTellsWhatABatchGathered(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		for _, key := range []string{"first", "second"} {
			w.Trigger("comment-created", key, `{"page_id":"p1"}`, "dana")
			s.Wait(2 * time.Second)
		}
		s.Until("second", time.Minute).Press("down").Press("enter").Until("batch opened", time.Minute).Miss("batch of")
		s.Until("batch of 2 activities", 10*time.Minute).Wait(time.Minute)
		if n := len(w.Sent("GET", "/activities")); n == 0 || n > 2 {
			t.Errorf("the activities were read %d times", n)
		}
	})
}

func TestReadingStaysWithinTheBudget(t *testing.T) {
	o := opts
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 1200}}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Until("of 1,200", 2*time.Minute).Wait(30 * time.Second)
		if n := w.Knock.Stats().RateLimited; n > 0 {
			t.Fatalf("%d requests were refused for coming too fast", n)
		}
	})
}

// Pages that lie below another one leave the few reads of runs to what is seen,
// and reading one anew does not make it read more often.
func TestPagesOutOfSightDoNotRead(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		reads := func() int { return len(w.Sent("GET", "")) }
		s.Until("invite-1", time.Minute).Press("enter").Until("delay_1", time.Minute).Press("r", "r", "r").Wait(10 * time.Second)
		before := reads()
		s.Wait(10 * time.Second)
		if n := reads() - before; n > 21 { // the run and its messages, once a second
			t.Errorf("%d reads in 10 s by one run's page", n)
		}
		s.Press("J").Until(`"run": {`, time.Minute).Wait(5 * time.Second)
		before = reads()
		if s.Wait(time.Minute); reads() != before {
			t.Errorf("%d reads in a minute by pages out of sight", reads()-before)
		}
		w.Trigger("invite-reminder", "invite-2", "", "user_1")
		s.Press("esc").See("delay_1").Press("esc").See("invite-1").Until("invite-2", 10*time.Second)
	})
}

func TestNarrowAndTallWindows(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		s := w.Stage
		s.Until("invite-1", time.Minute)
		for _, size := range [][2]int{{20, 5}, {60, 12}, {80, 24}, {200, 60}, {1, 1}, {120, 3}} {
			s.Resize(size[0], size[1]).Press("down", "f", "esc", "c").Wait(time.Second).Press("esc")
		}
		s.Resize(80, 24).See("invite-1", "paused")
	})
}

func TestReadOnlyProfileSendsNothing(t *testing.T) {
	o := opts
	o.Protected = true
	o.Emulator = emulator.Options{Backlog: map[string]int{"invite-reminder": 3}}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("paused", time.Minute).See("READ-ONLY")
		for _, key := range []string{"c", "K"} {
			s.Press(key).See("test is read-only").Miss("No, keep them")
		}
		w.SentTimes(0, "POST", "")
	})
}

func TestTheConfirmIsReadWholeAndSaysWhereTheRunWaits(t *testing.T) {
	const key = "6c1e0000-1111-4222-8333-444455559f02"
	for _, size := range [][2]int{{120, 40}, {60, 24}} {
		world.Play(t, opts, func(w *world.World) {
			w.Trigger("invite-reminder", key, "", "a-user-with-an-id-that-is-rather-long")
			s := w.Stage.Resize(size[0], size[1])
			s.Until("paused", time.Minute).Wait(10*time.Second).Press("enter").Until("delay_1", time.Minute)
			s.Press("c").Wait(time.Second).See("Cancel 1 run", key, "a-user-with-an-id-that-is-rather-long", "Paused in delay_1", "until")
			s.Press("esc").Press("K").Wait(time.Second).See(key, "Paused in delay_1")
		})
	}
}

func TestARunTellsItsStepsToCome(t *testing.T) {
	for _, known := range []bool{true, false} {
		o := opts
		o.NoServiceToken, o.Emulator = !known, fast
		world.Play(t, o, func(w *world.World) {
			w.Trigger("invite-reminder", "k-1", "", "user_1", "user_2")
			s := w.Stage
			s.Until("paused", time.Minute).Press("enter").Until("delay_1", time.Minute).Wait(3 * time.Second)
			if got := strings.Contains(s.Text(), "waits"); got != known {
				t.Fatalf("with a service token: %v\n%s", known, s.Text())
			}
			if !known {
				return
			}
			s.See("email_1").Press("esc", "down", "enter").Until("waits", time.Minute)
			w.SentTimes(1, "GET", "/v1/workflows/invite-reminder")
			s.Wait(2 * time.Minute).Miss("waits")
		})
	}
}
