package scenario

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops/lookup"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/pulse"
)

// Whatever id a ticket holds, the palette finds out what it is and goes there.
func TestThePaletteTakesAnyID(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		s := w.Stage
		sent := w.Trigger("invite-reminder", "invite-77", "", "dana", "emeka")
		w.Trigger("welcome", "", "", "rosa")
		s.Wait(20 * time.Second)
		find := func(id string) { s.Press(":").Type(id).Press("enter") }
		find(sent.WorkflowRunID)
		s.Until("trigger "+sent.WorkflowRunID[:6], time.Minute).Until("emeka", time.Minute).See("Runs", "dana").Miss("rosa")
		s.Press(":").Type("dana").Press("pgdown", "enter")
		s.Until("dana@acme.test", time.Minute).See("User")
		find("projects/atlas")
		s.Until("SUBSCRIBERS", time.Minute).See("Object")
		find("invite-77")
		s.Until("key invite-77", time.Minute).See("Runs", "all")
		find("nobody-knows-this")
		s.Until("nothing here has the id nobody-knows-this", time.Minute)
		find("invite-reminder")
		s.Until("delay_1", time.Minute).See("Workflow")
	})
}

// What the console has seen is found by how it begins, other pages' actions by their titles, and ids come last.
func TestThePaletteFindsWhatIsKnown(t *testing.T) {
	o := console
	o.Start = pulse.Name
	world.Play(t, o, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-77", "", "dana", "projects/atlas")
		s := w.Stage.Until("invite-reminder", time.Minute).Wait(5 * time.Second)
		s.Press(":").See("Users", "2").Miss("app.quit", "Freeze the workflow: ").Type("invite-").See("cancellation key of invite-reminder", "workflow with 4 pending runs").Press("esc")
		s.Press(":").Type("proj").Press("enter").Until("SUBSCRIBERS", time.Minute).See("Object").Press("esc")
		s.Press(":").Type("dan").Press("enter").Until("dana@acme.test", time.Minute).See("User").Press("1")
		s.Press(":").Type("dan").See("User, opened before").Press("enter").Until("dana@acme.test", time.Minute)
		s.Press(":").Type("user jonas").Press("enter").Until("jonas@", time.Minute)
		s.Press(":").Type("thaw").See("on Workflows", "Z").Press("enter").Until("invite-reminder", time.Minute).See("Workflows", "Z does it here")
		s.Press(":").Type("run.cancel").See("on Run: open one first").Press("enter").See("Workflows", "open one first")
		s.Press("/").See("enter keeps it · esc clears it").Miss("z freeze").Press("esc").See("z freeze")
	})
}

// Who went on to something else before the answer came stays there: their keys would be taken by a page that opens
// under them. Whoever left the page that asked hears nothing more.
func TestALateFindOpensNothing(t *testing.T) {
	fullscale.Unraced(t)
	slow := console
	slow.Emulator.Latency = 3 * time.Second
	world.Play(t, slow, func(w *world.World) {
		s := w.Stage.Wait(time.Minute)
		ask := func() { s.Press(":").Type("dana").Press("pgdown", "enter").See("looking up dana") }
		ask()
		s.Press("/").Type("typed on").Until("dana was found: ctrl+p takes you there", time.Minute).See("typed on").Miss("dana@acme.test").Press("esc", "esc")
		ask()
		s.Press("?").Wait(time.Minute).Miss("dana@acme.test").Press("esc")
		ask()
		s.Press("2").Wait(time.Minute).See("Runs  ›  Users", "1 of 15")
	})
}

// One question takes seven requests at most, an id may be of several things, and a Knock that cannot be reached is
// one error.
func TestALookUp(t *testing.T) {
	still := console
	still.Start = history.Name // which asks Knock nothing by itself
	world.Play(t, still, func(w *world.World) {
		ctx := context.Background()
		sent := w.Trigger("invite-reminder", "shared", "", "dana")
		w.Trigger("audit-log", "shared", "", "dana")
		welcome := w.Trigger("welcome", "", "", "dana")
		w.Stage.Wait(time.Minute)
		most := 0
		for id, want := range map[string]string{
			sent.WorkflowRunID: "[trigger]", welcome.WorkflowRunID: "[trigger]", "dana": "[user]", "projects/atlas": "[object]", "welcome": "[workflow]",
			"shared": "[cancellation key cancellation key]", "nobody": "[]", "not/an/id": "[]", "7": "[]", " dana ": "[user]",
		} {
			before := len(w.Knock.Requests())
			things, err := lookup.Find(ctx, w.Session, id)
			most = max(most, len(w.Knock.Requests())-before)
			var kinds []lookup.Kind
			for _, thing := range things {
				kinds = append(kinds, thing.Kind)
			}
			if err != nil || fmt.Sprint(kinds) != want {
				t.Errorf("%q: %v, %v, want %s", id, kinds, err, want)
			}
		}
		if most != lookup.Requests {
			t.Errorf("the longest took %d requests, said are %d", most, lookup.Requests)
		}
		w.Network.Cut()
		things, err := lookup.Find(ctx, w.Session, "shared")
		if len(things) != 0 || err == nil || strings.Count(err.Error(), "\n") > 0 || !strings.Contains(err.Error(), "look-ups failed") {
			t.Errorf("without Knock: %v, %v", things, err)
		}
	})
}
