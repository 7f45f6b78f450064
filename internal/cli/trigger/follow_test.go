package trigger

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/command"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func TestFollowEndsWithTheRuns(t *testing.T) {
	fullscale.Unraced(t)
	command.AtWork(t, func(t *testing.T, a *app.App, w *world.World, out, said *bytes.Buffer) {
		since := w.Session.Client.ServerNow()
		done := w.Trigger("invite-reminder", "k", "", "user_1", "user_2")
		f := ops.Followed{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID, Since: since}
		for _, id := range []string{"user_1", "user_2"} {
			f.Recipients = append(f.Recipients, client.Recipient{Ref: client.Ref{ID: id}})
		}
		if err := follow(t.Context(), a, w.Session, triggered{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID}, f); err != nil {
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
	command.AtWork(t, func(t *testing.T, a *app.App, w *world.World, out, _ *bytes.Buffer) {
		done := w.Trigger("invite-reminder", "k", "", "user_1")
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		f := ops.Followed{Workflow: "invite-reminder", WorkflowRunID: done.WorkflowRunID, Since: time.Now(), Recipients: []client.Recipient{{Ref: client.Ref{ID: "user_1"}}}}
		err := follow(ctx, a, w.Session, triggered{Workflow: "invite-reminder"}, f)
		if exit.Of(err) != exit.CodePart || !strings.Contains(err.Error(), "1 paused") || !strings.Contains(err.Error(), "knockops runs get ") {
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
