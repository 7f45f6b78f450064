package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
)

// Dialog is a frame on top of the page. Dialogs stack; only the top one gets keys.
type Dialog interface {
	// Update gets keys, pastes, wheel events and [Click]; done closes the dialog.
	Update(tea.Msg) (cmd tea.Cmd, done bool)
	// View draws the dialog, at most width by height cells.
	View(width, height int) string
}

// grace is how long a new dialog ignores keys, so that keys already in flight
// when it opened cannot answer it.
const grace = 250 * time.Millisecond

// guarded is a dialog that destroys something: it takes no key in its grace period.
type guarded interface{ Guarded() bool }

type shown struct {
	Dialog
	since time.Time
}

func (s shown) ignores(msg tea.Msg) bool {
	g, ok := s.Dialog.(guarded)
	if !ok || !g.Guarded() || time.Since(s.since) >= grace {
		return false
	}
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, Click:
		return true
	}
	return false
}

// Click is a press of the mouse's left button on a dialog.
type Click struct {
	// Line is the text of the dialog's line that was clicked, X the cell in it and Row its number, from 0.
	Line   string
	X, Row int
}

// On reports whether the click is on this text of its line.
func (c Click) On(word string) bool {
	before, _, found := strings.Cut(c.Line, word)
	x := termtext.Width(before)
	return found && word != "" && c.X >= x && c.X < x+termtext.Width(word)
}

// click translates a press of the mouse into the dialog's own lines. Presses
// beside the dialog are nobody's.
func (a *App) click(d Dialog, m tea.MouseClickMsg) (Click, bool) {
	view := a.draw(d)
	x, y := a.place(view)
	lines := strings.Split(ansi.Strip(view), "\n")
	if row := m.Y - y; m.Button == tea.MouseLeft && row >= 0 && row < len(lines) && m.X >= x {
		return Click{lines[row], m.X - x, row}, true
	}
	return Click{}, false
}
