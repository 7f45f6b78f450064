package history_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
)

var opts = world.Options{Pages: pages, Start: history.Name}

func pages(s *ops.Session) []ui.Page {
	return append(append(history.Pages(s), runs.Pages(s)...), jsonpage.Pages()...)
}

// trigger sends a trigger through the session, so that it is journalled.
func trigger(t *testing.T, w *world.World, key, reason string, to ...string) {
	t.Helper()
	tr := client.Trigger{Workflow: "invite-reminder", CancellationKey: key, Data: []byte(`{"project":"Atlas"}`)}
	for _, id := range to {
		r, err := client.ParseRecipient(id)
		if err != nil {
			t.Fatal(err)
		}
		tr.Recipients = append(tr.Recipients, r)
	}
	if _, err := w.Session.Trigger(tr, reason).Result(); err != nil {
		t.Fatal(err)
	}
}

func TestEmptyHistorySaysWhatComesHere(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.See("No actions yet.").Press("enter").See("no action selected")
	})
}

func TestWhatIsDoneStandsHereWithItsReason(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		trigger(t, w, "invite-1", "ticket 8812", "dana", "rosa")
		s.Until("ticket 8812", 10*time.Second).See("✓ done", "trigger", "invite-reminder", "invite-1", "dana, rosa", "1 of 1")
		s.Press("enter").Until("Knock accepted it.", time.Minute).See("POST /v1/workflows/invite-reminder/trigger", `"project": "Atlas"`, "2 recipients", "Environment   development", "HTTP status   200", "ticket 8812")
		s.Press("J").Until(`"cancellation_key": "invite-1"`, time.Minute).Press("esc")
		s.Press("enter").Until("paused", time.Minute).See("key invite-1")
	})
}

func TestVerdictsOfACancelArriveInItsDetail(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		trigger(t, w, "invite-1", "", "dana", "rosa", "emeka")
		s.Wait(10 * time.Second)
		known, err := w.Session.Client.ListRuns(context.Background(), client.RunFilter{Workflow: "invite-reminder"}, client.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		var pending []*client.Run
		for i := range known.Items {
			pending = append(pending, &known.Items[i])
		}
		w.Session.Cancels.Start(cancel.PlanEveryone("invite-reminder", "invite-1", pending), "stop", nil)
		s.Until("EVERYONE", 10*time.Second).Press("home", "enter").Until("That is not proof", time.Minute)
		s.Until("3 confirmed", 2*time.Minute).See("EVERYONE under the key", "What became of the runs")
	})
}

func TestACancelOfSeveralKeysIsOneRowThatOpens(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		trigger(t, w, "invite-1", "", "dana", "rosa")
		trigger(t, w, "invite-2", "", "dana")
		s.Wait(10 * time.Second)
		known, err := w.Session.Client.ListRuns(context.Background(), client.RunFilter{Workflow: "invite-reminder"}, client.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		var chosen []*client.Run
		for i := range known.Items {
			chosen = append(chosen, &known.Items[i])
		}
		w.Session.Cancels.Start(cancel.PlanCancel(chosen, nil), "ticket 9", nil)
		s.Until("confirmed", time.Minute).See("2 keys", "3 confirmed", "dana +1")
		s.Press("home", "enter").Until("requests of act 3", time.Minute).See("1 of 2", "invite-1", "2 confirmed", "invite-2", "1 confirmed")
		s.Press("end", "enter").Until("every run reads cancelled", time.Minute).Press("esc", "esc").Until("2 keys", time.Minute)
	})
}

func TestARequestThatWasCutOffIsNotCalledDone(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		begun := journal.Action{Kind: journal.Cancel, Workflow: "invite-reminder", Key: "invite-9", Method: "POST", Path: "/v1/x"}
		id, err := w.Session.Journal.Begin(context.Background(), begun)
		if err != nil {
			t.Fatal(err)
		}
		s := w.Stage
		s.Until("… in progress", 10*time.Second)
		if err := w.Session.Journal.Finish(context.Background(), id, journal.Outcome{State: journal.Unknown, Text: journal.CutOff}); err != nil {
			t.Fatal(err)
		}
		s.Until("? unknown", time.Minute).Miss("done")
		s.Press("enter").Until("it may have reached Knock", time.Minute).See(journal.CutOff)
		s.See("To find out: knockops runs list --status all --workflow invite-reminder --key invite-9 --profile test")
	})
}

func TestARefusalIsShownWithItsRequestID(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		if _, err := w.Session.SetActive("no-such-workflow", false, "").Result(); err == nil {
			t.Fatal("an unknown workflow was frozen")
		}
		s.Until("! failed", 10*time.Second).See("404", "freeze").Press("enter").Until("Knock refused it", time.Minute).See("Request id")
	})
}

func TestFilterByKindWorkflowAndText(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		trigger(t, w, "invite-1", "ticket 1", "dana")
		trigger(t, w, "invite-2", "ticket 2", "rosa")
		if _, err := w.Session.SetActive("welcome", false, "noise").Result(); err != nil {
			t.Fatal(err)
		}
		s.Until("freeze", 10*time.Second)
		s.Press("/").Type("ticket 2").Press("enter").Until(`with "ticket 2"`, 10*time.Second).See("invite-2").Miss("invite-1", "freeze")
		s.Press("U").Until("invite-1", 10*time.Second)
		s.Press("f").See("Filter").Type("frezze").Press("enter").See("did you mean freeze?").Press("ctrl+u").Type("freeze").Press("enter").Until("1 of 1", 10*time.Second).See("noise").Miss("invite-1")
		s.Press("f", "tab").Type("invite-reminder").Press("enter").Until("Nothing freeze", 10*time.Second).See("U takes it away")
	})
}

func TestAllOfALongHistoryIsRead(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		for i := range 1203 {
			a := journal.Action{Kind: journal.Cancel, Workflow: "invite-reminder", Key: fmt.Sprint("key-", i), Recipients: []string{"a", "b", "c", "d", "e", "f", "g"}}
			if _, err := w.Session.Journal.Begin(context.Background(), a); err != nil {
				t.Fatal(err)
			}
		}
		s := w.Stage
		s.Press("r").Until("of 1,203", time.Minute).See("a +6").Press("end").See("1,203 of 1,203", "key-0 ")
	})
}

func TestTheReportIsWrittenToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "incident.md")
	world.Play(t, opts, func(w *world.World) {
		if _, err := w.Session.SetActive("welcome", false, "incident 42").Result(); err != nil {
			t.Fatal(err)
		}
		s := w.Stage.Until("freeze", 10*time.Second).Press("ctrl+s").See("Write the incident report").Press("ctrl+u").Type(path).Press("enter").Until("1 action written to", time.Minute)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "knockops workflows thaw welcome --profile test") {
			t.Fatalf("%v:\n%s", err, text)
		}
		s.Press("ctrl+s", "ctrl+u").Type(path).Press("enter").Until("already exists", time.Minute)
	})
}

func TestAReportIsACommand(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		w.Stage.Press("C").See("knockops history export --format md")
	})
}

func TestNarrowAndTallWindows(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		trigger(t, w, "invite-1", "ticket 8812", "dana")
		s.Until("trigger", 10*time.Second)
		for _, size := range [][2]int{{60, 12}, {20, 5}, {80, 24}, {200, 60}, {1, 1}} {
			s.Resize(size[0], size[1]).Press("f", "esc", "enter").Wait(time.Second).Press("down", "end", "esc")
		}
		s.Resize(60, 12).See("History", "trigger", "dana")
	})
}
