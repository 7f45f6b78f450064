package cancel

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/command"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func TestCancelIsJudgedByWhatWasProven(t *testing.T) {
	command.AtWork(t, func(t *testing.T, a *app.App, w *world.World, out, said *bytes.Buffer) {
		x := scope{workflow: "invite-reminder", keys: []string{"k", "late"}}
		var known []*client.Run
		for _, key := range []string{"late", "k"} { // by the time of the cancel the first has ended
			w.Trigger("invite-reminder", key, "", "user_"+key)
			runs, _, err := findPending(t.Context(), a, w.Session, x)
			if err != nil {
				t.Fatal(err)
			}
			known = append(known, runs...)
			if key == "late" {
				time.Sleep(time.Hour + time.Minute)
			}
		}
		err := carryOut(t.Context(), a, w.Session, x, x.plan(known), flags{wait: true})
		if exit.Of(err) != exit.CodePart || !strings.Contains(err.Error(), "1 confirmed, 1 finished first") {
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
	command.AtWork(t, func(t *testing.T, a *app.App, w *world.World, _, said *bytes.Buffer) {
		chaos, err := emulator.ParseChaos("500=100%")
		if err != nil {
			t.Fatal(err)
		}
		w.Knock.SetChaos(chaos)
		x := scope{workflow: "invite-reminder", keys: []string{"k"}}
		known, complete, err := findPending(t.Context(), a, w.Session, x)
		if err != nil || complete || len(known) != 0 {
			t.Errorf("%d runs, complete %v, %v", len(known), complete, err)
		}
		if !strings.Contains(said.String(), "cannot be read now") {
			t.Errorf("said %q", said)
		}
	})
}
