// Package events shows the outbound webhooks that arrive: live, filtered,
// grouped, and each in full. Its list is a page and the pane that docks to the
// others.
package events

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
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
			Scopes: []string{keymap.List}, Arg: Query,
			Actions: []keymap.Action{
				{ID: "events.open", Title: "Open the event, or list the group's events", Short: "open", Scope: Name, Keys: []string{"enter"}},
				{ID: "events.query", Title: "Filter by a query", Short: "filter", Scope: Name, Keys: []string{"f", "/"}},
				{ID: "events.pause", Title: "Pause or resume", Short: "pause", Scope: Name, Keys: []string{"space"}},
				{ID: "events.failures", Title: "Only failures, or all", Short: "failures only", Scope: Name, Keys: []string{"!"}},
				{ID: "events.group", Title: "Group by recipient, by run, or not", Short: "group", Scope: Name, Keys: []string{"b"}},
				{ID: "events.clear", Title: "Clear filter", Scope: Name, Keys: []string{"U"}},
				{ID: "events.user", Title: "Go to the recipient", Short: "user", Scope: Name, Keys: []string{"u"}},
				{ID: "events.run", Title: "Go to the run", Scope: Name, Keys: []string{"p"}},
				{ID: "events.message", Title: "Go to the message", Scope: Name, Keys: []string{"m"}},
				{ID: "events.workflow", Title: "Runs of the workflow", Scope: Name, Keys: []string{"w"}},
				{ID: "events.replay", Title: "Replay the event to a URL", Scope: Name, Keys: []string{"R"}},
				{ID: "events.curl", Title: "Copy the event as curl", Scope: Name, Keys: []string{"C"}},
				{ID: "events.copy", Title: "Copy the event's body", Short: "copy", Scope: Name, Keys: []string{"y"}},
				{ID: "events.export", Title: "Export what is filtered to a file", Scope: Name, Keys: []string{"X"}},
				{ID: "events.columns", Title: "Choose the columns", Scope: Name, Keys: []string{"|"}},
				dashboard.Action(Name),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p, false) },
			Dock: func(env ui.Env) ui.Docked { return newList(env, s, nil, true) },
		},
		{
			Name: Detail, Title: "Event", Hidden: true, Scopes: []string{keymap.List},
			Actions: []keymap.Action{
				{ID: "event.section", Title: "Switch between the body and the request", Short: "body/request", Scope: Detail, Keys: []string{"tab", "shift+tab"}},
				{ID: "event.fold", Title: "Fold or unfold", Short: "fold", Scope: Detail, Keys: []string{"enter", "space"}},
				{ID: "event.find", Title: "Search in the body", Short: "search", Scope: Detail, Keys: []string{"/"}},
				{ID: "event.next", Title: "Next match", Scope: Detail, Keys: []string{"n"}},
				{ID: "event.previous", Title: "Previous match", Scope: Detail, Keys: []string{"N"}},
				{ID: "event.jq", Title: "Filter the body by a jq expression", Short: "jq", Scope: Detail, Keys: []string{"f"}},
				{ID: "event.user", Title: "Go to the recipient", Short: "user", Scope: Detail, Keys: []string{"u"}},
				{ID: "event.run", Title: "Go to the run", Short: "run", Scope: Detail, Keys: []string{"p"}},
				{ID: "event.message", Title: "Go to the message", Short: "message", Scope: Detail, Keys: []string{"m"}},
				{ID: "event.workflow", Title: "Runs of the workflow", Scope: Detail, Keys: []string{"w"}},
				{ID: "event.replay", Title: "Replay the event to a URL", Short: "replay", Scope: Detail, Keys: []string{"R"}},
				{ID: "event.curl", Title: "Copy the event as curl", Short: "copy curl", Scope: Detail, Keys: []string{"C"}},
				{ID: "event.value", Title: "Copy the value under the cursor", Scope: Detail, Keys: []string{"y"}},
				{ID: "event.copy", Title: "Copy the body", Scope: Detail, Keys: []string{"Y"}},
				dashboard.Action(Detail),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p) },
		},
	}
}
