// Package runs shows workflow recipient runs, live, and cancels them.
package runs

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/fields"
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
	Workflow    = nav.Workflow
	Status      = nav.Status // pending, all, or a list of statuses
	Recipient   = nav.Recipient
	Tenant      = nav.Tenant
	Errors      = nav.Errors
	WorkflowRun = nav.WorkflowRun
	Since       = nav.Since
	Until       = nav.Until
	Key         = nav.Key
)

// ID names the run in the params of the detail.
const ID = nav.ID

// Pages returns the list and the detail.
func Pages(s *ops.Session) []ui.Page {
	all := &recipes{session: s, read: map[string]recipe{}}
	return []ui.Page{
		{
			Name: Name, Title: "Runs", Help: "Pending runs, live: follow and cancel them",
			Scopes: listpage.Scopes, Arg: Workflow, Bindings: listBindings(), Fields: fields.Run((*list).Selected),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Detail, Title: "Run", Hidden: true, Arg: nav.ID, Scopes: detailpage.Scopes,
			Bindings: detailBindings(), Fields: fields.Run((*detail).shown),
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, all, p) },
		},
	}
}
