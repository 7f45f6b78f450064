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
			Scopes: []string{keymap.List}, Arg: Workflow,
			Actions: []keymap.Action{
				{ID: "sweep.start", Title: "Start the sweep", Short: "start", Scope: Name, Keys: []string{"ctrl+s"}, Danger: keymap.Destroys},
				{ID: "sweep.toggle", Title: "Include or skip the step", Short: "in/out", Scope: Name, Keys: []string{"space", "enter"}},
				{ID: "sweep.scope", Title: "Change the scope", Short: "scope", Scope: Name, Keys: []string{"f"}},
				{ID: "sweep.runs", Title: "List the runs in scope", Short: "runs", Scope: Name, Keys: []string{"p"}},
				{ID: "sweep.save", Title: "Save the plan to a file", Short: "save", Scope: Name, Keys: []string{"X"}},
				{ID: "sweep.file", Title: "Open a saved plan", Short: "saved plan", Scope: Name, Keys: []string{"O"}},
				{ID: "sweep.list", Title: "List sweeps", Short: "sweeps", Scope: Name, Keys: []string{"L"}},
				{ID: "sweep.refresh", Title: "Make the plan again", Short: "plan again", Scope: Name, Keys: []string{"r"}},
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newPlan(env, s, p) },
		},
		{
			Name: List, Title: "Sweeps", Help: "Current and past sweeps: inspect, resume",
			Scopes: listpage.Scopes, Bindings: listBindings(),
			Open: func(env ui.Env, _ ui.Params) ui.View { return newList(env, s) },
		},
		{
			Name: Progress, Title: "Progress", Hidden: true, Scopes: []string{keymap.List},
			Actions: []keymap.Action{
				{ID: "sweeping.outcomes", Title: "List the runs behind the number", Short: "which", Scope: Progress, Keys: []string{"enter"}},
				{ID: "sweeping.pause", Title: "Pause or resume", Short: "pause", Scope: Progress, Keys: []string{"space"}},
				{ID: "sweeping.abort", Title: "Abort: send nothing more", Short: "abort", Scope: Progress, Keys: []string{"x"}},
				{ID: "sweeping.resume", Title: "Resume the sweep", Short: "resume", Scope: Progress, Keys: []string{"R"}, Danger: keymap.Destroys},
				{ID: "sweeping.runs", Title: "List the runs in scope", Short: "runs", Scope: Progress, Keys: []string{"p"}},
				{ID: "sweeping.workflow", Title: "Go to the workflow, to thaw it", Short: "workflow", Scope: Progress, Keys: []string{"w"}},
				{ID: "sweeping.list", Title: "All sweeps", Scope: Progress, Keys: []string{"L"}},
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newProgress(env, s, p) },
		},
		{
			Name: Outcomes, Title: "Runs of a sweep", Hidden: true, Scopes: listpage.Scopes, Bindings: outcomeBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newOutcomes(env, s, p) },
		},
	}
}
