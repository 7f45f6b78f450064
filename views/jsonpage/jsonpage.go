// Package jsonpage shows a JSON document: what Knock sent, whole, to fold,
// search, filter and copy from.
package jsonpage

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/jsonview"
	"github.com/knockops/knockops/views/internal/nav"
)

// Name of the page, and its params: what the document is, and its text.
const (
	Name  = nav.JSONPage
	Title = nav.Title
	JSON  = nav.JSONText
)

// Pages returns the page.
func Pages() []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "JSON", Hidden: true, Scopes: []string{keymap.List},
		Bindings: bindings(),
		Open: func(env ui.Env, p ui.Params) ui.View {
			v := &view{env: env, title: p[Title], source: p[JSON], json: jsonview.New()}
			v.json.SetTheme(env.Theme)
			return v
		},
	}}
}

func bindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "json.fold", Title: "Fold or unfold", Short: "fold", Keys: []string{"enter", "space"}}, func(v *view) tea.Cmd { return v.Move(tea.KeyPressMsg{Code: tea.KeyEnter}) }),
		ui.Bind(keymap.Action{ID: "json.find", Title: "Search", Short: "search", Keys: []string{"/"}}, func(v *view) tea.Cmd { return v.mine(v.json.StartSearch()) }),
		ui.Bind(keymap.Action{ID: "json.next", Title: "Next match", Keys: []string{"n"}}, func(v *view) tea.Cmd { v.json.Next(); return nil }),
		ui.Bind(keymap.Action{ID: "json.previous", Title: "Previous match", Keys: []string{"N"}}, func(v *view) tea.Cmd { v.json.Prev(); return nil }),
		ui.Bind(keymap.Action{ID: "json.filter", Title: "Filter by a jq expression", Short: "jq", Keys: []string{"f"}}, func(v *view) tea.Cmd { return v.mine(v.json.StartFilter()) }),
		ui.Bind(keymap.Action{ID: "json.copy", Title: "Copy the value", Short: "copy value", Keys: []string{"y"}}, func(v *view) tea.Cmd { return ui.Copy("the value", v.json.Value()) }),
		ui.Bind(keymap.Action{ID: "json.path", Title: "Copy the path", Short: "copy path", Keys: []string{"C"}}, func(v *view) tea.Cmd { return ui.Copy("the path", v.json.Path()) }),
		ui.Bind(keymap.Action{ID: "json.all", Title: "Copy the whole document", Keys: []string{"Y"}}, func(v *view) tea.Cmd { return ui.Copy("the document", v.source) }),
	}
}

type view struct {
	env           ui.Env
	title, source string
	json          *jsonview.Viewer
}

type inner struct{ tea.Msg }

// mine brings what the viewer asked for back to this view.
func (v *view) mine(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return v.env.Go(func(context.Context) tea.Msg { return inner{cmd()} })
}

func (v *view) Init() tea.Cmd { return v.mine(v.json.SetJSON([]byte(v.source))) }

func (v *view) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(inner); ok {
		msg = m.Msg
	}
	return v.mine(v.json.Update(msg))
}

func (v *view) View() string     { return v.json.View() }
func (v *view) SetSize(w, h int) { v.json.SetSize(w, h) }
func (v *view) Crumb() string    { return termtext.Clean(v.title) }
func (v *view) Note() string     { return termtext.Clean(v.json.Path()) }
func (v *view) Editing() bool    { return v.json.Editing() }

// Move implements [ui.Mover].
func (v *view) Move(key tea.KeyPressMsg) tea.Cmd { return v.mine(v.json.Update(key)) }
