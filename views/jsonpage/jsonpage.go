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
		Actions: []keymap.Action{
			{ID: "json.fold", Title: "Fold or unfold", Short: "fold", Scope: Name, Keys: []string{"enter", "space"}},
			{ID: "json.find", Title: "Search", Short: "search", Scope: Name, Keys: []string{"/"}},
			{ID: "json.next", Title: "Next match", Scope: Name, Keys: []string{"n"}},
			{ID: "json.previous", Title: "Previous match", Scope: Name, Keys: []string{"N"}},
			{ID: "json.filter", Title: "Filter by a jq expression", Short: "jq", Scope: Name, Keys: []string{"f"}},
			{ID: "json.copy", Title: "Copy the value", Short: "copy value", Scope: Name, Keys: []string{"y"}},
			{ID: "json.path", Title: "Copy the path", Short: "copy path", Scope: Name, Keys: []string{"C"}},
			{ID: "json.all", Title: "Copy the whole document", Scope: Name, Keys: []string{"Y"}},
		},
		Open: func(env ui.Env, p ui.Params) ui.View {
			v := &view{env: env, title: p[Title], source: p[JSON], json: jsonview.New()}
			v.json.SetTheme(env.Theme)
			return v
		},
	}}
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

func (v *view) View() string           { return v.json.View() }
func (v *view) SetSize(w, h int)       { v.json.SetSize(w, h) }
func (v *view) Crumb() string          { return termtext.Clean(v.title) }
func (v *view) Note() string           { return termtext.Clean(v.json.Path()) }
func (v *view) Editing() bool          { return v.json.Editing() }
func (v *view) Disabled(string) string { return "" }

func (v *view) Do(action string) tea.Cmd {
	switch action {
	case "json.find":
		return v.mine(v.json.StartSearch())
	case "json.filter":
		return v.mine(v.json.StartFilter())
	case "json.next":
		v.json.Next()
	case "json.previous":
		v.json.Prev()
	case "json.copy":
		return ui.Copy("the value", v.json.Value())
	case "json.path":
		return ui.Copy("the path", v.json.Path())
	case "json.all":
		return ui.Copy("the document", v.source)
	case "json.fold":
		return v.mine(v.json.Update(tea.KeyPressMsg{Code: tea.KeyEnter}))
	default:
		return v.mine(v.json.Update(ui.ListKey(action)))
	}
	return nil
}
