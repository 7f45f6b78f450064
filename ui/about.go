package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// About is how a page tells about what is selected on any other page, by one action that works everywhere.
type About struct {
	// Action is global and opens the page.
	Action keymap.Action
	// Params are the page's for a subject, nil for one that it tells nothing of.
	Params func(Subject) Params
	// Nothing says why the action cannot be done where nothing fitting is selected.
	Nothing string
}

// aboutBinding opens a page about what is selected.
func aboutBinding(p Page) Binding {
	params := func(a *App) Params {
		var s Subject
		if pointed, ok := a.focus().view.(Pointed); ok {
			s = pointed.Subject()
		}
		return p.About.Params(s)
	}
	return shellAction(p.About.Action,
		func(a *App) tea.Cmd { return a.open(p.Name, params(a)) },
		When(func(a *App) bool { return params(a) == nil }, p.About.Nothing))
}
