// Package sweep plans and watches sweeps: cancelling all pending runs that are
// in a scope, and proving it.
package sweep

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them: the plan, the list of sweeps, one of these as it
// goes, and its runs that had one outcome.
const (
	Name     = nav.SweepPage
	List     = nav.SweepsPage
	Progress = nav.SweepingPage
	Outcomes = "outcomes"
)

// Params of the plan: its scope, in the words that the list of runs uses, and
// whether freezing is chosen from the start. ID is a sweep's number.
const (
	Workflow  = nav.Workflow
	Recipient = nav.Recipient // as client.JoinRefs writes them
	Tenant    = nav.Tenant
	Since     = nav.Since
	Until     = nav.Until
	Key       = nav.Key // with * and ?
	Regex     = "regex"
	Source    = "source" // several apart by commas or spaces
	Errors    = nav.Errors
	Actor     = "actor"
	Where     = "where" // field=value, several apart by commas
	Freeze    = nav.Freeze
	File      = "file" // of a saved plan, in the place of a scope
	ID        = nav.ID
	Outcome   = "outcome"
)

// Pages returns the plan, the list and the progress.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{
		{
			Name: Name, Title: "Sweep", Help: "Cancel all pending runs of a scope, and prove it",
			Scopes: []string{keymap.List}, Arg: Workflow, Bindings: planBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newPlan(env, s, p) },
		},
		{
			Name: List, Title: "Sweeps", Help: "Current and past sweeps: inspect, resume",
			Scopes: listpage.Scopes, Bindings: listBindings(),
			Open: func(env ui.Env, _ ui.Params) ui.View { return newList(env, s) },
		},
		{
			Name: Progress, Title: "Progress", Hidden: true, Arg: nav.ID, Scopes: []string{keymap.List}, Bindings: progressBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newProgress(env, s, p) },
		},
		{
			Name: Outcomes, Title: "Runs of a sweep", Hidden: true, Scopes: listpage.Scopes, Bindings: outcomeBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newOutcomes(env, s, p) },
		},
	}
}
