package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/views/pulse"
)

// One run is cancelled in five keys, from any page: go to the runs, ask, and answer.
func TestARunIsCancelledInFiveKeys(t *testing.T) {
	o := console
	o.Start = pulse.Name
	world.Play(t, o, func(w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "dana")
		s := w.Stage.Wait(20 * time.Second)
		s.Press("4").Until("invite-1", time.Minute).Wait(time.Second).Press("c").See("Cancel 1 run in development").Wait(time.Second)
		s.Press("tab", "right", "enter").Until("confirmed", time.Minute)
		w.SentTimes(1, "POST", "/cancel")
	})
}

// Every page that needs nothing to be opened is two keys away, and its name.
func TestAnyPageIsTwoKeysAway(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		n := 0
		for _, p := range console.Pages(w.Session) {
			if p.Hidden {
				continue
			}
			n++
			w.Stage.Press(":").Type(strings.ToLower(p.Title)).Press("enter")
			if title := strings.Split(w.Stage.Wait(time.Second).Text(), "\n")[1]; !strings.Contains(title, p.Title) {
				t.Errorf("%s is not opened by its name: %s", p.Title, title)
			}
			w.Stage.Press("esc", "esc")
		}
		if n < 10 {
			t.Errorf("%d pages", n)
		}
	})
}
