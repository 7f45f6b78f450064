package scenario

import (
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/app"
	tours "github.com/knockops/knockops/internal/tour"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/pulse"
)

// onTour plays a tour in a console on a stage's usual size.
func onTour(t *testing.T, name string, auto, light bool, story func(*tuitest.Stage)) {
	t.Helper()
	scenes, err := tours.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	o := world.Options{
		Pages: app.Pages, Start: pulse.Name, Webhooks: true, Stage: tuitest.Options{Width: 80, Height: 24, Light: light},
		Around: func(console tea.Model, inks theme.Options) tea.Model { return tours.New(console, inks, scenes, auto) },
	}
	world.Play(t, o, func(w *world.World) { story(w.Stage) })
}

func TestATourGoesOnAndBack(t *testing.T) {
	fullscale.Unraced(t)
	onTour(t, "identify-trigger-cancel", false, false, func(s *tuitest.Stage) {
		s.See("Identify, trigger, cancel.", "1/9", "space goes on").Wait(time.Minute).See("1/9")
		for scene := 2; scene <= 9; scene++ {
			s.Press("space").Until(string(rune('0'+scene))+"/9 · space", 5*time.Minute).Miss("did not come")
			if scene == 8 {
				s.See("succeeded", "confirmed: the run reads cancelled", "All steps passed")
			}
		}
		s.Press("backspace").See("as it was", "8/9").Press("backspace").See("as it was", "before prove", "7/9", "Next, prove: The run's own status is the proof.")
		s.Resize(120, 40).See("before prove").Resize(80, 24)
		s.Press("space", "space").Miss("as it was").See("9/9")
		s.Press("space").Until("That was the tour", time.Minute).See("trigger", "cancel").Press("space").Miss("That was the tour", "/9")
		if last := s.Lines()[23]; !strings.Contains(last, "? help") {
			t.Errorf("the console does not have the whole screen: %q", last)
		}
		s.Press("?").See("Keys")
	})
}

var clocks = regexp.MustCompile(`\d\d:\d\d:\d\d`)

// Every tour plays by itself to its end, and what it shows is the same every time.
func TestEveryTourPlaysByItself(t *testing.T) {
	fullscale.Only(t)
	all, err := tours.List()
	if err != nil {
		t.Fatal(err)
	}
	for i, about := range all {
		t.Run(about.Name, func(t *testing.T) {
			last := ""
			play := func(s *tuitest.Stage) {
				s.Until("That was the tour", 15*time.Minute).Miss("did not come").See("History")
				text := clocks.ReplaceAllString(s.Text(), "hh:mm:ss")
				if last != "" && text != last {
					t.Errorf("another time it ends with\n%s\nand before with\n%s", text, last)
				}
				last = text
			}
			onTour(t, about.Name, true, i%2 == 1, play)
			if i == 0 {
				onTour(t, about.Name, true, i%2 == 1, play)
			}
		})
	}
}

func TestTheToursSpeed(t *testing.T) {
	fullscale.Unraced(t)
	onTour(t, "schedule", true, false, func(s *tuitest.Stage) {
		s.Press("+", "+", "+").See("speed 4").Until("That was the tour", time.Minute).Press("-").See("speed 2")
	})
	if _, err := tours.Load("bonce"); err == nil || !strings.Contains(err.Error(), "did you mean bounce?") {
		t.Error(err)
	}
}
