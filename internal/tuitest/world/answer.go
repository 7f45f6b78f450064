package world

import (
	"strings"
	"time"

	"github.com/knockops/knockops/internal/tuitest"
)

// Yes gives a confirm what it asks for, a reason and a word, and says yes to it.
func (w *World) Yes(reason string) *tuitest.Stage {
	w.t.Helper()
	s := w.Stage.Wait(time.Second).See("No, ") // past the time in which it takes no key
	if strings.Contains(s.Text(), "Reason   ") {
		s.Type(reason).Press("tab")
	}
	if _, word, asked := strings.Cut(s.Text(), "to continue: "); asked {
		word, _, _ = strings.Cut(word, "  ")
		s.Type(strings.TrimRight(word, " │")).Press("tab")
	}
	return s.Press("right", "enter")
}
