package spinner

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/ui/theme"
)

func TestSpinner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		s.SetTheme(theme.New(theme.Options{ASCII: true}))
		view := func(want string) {
			t.Helper()
			if got := ansi.Strip(s.View()); got != want {
				t.Errorf("shows %q, want %q", got, want)
			}
		}
		view(" ")
		cmd := s.Start()
		if s.Start() != nil {
			t.Error("it was started twice")
		}
		view("|")
		began := time.Now()
		first := cmd()
		if got := time.Since(began); got != Interval {
			t.Errorf("the first frame stood for %v", got)
		}
		cmd = s.Update(first)
		view("/")
		s.Stop()
		view(" ")
		if s.Update(cmd()) != nil {
			t.Error("it turns on after it was stopped")
		}
		s.Start()
		if s.Update(first) != nil {
			t.Error("a tick of an earlier turn turns it")
		}
		view("|")
	})
}
