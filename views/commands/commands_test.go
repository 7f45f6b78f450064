package commands_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/commands"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/runs"
)

// The test's own binary is the program that runs.
func TestMain(m *testing.M) {
	if os.Getenv("COMMANDS_TEST") == "" {
		os.Exit(m.Run())
	}
	for i := range 50 {
		fmt.Println("line", i)
	}
	fmt.Printf("\x1b[31m%s\n", strings.Join(os.Args[1:], "|"))
}

// A command runs on what is selected, once it was told what it asks for and was agreed to; what it prints is shown.
func TestACommandRunsOnTheRow(t *testing.T) {
	t.Setenv("COMMANDS_TEST", "run")
	note := config.Command{
		Name: "note", Key: "#", Page: runs.Name, Title: "Note the run", Run: []string{os.Args[0], "{input}", "{recipient}", "--key={cancellation_key}"},
		Prompt: "Ticket", Confirm: true,
	}
	tenant := config.Command{Name: "tenant", Key: "T", Page: runs.Name, Title: "Of its tenant", Run: []string{os.Args[0], "{tenant}"}}
	gone := config.Command{Name: "gone", Page: runs.Name, Title: "Nowhere", Run: []string{"no-such-program"}}
	pages := func(s *ops.Session) []ui.Page {
		all := append(append(runs.Pages(s), history.Pages(s)...), commands.Pages(s)...)
		for _, c := range []config.Command{note, tenant, gone} {
			all[0].Bindings = append(all[0].Bindings, commands.Bind(s, c, runs.Name, all[0].Fields))
		}
		return all
	}
	world.Play(t, world.Options{Pages: pages, Start: runs.Name}, func(w *world.World) {
		w.Trigger("invite-reminder", "a b; c", `{"id": "1", "project": "Atlas"}`, "dana")
		s := w.Stage
		s.Until("dana", time.Minute).See("# note").Press("T").See("not run: the tenant is empty")
		s.Press("?").Wait(time.Second).Type("note the").See("Note the run", "#").Press("esc")
		s.Press(":").Wait(time.Second).Type("nowhere").See("no-such-program was not found").Press("esc")
		s.Press("#").See("Note the run", "Ticket").Type("-x").Press("enter").See("the input begins with a hyphen")
		s.Press("backspace", "backspace").Type("OPS 12").Press("enter").Wait(time.Second)
		s.See("Note the run in development", "'OPS 12' dana '--key=a b; c'", "Reason").Press("tab", "right", "enter")
		s.Until("done after", time.Minute).See("OPS 12|dana|--key=a b; c", "line 49").Miss("\x1b[31m", "line 0")
		s.Press("home").See("line 0").Press("x").See("the command has ended").Press("y").See("copied 51 lines")
		s.Press("esc", "2").Until("RUN", time.Minute)
		all, err := w.Session.LastActions(context.Background(), 1)
		if err != nil || len(all) != 1 || all[0].Kind != "command" || all[0].State != ops.ActionDone {
			t.Errorf("the history has %+v, %v", all, err)
		}
	})
}

// While a profile is read-only a command says why it does not run.
func TestACommandOnAProtectedProfile(t *testing.T) {
	pages := func(s *ops.Session) []ui.Page {
		all := append(runs.Pages(s), commands.Pages(s)...)
		for key, c := range map[string]config.Command{"H": {}, "M": {Protected: true}, "Q": {ReadsOnly: true}, "T": {Protected: true, ReadsOnly: true}} {
			c.Name, c.Key, c.Title, c.Run = strings.ToLower(key), key, "Do it", []string{os.Args[0]}
			all[0].Bindings = append(all[0].Bindings, commands.Bind(s, c, runs.Name, ui.Fields{}))
		}
		return all
	}
	t.Setenv("COMMANDS_TEST", "run")
	world.Play(t, world.Options{Protected: true, Pages: pages, Start: runs.Name}, func(w *world.World) {
		s := w.Stage
		s.Press("H").See("is read-only").Press("M").See("is read-only").Press("Q").See("is protected").Press("T").Until("line 49", time.Minute)
		w.Session.Guard.Arm(time.Hour)
		s.Wait(2*time.Second).Press("esc", "H").See("is protected").Press("M").See("the profile's name", "Reason")
	})
}
