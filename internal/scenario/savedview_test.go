package scenario

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A view is saved under a name with its filter, its columns and its order, found by that name, and deleted.
func TestAViewIsSavedAndOpened(t *testing.T) {
	fullscale.Unraced(t)
	world.Play(t, console, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "dana")
		w.Trigger("audit-log", "log-1", "", "rosa")
		s := w.Stage.Wait(10 * time.Second)
		palette := func(text string) { s.Press(":").Wait(time.Second).Type(text).Wait(time.Second).Press("enter") }
		palette("runs invite-reminder")
		s.Until("invite-1", time.Minute).Miss("log-1").See("SOURCE")
		s.Press("|").Type("source").Press("enter", "esc").Miss("SOURCE").Press(">").Press(">")
		palette("save this view")
		s.See("Save this view", "Runs · pending · workflow invite-reminder").Press("enter").See("the view needs a name").Type("my invites")
		s.Press("tab").Type("c").Press("enter").See(`key "c" means both`, "view.my invites").Press("backspace").Type("0").Press("enter").See("saved as my invites: 0 opens it")
		palette("history")
		s.Miss("invite-1  ")
		s.Press("?").Wait(time.Second).Type("my invites").See("Open the saved view my invites").Press("esc")
		s.Press("0").Until("invite-1", time.Minute).See("workflow invite-reminder").Miss("SOURCE").Press("esc").Miss("invite-1  ")
		palette("my inv")
		s.Until("invite-1", time.Minute).See("workflow invite-reminder", "RECIPIENT").Miss("SOURCE", "log-1")
		s.Press("enter").Until("delay_1", time.Minute)
		palette("save this view")
		s.See("only a page that has a name can be saved").Press("esc")
		palette("delete a saved view")
		s.See("my invites").Press("enter").See("deleted the view my invites")
		s.Press(":").Wait(time.Second).Type("my inv").Miss("Saved view of").Press("esc").Press("0").See("0 does nothing here")
	})
}
