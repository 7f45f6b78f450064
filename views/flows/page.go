// Package flows lists the flows, runs them, and shows a run step by step: what was sent, what came
// back, and why a criterion is not met.
package flows

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/listpage"
)

// Names of the pages, for those who open them: the list, one flow with its inputs, and a run.
const (
	Name = "flows"
	Flow = "flow"
	Run  = "flowrun"
)

// Params: the flow, as [flows.Library] finds it, and the inputs its form begins with, as JSON; a run
// by its number in the journal, or by that of this session.
const (
	Document = "flow"
	Inputs   = "inputs"
	ID       = "id"
	Live     = "live"
)

// Pages returns the list, the form and the run.
func Pages(s *ops.Session) []ui.Page {
	runs := flows.NewRuns(s)
	return []ui.Page{
		{
			Name: Name, Title: "Flows", Help: "Documents that can be run step by step, and their runs",
			Scopes: listpage.Scopes, Bindings: listBindings(),
			Open: func(env ui.Env, _ ui.Params) ui.View { return newList(env, s, runs) },
		},
		{
			Name: Flow, Title: "Flow", Hidden: true, Scopes: []string{keymap.List}, Bindings: formBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newForm(env, s, runs, p) },
		},
		{
			Name: Run, Title: "Run of a flow", Hidden: true, Scopes: []string{keymap.List}, Bindings: runBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newRun(env, s, runs, p) },
		},
	}
}
