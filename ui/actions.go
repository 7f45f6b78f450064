package ui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

type actionMsg struct{ id string }

// Do carries out an action of the registry.
func Do(action string) tea.Cmd {
	return func() tea.Msg { return actionMsg{action} }
}

// Register adds the shell's own actions, the lists' and every page's to the registry.
func Register(r *keymap.Registry, pages []Page) {
	for _, a := range shell {
		r.Add(a.Action)
	}
	r.Add(keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.Home, keymap.End)
	for _, b := range slices.Concat(rows, details) {
		r.Add(b.Action)
	}
	n := 0
	for _, p := range pages {
		r.Add(p.Actions...)
		for _, b := range p.Bindings {
			r.Add(b.of(p))
		}
		if p.Dock != nil {
			registerDock(r, p)
		}
		if p.About != nil {
			r.Add(p.About.Action)
		}
		r.Page(p.Name, append([]string{p.Name}, p.Scopes...)...)
		if p.Hidden {
			continue
		}
		n++
		open := keymap.Action{ID: "open." + p.Name, Title: "Go to " + p.Title, Scope: keymap.Global}
		if n < 10 {
			open.Keys = []string{strconv.Itoa(n)}
		}
		r.Add(open)
	}
}

// key is an action's key for a hint. Where text is entered it is one that is no text.
func (a *App) key(id string) string {
	action, ok := a.cfg.Keys.Get(id)
	if top := a.focus(); ok && top != nil && top.view.Editing() {
		if keys := inText(action); len(keys) > 0 {
			return keys[0]
		}
	}
	if !ok || len(action.Keys) == 0 {
		return a.paletteKey() + " " + id
	}
	return action.Label()
}

func (a *App) paletteKey() string {
	action, _ := a.cfg.Keys.Get("app.palette")
	return action.Label()
}

// opens tells which page an action goes to.
func (a *App) opens(id string) (string, bool) {
	name, ok := strings.CutPrefix(id, "open.")
	return name, ok
}
