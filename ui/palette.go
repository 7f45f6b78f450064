package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// palette finds any page and any action that applies here. A page's name may be
// followed by a word for what to show there: "runs welcome".
func (a *App) palette() Dialog {
	var choices []Choice
	for _, p := range a.cfg.Pages {
		if p.Hidden {
			continue
		}
		c := Choice{Name: p.Name, Text: p.Help, Run: run(opens + p.Name)}
		if action, ok := a.cfg.Keys.Get(opens + p.Name); ok {
			c.Keys = action.Label()
		}
		choices = append(choices, c)
	}
	choices = append(choices, a.viewChoices()...)
	choices = append(choices, a.choices(func(action keymap.Action) bool {
		return !strings.HasPrefix(action.ID, opens) && !strings.HasPrefix(action.ID, viewActions) && action.Scope != keymap.List && action.ID != keymap.AppPalette.ID
	})...)
	slices.SortStableFunc(choices, func(x, y Choice) int { return a.recency(x.Name) - a.recency(y.Name) })
	for i := range choices {
		choices[i].Run = tea.Sequence(a.remember(choices[i].Name), choices[i].Run)
	}
	p := Picker{Title: "Go to a page, run an action, or find an id", Empty: "No match. esc closes.", Choices: choices, Typed: a.typed}
	if a.cfg.LookUp != nil {
		p.Other = a.asID
	}
	return NewPicker(a.theme, p)
}

// typed understands "page word" and a page's full name.
func (a *App) typed(q string) tea.Cmd {
	name, arg, _ := strings.Cut(q, " ")
	p, ok := a.pages[name]
	if !ok || p.Hidden {
		return nil
	}
	if arg = strings.TrimSpace(arg); arg == "" {
		return run(opens + name)
	}
	if p.Arg == "" {
		return Toast(Warn, "%s takes no argument", name)
	}
	return Open(name, Params{p.Arg: arg})
}

// choices lists the actions that apply on the page shown, each with its keys and
// why it cannot be done.
func (a *App) choices(keep func(keymap.Action) bool) []Choice {
	var out []Choice
	for _, action := range a.cfg.Keys.On(a.focus().page.Name) {
		if keep(action) {
			out = append(out, Choice{Name: action.ID, Text: action.Title, Keys: strings.Join(action.Keys, " "), Why: a.disabled(action.ID), Run: run(action.ID)})
		}
	}
	return out
}

// help lists every key that works here; a line can be found by typing, and done by enter.
func (a *App) help() Dialog {
	return NewPicker(a.theme, Picker{
		Title:   "Keys on " + a.focus().page.Title + " · enter runs it",
		Empty:   "No match. esc closes.",
		Choices: a.choices(func(action keymap.Action) bool { return len(action.Keys) > 0 }),
	})
}

func (a *App) remember(name string) tea.Cmd {
	return func() tea.Msg { return chosenMsg{name} }
}

type chosenMsg struct{ name string }

func (a *App) chose(name string) {
	a.recent = slices.DeleteFunc(a.recent, func(s string) bool { return s == name })
	a.recent = slices.Insert(a.recent, 0, name)
	a.recent = a.recent[:min(len(a.recent), 8)]
}

func (a *App) recency(name string) int {
	if i := slices.Index(a.recent, name); i >= 0 {
		return i
	}
	return len(a.recent)
}
