// Package runs shows workflow recipient runs, live, and cancels them.
package runs

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
)

// Names of the pages, for those who open them.
const (
	Name   = "runs"
	Detail = "run"
)

// Params of the list. All but Query and Key are Knock's own filters.
const (
	Workflow  = "workflow"
	Status    = "status" // pending, all, or a list of statuses
	Recipient = "recipient"
	Tenant    = "tenant"
	Errors    = "errors"
	Since     = "since"
	Until     = "until"
	Key       = "key"
)

// ID names the run in the params of the detail.
const ID = "id"

// Pages returns the list and the detail.
func Pages(s *ops.Session) []ui.Page {
	all := &recipes{session: s, read: map[string]recipe{}}
	return []ui.Page{
		{
			Name: Name, Title: "Runs", Help: "Pending runs, live: follow and cancel them",
			Scopes: []string{keymap.List}, Arg: Workflow,
			Actions: []keymap.Action{
				{ID: "runs.open", Title: "Open the run", Short: "open", Scope: Name, Keys: []string{"enter"}},
				{ID: "runs.mark", Title: "Mark the run and move down", Short: "mark", Scope: Name, Keys: []string{"space"}},
				{ID: "runs.cancel", Title: "Cancel the marked runs, or this one", Short: "cancel", Scope: Name, Keys: []string{"c"}, Danger: keymap.Destroys},
				{ID: "runs.everyone", Title: "Cancel everyone under this run's key", Short: "everyone under key", Scope: Name, Keys: []string{"K"}, Danger: keymap.Destroys},
				{ID: "runs.sweep", Title: "Sweep: cancel all that is pending in this filter", Short: "sweep", Scope: Name, Keys: []string{"S"}},
				{ID: "runs.filter", Title: "Filter", Short: "filter", Scope: Name, Keys: []string{"f"}},
				{ID: "runs.find", Title: "Search", Short: "find", Scope: Name, Keys: []string{"/"}},
				{ID: "runs.user", Title: "Go to the run's recipient", Short: "user", Scope: Name, Keys: []string{"u"}},
				{ID: "runs.markall", Title: "Mark all", Scope: Name, Keys: []string{"ctrl+a"}},
				{ID: "runs.markrange", Title: "Mark the range up to here", Scope: Name, Keys: []string{"V"}},
				{ID: "runs.unmark", Title: "Clear marks", Scope: Name, Keys: []string{"U"}},
				{ID: "runs.sort", Title: "Sort by the next column", Scope: Name, Keys: []string{"s"}},
				{ID: "runs.reverse", Title: "Reverse the order", Scope: Name, Keys: []string{"R"}},
				{ID: "runs.columns", Title: "Choose the columns", Scope: Name, Keys: []string{"|"}},
				{ID: "runs.refresh", Title: "Refresh", Scope: Name, Keys: []string{"r"}},
				{ID: "runs.copy", Title: "Copy the run's id", Scope: Name, Keys: []string{"y"}},
				dashboard.Action(Name),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Detail, Title: "Run", Hidden: true, Scopes: []string{keymap.List},
			Actions: []keymap.Action{
				{ID: "run.cancel", Title: "Cancel this run", Short: "cancel", Scope: Detail, Keys: []string{"c"}, Danger: keymap.Destroys},
				{ID: "run.everyone", Title: "Cancel everyone under this key", Short: "everyone under key", Scope: Detail, Keys: []string{"K"}, Danger: keymap.Destroys},
				{ID: "run.message", Title: "Open the message that the cursor's step made", Short: "message", Scope: Detail, Keys: []string{"enter", "m"}},
				{ID: "run.user", Title: "Go to the recipient", Short: "user", Scope: Detail, Keys: []string{"u"}},
				{ID: "run.events", Title: "Webhook events of this run", Short: "its events", Scope: Detail, Keys: []string{"e"}},
				{ID: "run.siblings", Title: "Runs of the same workflow", Short: "workflow's runs", Scope: Detail, Keys: []string{"w"}},
				{ID: "run.raw", Title: "Raw JSON", Short: "json", Scope: Detail, Keys: []string{"J"}},
				{ID: "run.refresh", Title: "Refresh", Scope: Detail, Keys: []string{"r"}},
				{ID: "run.copy", Title: "Copy the run's id", Short: "copy id", Scope: Detail, Keys: []string{"y"}},
				dashboard.Action(Detail),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, all, p) },
		},
	}
}
