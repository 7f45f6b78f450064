package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
)

// foundMsg brings what an id is of.
type foundMsg struct {
	id      string
	choices []Choice
}

// lookUpWithin is how long an id is looked for.
const lookUpWithin = 20 * time.Second

// asID is the palette's line that finds out what an id is of.
func (a *App) asID(id string) Choice {
	c := Choice{Name: termtext.Middle(id, 24), Text: "Find out what has this id: run, trigger, message, user, object, key, sweep"}
	if a.cfg.LookUp == nil {
		c.Why = "nothing can be looked up here"
		return c
	}
	c.Run = tea.Batch(Toast(Info, "looking up %s", termtext.Middle(id, 40)), func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), lookUpWithin)
		defer cancel()
		return foundMsg{id, a.cfg.LookUp(ctx, id)}
	})
	return c
}

// found goes to what was found, and asks which where there are several.
func (a *App) found(m foundMsg) tea.Cmd {
	switch len(m.choices) {
	case 0:
		return Toast(Warn, "nothing here has the id %s", termtext.Middle(m.id, 40))
	case 1:
		a.toast = nil
		return m.choices[0].Run
	}
	return Show(NewPicker(a.theme, Picker{Title: termtext.Middle(m.id, 40) + " is the id of several things", Empty: "No match. esc closes.", Choices: m.choices}))
}
