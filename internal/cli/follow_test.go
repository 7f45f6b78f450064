package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// atWork runs a test with an app and a session on the emulator, in a bubble.
func atWork(t *testing.T, f func(t *testing.T, a *app, w *world.World, out, said *bytes.Buffer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var cleanups []func()
		w := world.Session(t, world.Options{}, func(f func()) { cleanups = append(cleanups, f) })
		defer func() {
			for i := len(cleanups) - 1; i >= 0; i-- {
				cleanups[i]()
			}
			time.Sleep(time.Hour)
		}()
		var out, said bytes.Buffer
		a := newApp(Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said})
		a.Format = ndjson
		f(t, a, w, &out, &said)
	})
}

func TestFollowEndsWithTheRuns(t *testing.T) {
	atWork(t, func(t *testing.T, a *app, w *world.World, out, said *bytes.Buffer) {
		since := w.Session.Client.ServerNow()
		done := w.Trigger("invite-reminder", "k", "", "user_1", "user_2")
		f := ops.Followed{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID, Since: since}
		for _, id := range []string{"user_1", "user_2"} {
			f.Recipients = append(f.Recipients, client.Recipient{Ref: client.Ref{ID: id}})
		}
		if err := a.follow(t.Context(), w.Session, triggered{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID}, f); err != nil {
			t.Fatal(err)
		}
		var result triggered
		if err := json.Unmarshal(out.Bytes(), &result); err != nil {
			t.Fatal(err)
		}
		if len(result.Runs) != 2 || result.Runs[0].Status != client.RunCompleted {
			t.Errorf("the result is %s", out)
		}
		for _, want := range []string{"user_1  delay_1  delay started", "user_1  paused", "user_2  email_1", "2 runs ended: 2 completed"} {
			if strings.Count(said.String(), want) != 1 {
				t.Errorf("%q is not said once in:\n%s", want, said)
			}
		}
	})
}

func TestFollowIsLeftWithAWayBack(t *testing.T) {
	atWork(t, func(t *testing.T, a *app, w *world.World, out, _ *bytes.Buffer) {
		done := w.Trigger("invite-reminder", "k", "", "user_1")
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		f := ops.Followed{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID, Since: time.Now(), Recipients: []client.Recipient{{Ref: client.Ref{ID: "user_1"}}}}
		err := a.follow(ctx, w.Session, triggered{Workflow: "invite-reminder"}, f)
		if exitCode(err) != exitPart || !strings.Contains(err.Error(), "1 paused") || !strings.Contains(err.Error(), "knockops runs get ") {
			t.Errorf("left with %v", err)
		}
		if !strings.Contains(out.String(), `"status":"paused"`) {
			t.Errorf("what was seen is not printed: %s", out)
		}
	})
}

func TestProgressIsDrawnInPlace(t *testing.T) {
	c, err := client.New(client.Options{APIKey: "sk_test"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	p := newProgress(&b, c)
	p.width = 30
	run := client.Run{ID: "r1", Status: client.RunPaused, Recipient: client.Ref{ID: "user_1\x1b[2J"}}
	run.Events = []client.RunEvent{{Event: "delay_started", StepRef: "delay_1", Data: map[string]any{"duration": strings.Repeat("long ", 20)}}}
	p.update(ops.Following{Runs: []client.Run{run}})
	first := b.String()
	for line := range strings.Lines(first) {
		if ansi.StringWidth(line) >= p.width {
			t.Errorf("%q is too wide", line)
		}
	}
	if !strings.HasPrefix(first, "paused      user_1␛[2J  ") || strings.Contains(first, "\x1b") {
		t.Errorf("drawn: %q", first)
	}
	b.Reset()
	run.Status = client.RunCompleted
	p.update(ops.Following{Runs: []client.Run{run}})
	if !strings.HasPrefix(b.String(), "\x1b[2A\x1b[Jcompleted ") {
		t.Errorf("drawn over: %q", b.String())
	}
}

func TestWatchTellsHowRunsLeave(t *testing.T) {
	atWork(t, func(t *testing.T, a *app, w *world.World, out, _ *bytes.Buffer) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		defer stop()
		time.AfterFunc(10*time.Second, func() { w.Trigger("invite-reminder", "k", "", "user_1") })
		time.AfterFunc(40*time.Second, func() {
			if _, err := w.Session.Client.Cancel(context.Background(), client.CancelEveryone("invite-reminder", "k")); err != nil {
				t.Error(err)
			}
		})
		err := a.watch(ctx, w.Session, ops.RunFilter{}, client.RunFilter{Workflow: "invite-reminder", Statuses: client.PendingStatuses})
		if err != context.DeadlineExceeded && !strings.Contains(err.Error(), "deadline") {
			t.Errorf("ended with %v", err)
		}
		var seen []string
		for line := range strings.Lines(out.String()) {
			var c change
			if err := json.Unmarshal([]byte(line), &c); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, c.Change+" "+string(c.Run.Status))
		}
		got := strings.Join(seen, ", ")
		if !strings.HasPrefix(got, "new ") || !strings.HasSuffix(got, "gone cancelled") {
			t.Errorf("it told: %s", got)
		}
	})
}

func TestCancelIsJudgedByWhatWasProven(t *testing.T) {
	atWork(t, func(t *testing.T, a *app, w *world.World, out, said *bytes.Buffer) {
		x := scope{workflow: "invite-reminder", keys: []string{"k", "late"}}
		var known []*client.Run
		for _, key := range []string{"late", "k"} { // by the time of the cancel the first has ended
			w.Trigger("invite-reminder", key, "", "user_"+key)
			runs, _, err := a.findPending(t.Context(), w.Session, x)
			if err != nil {
				t.Fatal(err)
			}
			known = append(known, runs...)
			if key == "late" {
				time.Sleep(time.Hour + time.Minute)
			}
		}
		err := a.carryOut(t.Context(), w.Session, x, x.plan(known), cancelFlags{wait: true})
		if exitCode(err) != exitPart || !strings.Contains(err.Error(), "1 confirmed, 1 finished first") {
			t.Errorf("ended with %v", err)
		}
		var result cancelled
		if err := json.Unmarshal(out.Bytes(), &result); err != nil {
			t.Fatal(err)
		}
		if len(result.Runs) != 2 || result.Requests != 2 {
			t.Errorf("the result is %s", out)
		}
		if !strings.Contains(said.String(), "user_late  finished first") {
			t.Errorf("said:\n%s", said)
		}
	})
}

func TestCancelGoesOnWithoutTheList(t *testing.T) {
	atWork(t, func(t *testing.T, a *app, w *world.World, _, said *bytes.Buffer) {
		chaos, err := emulator.ParseChaos("500=100%")
		if err != nil {
			t.Fatal(err)
		}
		w.Knock.SetChaos(chaos)
		x := scope{workflow: "invite-reminder", keys: []string{"k"}}
		known, complete, err := a.findPending(t.Context(), w.Session, x)
		if err != nil || complete || len(known) != 0 {
			t.Errorf("%d runs, complete %v, %v", len(known), complete, err)
		}
		if !strings.Contains(said.String(), "cannot be read now") {
			t.Errorf("said %q", said)
		}
	})
}
