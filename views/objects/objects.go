// Package objects lists the objects of a collection. One of them is shown as a user is, by package users.
package objects

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// Name is the page's, Collection its param.
const (
	Name       = "objects"
	Collection = nav.Collection
)

type object = client.Object

type list struct {
	*listpage.List[object]
	session    *ops.Session
	collection string
	known      []string // collections that were heard of
}

type knownMsg struct{ collections []string }

// Pages returns the list.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Objects", Help: "Objects of a collection: their subscribers, messages and runs", Scopes: listpage.Scopes, Arg: Collection,
		Bindings: []ui.Binding{
			listpage.OnRow(keymap.Action{ID: "objects.open", Title: "Open the object", Short: "open", Keys: []string{"enter"}}, func(_ *list, o object) tea.Cmd { return nav.Of(ref(o)) }),
			listpage.OnRow(keymap.Action{ID: "objects.runs", Title: "Pending runs of the object", Short: "runs", Keys: []string{"p"}}, func(_ *list, o object) tea.Cmd {
				return nav.Runs(nav.RunsOf{Recipient: ref(o).String()})
			}),
			listpage.OnRow(keymap.Action{ID: "objects.trigger", Title: "Trigger a workflow for the object", Short: "trigger", Keys: []string{"t"}}, func(_ *list, o object) tea.Cmd {
				return nav.Compose("", ref(o).String())
			}),
		},
		Fields: fields.Ref(func(l *list) (client.Ref, string) {
			o, whyNot := l.Selected()
			return ref(o), whyNot
		}),
		Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p[Collection]) },
	}}
}

func ref(o object) client.Ref { return client.Ref{Collection: o.Collection, ID: o.ID} }

func newList(env ui.Env, s *ops.Session, collection string) *list {
	l := &list{session: s, collection: strings.TrimSpace(collection)}
	l.List = listpage.New(env, listpage.Spec[object]{
		Noun: "object", ID: func(o object) string { return ref(o).String() }, CopyOf: "object reference", First: 150,
		Preview: func(o object) tea.Cmd { return nav.Of(ref(o)) },
		Columns: []table.Column[object]{
			{Title: "ID", Width: 24, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(o object) string { return o.ID })},
			{Title: "PROPERTIES", Width: 40, Min: 12, Flex: true, Priority: 1, Cell: table.Text(theme.Muted, properties)},
			{
				Title: "UPDATED", Width: 7, Right: true, Priority: 2,
				Cell:  table.Text(theme.Muted, func(o object) string { return termtext.Age(s.Client.ServerNow().Sub(o.UpdatedAt)) }),
				Order: func(a, b object) int { return b.UpdatedAt.Compare(a.UpdatedAt) },
			},
		},
		Read: l.read(), AskFilter: l.askCollection, Filtered: func() string { return l.collection },
		Unfilter: func() tea.Cmd { return l.show("") },
		Empty: func() (what, help string) {
			if l.collection == "" {
				return "Which collection? Knock does not list them.", l.heardOf() + env.Hint(keymap.RowsFilter) + " asks for one."
			}
			return "There are no objects in " + l.collection + " of " + env.Status().Where() + ".", l.heardOf() + env.Hint(keymap.RowsFilter) + " goes to another collection."
		},
	})
	return l
}

func properties(o object) string {
	b, err := json.Marshal(o.Properties)
	if err != nil || string(b) == "null" {
		return ""
	}
	return string(b)
}

// heardOf names the collections that were heard of.
func (l *list) heardOf() string {
	if len(l.known) == 0 {
		return ""
	}
	return "Heard of here: " + strings.Join(l.known, ", ") + ". "
}

// Init reads, and finds out which collections were heard of.
func (l *list) Init() tea.Cmd {
	return tea.Batch(l.List.Init(), l.Env.Go(func(ctx context.Context) tea.Msg { return knownMsg{l.session.Collections(ctx)} }))
}

// Update takes the collections, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(knownMsg); ok {
		l.known = m.collections
		return nil
	}
	return l.List.Update(msg)
}

func (l *list) read() listpage.Read[object] {
	c, collection := l.session.Client, l.collection
	return func(ctx context.Context, after string) ([]object, string, error) {
		if collection == "" {
			return nil, "", nil
		}
		page, err := c.ListObjects(ctx, collection, client.Cursor{After: after})
		return page.Items, page.After, err
	}
}

// show lists another collection.
func (l *list) show(collection string) tea.Cmd {
	l.collection = collection
	return l.ReadFrom(l.read())
}

func (l *list) askCollection() tea.Cmd {
	const field = "collection"
	value := l.collection
	if value == "" && len(l.known) > 0 {
		value = l.known[0]
	}
	return ui.AskForm(l.Env.Theme, "Collection", "enter to list it · esc to cancel", func(f *form.Form) (tea.Cmd, error) {
		collection := strings.TrimSpace(f.Value(field))
		if collection == "" {
			return nil, errors.New("a collection has a name")
		}
		return l.show(collection), nil
	}, form.Text{ID: field, Label: "Collection", Value: value, Suggest: l.suggest})
}

func (l *list) suggest(typed string) []string { return termtext.Matching(typed, l.known, nil) }

// Crumb says which collection is listed.
func (l *list) Crumb() string { return termtext.Middle(l.collection, 30) }

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	if o, ok := l.Table.Cursor(); ok {
		return status.Recipient(ref(o))
	}
	return ui.Subject{}
}
