// Package runs shows workflow recipient runs, live, and cancels them.
package runs

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them.
const (
	Name   = nav.RunsPage
	Detail = nav.RunPage
)

// Params of the list. All but Query and Key are Knock's own filters.
const (
	Workflow  = nav.Workflow
	Status    = nav.Status // pending, all, or a list of statuses
	Recipient = nav.Recipient
	Tenant    = nav.Tenant
	Errors    = nav.Errors
	Since     = nav.Since
	Until     = nav.Until
	Key       = nav.Key
)

// ID names the run in the params of the detail.
const ID = nav.ID

// Pages returns the list and the detail.
func Pages(s *ops.Session) []ui.Page {
	all := &recipes{session: s, read: map[string]recipe{}}
	return []ui.Page{
		{
			Name: Name, Title: "Runs", Help: "Pending runs, live: follow and cancel them",
			Scopes: listpage.Scopes, Arg: Workflow, Bindings: listBindings(),
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
