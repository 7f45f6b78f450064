package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// In accessible mode every page is one column of text, however wide the window: no frames, rules, plots or
// sparklines, and nothing beside something else.
func TestAccessiblePagesAreLinear(t *testing.T) {
	fullscale.Unraced(t)
	o := console
	o.Stage = tuitest.Options{Width: 150, Height: 40}
	o.Accessible, o.Preview, o.Webhooks, o.Start = true, true, true, "pulse"
	o.Emulator = emulator.Options{Seed: 7, Lively: true}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage.Wait(20 * time.Second)
		look := func(where string) {
			t.Helper()
			if i := strings.IndexAny(s.Text(), "│─╭╮╰╯━┃▁▂▃▄▅▆▇█░▒▓"); i >= 0 {
				t.Errorf("%s draws %q:\n%s", where, []rune(s.Text()[i:])[0], s.Text())
			}
		}
		for _, p := range app.Pages(w.Session) {
			if p.Hidden {
				continue
			}
			s.Press("ctrl+p").Type(p.Name).Press("enter").Wait(time.Second)
			look(p.Name)
		}
		s.Press("f6").Wait(time.Second)
		look("the pane")
		s.Press("f6", "ctrl+p").Wait(time.Second)
		look("a dialog")
		s.Type("pulse").Press("enter").Wait(time.Second)
		if i, j := lineOf(s, "Pending"), lineOf(s, "Deliveries"); i < 0 || j <= i {
			t.Errorf("the sections of pulse stand beside each other:\n%s", s.Text())
		}
		s.Press("ctrl+p").Wait(time.Second).Type("compose").Press("enter").Wait(time.Second)
		if strings.Contains(s.Text(), "recipients\":") {
			t.Errorf("the request stands beside the form:\n%s", s.Text())
		}
		s.Press("ctrl+p").Wait(time.Second).Type("events").Press("enter").Wait(time.Second).Press("enter").Wait(time.Second)
		if i, j := lineOf(s, "received "), lineOf(s, "created "); i < 0 || j <= i {
			t.Errorf("the facts of an event stand beside each other:\n%s", s.Text())
		}
	})
}

// lineOf is the first line with a text in it.
func lineOf(s *tuitest.Stage, text string) int {
	for i, line := range s.Lines() {
		if strings.Contains(line, text) {
			return i
		}
	}
	return -1
}
