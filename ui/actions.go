package ui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

type actionMsg struct{ id string }

// run carries out an action of the registry.
func run(action string) tea.Cmd {
	return func() tea.Msg { return actionMsg{action} }
}

// Register adds all actions to the registry: the shell's own, the lists' and every page's.
func Register(r *keymap.Registry, pages []Page) {
	for _, b := range bindings(pages) {
		r.Add(b.Action)
	}
	for _, p := range pages {
		r.Page(p.Name, append([]string{p.Name}, p.Scopes...)...)
	}
}

// opens is what the ids of the actions begin with that go to a page.
const opens = "open."

// openBinding goes to the page that is the nth in the palette.
func openBinding(p Page, n int) Binding {
	open := keymap.Action{ID: opens + p.Name, Title: "Go to " + p.Title, Scope: keymap.Global}
	if n < 10 {
		open.Keys = []string{strconv.Itoa(n)}
	}
	return shellAction(open, func(a *App) tea.Cmd { return a.goTo(p.Name) })
}

// key is an action's key for a hint. Where text is entered it is one that is no text.
func (a *App) key(of keymap.Action) string {
	action, ok := a.cfg.Keys.Get(of.ID)
	if top := a.focus(); ok && top != nil && top.view.Editing() {
		if keys := inText(action); len(keys) > 0 {
			return keys[0]
		}
	}
	if !ok || len(action.Keys) == 0 {
		palette, _ := a.cfg.Keys.Get(keymap.AppPalette.ID)
		return palette.Label() + " " + of.ID
	}
	return action.Label()
}
