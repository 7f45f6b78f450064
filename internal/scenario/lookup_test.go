package scenario

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/world"
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

// Who went on to something else before the answer came stays there: their keys would be taken by a page that opens
// under them. Whoever left the page that asked hears nothing more.
func TestALateFindOpensNothing(t *testing.T) {
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
