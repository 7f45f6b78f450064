package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// Finder finds things by their ids. What it has not is nil.
type Finder struct {
	// LookUp finds out what has an id, wherever that takes.
	LookUp func(ctx context.Context, id string) []Choice
	// Known are things whose ids begin so, as far as they are in memory; it must answer at once.
	Known func(begin string) []Choice
}

// knownFrom is how much must be typed until things are offered whose ids begin so.
const knownFrom = 2

// known are the things that the palette has for what is typed: those that were opened, and those in memory.
func (a *App) known(begin string) []Choice {
	if len(begin) < knownFrom {
		return nil
	}
	var found []Choice
	for _, c := range a.been {
		if strings.HasPrefix(strings.ToLower(c.ID), strings.ToLower(begin)) {
			found = append(found, c)
		}
	}
	if a.cfg.Find.Known != nil {
		found = append(found, a.cfg.Find.Known(begin)...)
	}
	return found
}

// beenMost is how many of the things whose pages were opened are kept.
const beenMost = 50

// went keeps a thing whose page was opened, to go back to it by the palette.
func (a *App) went(page Page, params Params) {
	id := params[page.Arg]
	if !page.Hidden || id == "" {
		return
	}
	c := Choice{Name: termtext.Middle(id, 40), ID: id, Text: page.Title + ", opened before", Run: Open(page.Name, params)}
	a.been = slices.DeleteFunc(a.been, func(o Choice) bool { return o.ID == id && o.Text == c.Text })
	a.been = slices.Insert(a.been, 0, c)
	a.been = a.been[:min(len(a.been), beenMost)]
}

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
			return foundMsg{asked.id, id, a.cfg.Find.LookUp(ctx, id)}
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
