package world

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// frames holds every frame of the program against what no frame may do: leave
// its window, or hand the terminal anything but text in attributes.
type frames struct {
	tea.Model
	last          string // the frame before
	t             *testing.T
	width, height int
	bad           bool
	updates       atomic.Int64
}

func (f *frames) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	f.updates.Add(1)
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		f.width, f.height = size.Width, size.Height
	}
	_, cmd := f.Model.Update(msg)
	return f, cmd
}

func (f *frames) View() tea.View {
	v := f.Model.View()
	if v.Content == f.last || f.bad {
		return v
	}
	f.last = v.Content
	if why := f.fault(v); why != "" {
		f.bad = true // one is enough to read
		f.t.Errorf("at %d×%d %s:\n%s", f.width, f.height, why, ansi.Strip(v.Content))
	}
	return v
}

// Frame is the frame that was drawn last, without its attributes: what the
// program wrote, not what a terminal made of it.
func (w *World) Frame() string {
	w.Stage.Idle()
	return ansi.Strip(w.frames.last)
}

var (
	attributes = regexp.MustCompile(`\x1b\[[0-9;:]*m`)
	control    = regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)
)

func (f *frames) fault(v tea.View) string {
	lines := strings.Split(v.Content, "\n")
	if f.width > 0 && len(lines) > f.height {
		return "a frame has more lines than the window"
	}
	for _, l := range lines {
		if f.width > 0 && ansi.StringWidth(l) > f.width {
			return "a line is wider than the window: " + ansi.Strip(l)
		}
	}
	if found := control.FindString(attributes.ReplaceAllString(v.Content, "")); found != "" {
		return fmt.Sprintf("%q reaches the terminal", found)
	}
	if control.MatchString(v.WindowTitle) {
		return "a control character is in the window's title"
	}
	return ""
}
