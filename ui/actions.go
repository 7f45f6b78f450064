package ui

import (
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
	r.Add(
		keymap.Action{ID: "app.palette", Title: "Find a page or an action", Short: "palette", Scope: keymap.Global, Keys: []string{":", "ctrl+p"}, InText: true},
		keymap.Action{ID: "app.help", Title: "Show the keys that work here", Short: "help", Scope: keymap.Global, Keys: []string{"?", "f1"}, InText: true},
		keymap.Action{ID: "app.back", Title: "Go back", Scope: keymap.Global, Keys: []string{"esc", "backspace"}},
		keymap.Action{ID: "app.arm", Title: "Arm or disarm the protected profile", Scope: keymap.Global, Keys: []string{"A"}},
		keymap.Action{ID: "app.profile", Title: "Switch to another profile", Scope: keymap.Global, Keys: []string{"P"}},
		keymap.Action{ID: "app.redraw", Title: "Redraw the screen", Scope: keymap.Global, Keys: []string{"ctrl+l"}, InText: true},
		keymap.Action{ID: "app.suspend", Title: "Suspend to the shell", Scope: keymap.Global, Keys: []string{"ctrl+z"}},
		keymap.Action{ID: "app.quit", Title: "Quit", Scope: keymap.Global, Keys: []string{"q", "ctrl+c"}, InText: true},

		keymap.Action{ID: "list.up", Title: "Move up", Scope: keymap.List, Keys: []string{"up", "k"}},
		keymap.Action{ID: "list.down", Title: "Move down", Scope: keymap.List, Keys: []string{"down", "j"}},
		keymap.Action{ID: "list.pageup", Title: "Move up a page", Scope: keymap.List, Keys: []string{"pgup", "ctrl+b"}},
		keymap.Action{ID: "list.pagedown", Title: "Move down a page", Scope: keymap.List, Keys: []string{"pgdown", "ctrl+f"}},
		keymap.Action{ID: "list.home", Title: "Move to the first row", Scope: keymap.List, Keys: []string{"home", "g"}},
		keymap.Action{ID: "list.end", Title: "Move to the last row", Scope: keymap.List, Keys: []string{"end", "G"}},
	)
	n := 0
	for _, p := range pages {
		r.Add(p.Actions...)
		if p.Dock != nil {
			registerDock(r, p)
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

// ListKey is the key press that a list's action stands for, for a widget that
// moves by keys of its own.
func ListKey(action string) tea.Msg {
	codes := map[string]rune{
		"list.up": tea.KeyUp, "list.down": tea.KeyDown, "list.pageup": tea.KeyPgUp,
		"list.pagedown": tea.KeyPgDown, "list.home": tea.KeyHome, "list.end": tea.KeyEnd,
	}
	code, ok := codes[action]
	if !ok {
		return nil
	}
	return tea.KeyPressMsg{Code: code}
}
