package ui

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/kit/form"
)

// SavedView is a page with what it was narrowed to and how it was arranged, under a name.
type SavedView struct {
	Name string `json:"name"`
	Key  string `json:"key,omitempty"` // that opens it; "" for the palette alone
	Page string `json:"page"`
	With Params `json:"with,omitempty"`
}

// Arranged is a view whose rows can be ordered and its columns switched off: Arrangement says how that is, in params
// of its own, and Arrange brings it back. What it does not know it leaves.
type Arranged interface {
	Arrangement() Params
	Arrange(Params)
}

// place is how to open a frame again as it is.
func (f *frame) place() Params {
	with := Params{}
	if p, ok := f.view.(Placed); ok {
		maps.Copy(with, p.Place())
	}
	if p, ok := f.view.(Arranged); ok {
		maps.Copy(with, p.Arrangement())
	}
	maps.DeleteFunc(with, func(_, value string) bool { return value == "" })
	return with
}

type viewsMsg struct {
	views []SavedView
	says  tea.Cmd
}

// cannotKeep says why the page on top is no view to come back to.
func (a *App) cannotKeep() string {
	switch {
	case a.cfg.KeepViews == nil:
		return "views are not kept here"
	case a.top().page.Hidden:
		return "only a page that has a name can be saved, not what is open on it"
	}
	return ""
}

// keepView asks under which name the page on top is saved. A name that is taken is overwritten.
func (a *App) keepView() tea.Cmd {
	const name, key = "name", "key"
	f := a.top()
	v := SavedView{Page: f.page.Name, With: f.place()}
	about := f.page.Title
	if crumb := f.view.Crumb(); crumb != "" {
		about += " · " + crumb
	}
	take := func(entered *form.Form) (tea.Cmd, error) {
		if v.Name = strings.TrimSpace(entered.Value(name)); v.Name == "" {
			return nil, errors.New("the view needs a name")
		}
		v.Key = strings.TrimSpace(entered.Value(key))
		if err := a.cfg.Keys.Clash(v.action()); err != nil {
			return nil, err
		}
		views := slices.DeleteFunc(slices.Clone(a.views), func(o SavedView) bool { return o.Name == v.Name })
		opens := a.key(keymap.AppPalette) + " and its name opens it"
		if v.Key != "" {
			opens = v.Key + " opens it"
		}
		return changeViews(append(views, v), Toast(Good, "saved as %s: %s", v.Name, opens)), nil
	}
	return AskForm(a.theme, "Save this view", about+"  enter to save · esc to cancel", take,
		form.Text{ID: name, Label: "Name", Placeholder: "bounced today"}, form.Text{ID: key, Label: "Key", Placeholder: "none, or such as alt+b"})
}

func changeViews(views []SavedView, says tea.Cmd) tea.Cmd {
	return func() tea.Msg { return viewsMsg{views, says} }
}

// viewsChanged keeps them, outside of the program's loop.
func (a *App) viewsChanged(m viewsMsg) tea.Cmd {
	a.views = m.views
	a.bindViews()
	keep, views := a.cfg.KeepViews, slices.Clone(m.views)
	return tea.Batch(m.says, func() tea.Msg {
		keep(views)
		return nil
	})
}

// viewActions is what the ids of the actions begin with that open a saved view by its key.
const viewActions = "view."

// action opens the view from anywhere.
func (v SavedView) action() keymap.Action {
	a := keymap.Action{ID: viewActions + v.Name, Title: "Open the saved view " + termtext.Clean(v.Name), Scope: keymap.Global}
	if v.Key != "" {
		a.Keys = []string{v.Key}
	}
	return a
}

// bindViews gives the saved views their keys. One whose key means something else by now has none, and it is said.
func (a *App) bindViews() (problem string) {
	for _, action := range a.cfg.Keys.All() {
		if strings.HasPrefix(action.ID, viewActions) {
			a.cfg.Keys.Remove(action.ID)
			delete(a.bindings, action.ID)
		}
	}
	for _, v := range a.views {
		if _, taken := a.cfg.Keys.Get(v.action().ID); taken {
			continue // a file that somebody wrote into may name two alike
		}
		b := shellAction(v.action(), func(a *App) tea.Cmd { return a.open(v.Page, v.With) })
		if err := a.cfg.Keys.AddFree(b.Action); err != nil {
			problem = fmt.Sprintf("the saved view %s has no key for now: %s", v.Name, err)
		}
		a.bindings[b.ID] = b
	}
	return problem
}

func (a *App) noViews() string {
	if len(a.views) == 0 {
		return "no view is saved"
	}
	return ""
}

// dropView asks which view is forgotten.
func (a *App) dropView() tea.Cmd {
	var choices []Choice
	for i, v := range a.views {
		rest := slices.Delete(slices.Clone(a.views), i, i+1)
		choices = append(choices, Choice{Name: termtext.Clean(v.Name), Text: "of " + v.Page, Run: changeViews(rest, Toast(Info, "deleted the view %s", v.Name))})
	}
	return Show(NewPicker(a.theme, Picker{Title: "Delete a saved view", Empty: "No match. esc closes.", Choices: choices}))
}

// viewChoices are the saved views in the palette.
func (a *App) viewChoices() (choices []Choice) {
	for _, v := range a.views {
		if p, ok := a.pages[v.Page]; ok {
			choices = append(choices, Choice{Name: termtext.Clean(v.Name), ID: "view." + v.Name, Text: "Saved view of " + strings.ToLower(p.Title), Keys: v.Key, Run: Open(v.Page, v.With)})
		}
	}
	return choices
}
