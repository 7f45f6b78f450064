// Package events shows the outbound webhooks that arrive: live, filtered,
// grouped, and each in full. Its list is a page and the pane that docks to the
// others.
package events

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them.
const (
	Name   = nav.EventsPage
	Detail = nav.EventPage
)

// Query is the list's param: what it shows, in the words of its query line. ID
// is the detail's: the event's number in the journal.
const (
	Query = nav.Query
	ID    = nav.ID
)

// Pages returns the list, which is the pane too, and the detail.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{
		{
			Name: Name, Title: "Events", Help: "Outbound webhooks as they arrive: filter, group, inspect, replay",
			Scopes: listpage.Scopes, Arg: Query, Bindings: listBindings(), Fields: fields.Event((*list).event),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p, false) },
			Dock: func(env ui.Env) ui.Docked { return newList(env, s, nil, true) },
		},
		{
			Name: Detail, Title: "Event", Hidden: true, Scopes: []string{keymap.List},
			Bindings: detailBindings(), Fields: fields.Event((*detail).event),
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p) },
		},
	}
}
