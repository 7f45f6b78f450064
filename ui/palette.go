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
		c := Choice{Name: p.Title, ID: p.Name, Text: p.Help, Run: run(opens + p.Name)}
		if action, ok := a.cfg.Keys.Get(opens + p.Name); ok {
			c.Keys = action.Label()
		}
		choices = append(choices, c)
	}
	choices = append(choices, a.viewChoices()...)
	choices = append(choices, a.choices(func(action keymap.Action) bool {
		return !strings.HasPrefix(action.ID, opens) && !strings.HasPrefix(action.ID, viewActions) && action.Scope != keymap.List && action.ID != keymap.AppPalette.ID
	})...)
	choices = append(choices, a.elsewhere()...)
	slices.SortStableFunc(choices, func(x, y Choice) int { return a.recency(x.ID) - a.recency(y.ID) })
	for i := range choices {
		choices[i].Run = tea.Sequence(a.remember(choices[i].ID), choices[i].Run)
	}
	p := Picker{Title: "Go to a page, run an action, or find an id", Empty: "No match. esc closes.", Choices: choices, Typed: a.typed, Known: a.known}
	if a.cfg.Find.LookUp != nil {
		p.Other = a.asID
	}
	return NewPicker(a.theme, p)
}

// elsewhere are the actions of other pages, for who looks for one by its name: it goes to the page, and says
// which key does it there.
func (a *App) elsewhere() (choices []Choice) {
	for _, p := range a.cfg.Pages {
		if p.Name == a.focus().page.Name {
			continue
		}
		for _, b := range p.Bindings {
			action, ok := a.cfg.Keys.Get(b.ID)
			if !ok || action.Scope != p.Name {
				continue
			}
			c := Choice{Name: action.Title, ID: action.ID, Text: "on " + p.Title, Keys: action.Label(), Searched: true}
			if c.Run = tea.Sequence(run(opens+p.Name), Toast(Info, "%s: %s does it here", action.Title, a.key(action))); p.Hidden {
				c.Why = "on " + p.Title + ": open one first"
			}
			choices = append(choices, c)
		}
	}
	return choices
}

// typed understands "page word" and a page's full name.
func (a *App) typed(q string) tea.Cmd {
	name, arg, _ := strings.Cut(q, " ")
	p, ok := a.pages[name]
	arg = strings.TrimSpace(arg)
	if !ok || p.Hidden && (p.Arg == "" || arg == "") {
		return nil
	}
	if arg == "" {
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
			out = append(out, Choice{Name: action.Title, ID: action.ID, Keys: strings.Join(action.Keys, " "), Why: a.disabled(action.ID), Run: run(action.ID)})
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

func (a *App) remember(id string) tea.Cmd {
	return func() tea.Msg { return chosenMsg{id} }
}

type chosenMsg struct{ id string }

func (a *App) chose(id string) {
	a.recent = slices.DeleteFunc(a.recent, func(s string) bool { return s == id })
	a.recent = slices.Insert(a.recent, 0, id)
	a.recent = a.recent[:min(len(a.recent), 8)]
}

func (a *App) recency(id string) int {
	if i := slices.Index(a.recent, id); i >= 0 {
		return i
	}
	return len(a.recent)
}
