package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/views/pulse"
)

// mostPresses is how many keys a runaway takes, from the first screen until it is frozen and swept,
// besides the reason and the workflow's key that are typed.
const mostPresses = 10

func TestARunawayIsStoppedInTenKeys(t *testing.T) {
	fullscale.Unraced(t)
	for _, c := range []struct {
		name      string
		protected bool
	}{{"plain", false}, {"protected and read-only", true}} {
		t.Run(c.name, func(t *testing.T) {
			o := console
			o.Start, o.Protected = pulse.Name, c.protected
			o.Emulator = emulator.Options{Runaway: "invite-reminder", RunawayRate: 20}
			world.Play(t, o, func(w *world.World) {
				s := w.Stage.Until("RUNAWAY  invite-reminder", 3*time.Minute)
				presses := 0
				press := func(keys ...string) {
					presses += len(keys)
					s.Press(keys...)
				}
				press("z")
				s.Wait(time.Second).See("Freeze and sweep invite-reminder in development", "cancel at least")
				s.Type("incident 42")
				press("tab")
				s.Type("invite-reminder")
				press("tab", "right", "enter")
				s.Until("esc leaves this page", time.Minute).Wait(2 * time.Second)
				if changes := w.Changes(); len(changes) == 0 || !strings.Contains(changes[0].Path, "/workflows/invite-reminder/activate") {
					t.Fatalf("the first thing sent is no freeze: %.3v\n%s", changes, s.Text())
				}
				s.Until("unconfirmed 0", 10*time.Minute)
				press("esc")
				s.Until("frozen  invite-reminder", time.Minute).See("sweep invite-re").Miss("cancel invite-re").Until("Nothing is pending.", 10*time.Minute)
				if presses > mostPresses {
					t.Errorf("it took %d presses, at most %d were meant", presses, mostPresses)
				}
				if len(w.Accepted) != 1 {
					t.Errorf("it asked %d times", len(w.Accepted))
				}
			})
		})
	}
}
