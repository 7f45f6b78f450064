// Package history shows what was done on this machine under this profile: who,
// when, what, why, and what came of it.
package history

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/listpage"
)

// Names of the pages, for those who open them.
const (
	Name   = "history"
	Detail = "action"
)

// Params of the list: what it is narrowed to. ID is the detail's: the action's
// number in the journal.
const (
	Kind     = "kind"
	Workflow = "workflow"
	Text     = "text"
	ID       = "id"
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
			Name: Detail, Title: "Action", Hidden: true, Scopes: []string{keymap.List},
			Actions: []keymap.Action{
				{ID: "action.runs", Title: "Runs of the workflow and key", Short: "runs", Scope: Detail, Keys: []string{"enter", "p"}},
				{ID: "action.raw", Title: "Show the request's body", Short: "json", Scope: Detail, Keys: []string{"J"}},
				{ID: "action.refresh", Title: "Refresh", Scope: Detail, Keys: []string{"r"}},
				{ID: "action.copy", Title: "Copy Knock's request id", Short: "copy request id", Scope: Detail, Keys: []string{"y"}},
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p) },
		},
	}
}
