package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// foundMsg brings what an id is of to the view that was on top when it was asked for.
type foundMsg struct {
	view    int
	id      string
	choices []Choice
}

// lookUpWithin is how long an id is looked for.
const lookUpWithin = 20 * time.Second

// asID is the palette's line that finds out what an id is of.
func (a *App) asID(id string) Choice {
	asked := a.top()
	return Choice{
		Name: termtext.Middle(id, 24), Text: "Find out what has this id: run, trigger, message, user, object, key, sweep",
		Run: tea.Batch(Toast(Info, "looking up %s", termtext.Middle(id, 40)), func() tea.Msg {
			ctx, cancel := context.WithTimeout(asked.ctx, lookUpWithin)
			defer cancel()
			return foundMsg{asked.id, id, a.cfg.LookUp(ctx, id)}
		}),
	}
}

// found goes to what was found, and asks which where there are several. Who went on to something else meanwhile is
// told, and stays there: a page that opens under their keys would take them for its own.
func (a *App) found(m foundMsg) tea.Cmd {
	top := a.top()
	switch {
	case top.id == m.view && len(a.dialogs) == 0 && !top.view.Editing() && !a.dock.focused:
	case len(m.choices) == 0 || !slices.ContainsFunc(a.stack, func(f *frame) bool { return f.id == m.view }):
		return nil
	default:
		return Toast(Info, "%s was found: %s takes you there", termtext.Middle(m.id, 40), a.key(keymap.AppPalette))
	}
	switch len(m.choices) {
	case 0:
		return Toast(Warn, "nothing here has the id %s", termtext.Middle(m.id, 40))
	case 1:
		a.toast = nil
		return m.choices[0].Run
	}
	return Show(NewPicker(a.theme, Picker{Title: termtext.Middle(m.id, 40) + " is the id of several things", Empty: "No match. esc closes.", Choices: m.choices}))
}
