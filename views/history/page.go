// Package history shows what was done on this machine under this profile: who,
// when, what, why, and what came of it.
package history

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them.
const (
	Name   = nav.HistoryPage
	Detail = nav.ActionPage
)

// Params of the list: what it is narrowed to. ID is the detail's: the action's
// number in the journal.
const (
	Kind     = "kind"
	Workflow = nav.Workflow
	Text     = "text"
	Act      = nav.ActOf
	ID       = nav.ID
)

// Pages returns the list and the detail.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{
		{
			Name: Name, Title: "History", Help: "What was done on this machine: who, when, why, and what came of it",
			Scopes: listpage.Scopes, Arg: Workflow, Bindings: listBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Detail, Title: "Action", Hidden: true, Scopes: detailpage.Scopes, Bindings: detailBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p) },
		},
	}
}
