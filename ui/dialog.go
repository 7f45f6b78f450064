package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Dialog is a frame on top of the page. Dialogs stack; only the top one gets keys.
type Dialog interface {
	// Update gets keys, pastes and mouse events; done closes the dialog.
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
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg:
		return true
	}
	return false
}
