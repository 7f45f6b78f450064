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
