package sweep

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// Actions of the plan that its texts name.
var (
	startSweep  = keymap.Action{ID: "sweep.start", Title: "Start the sweep", Short: "start", Keys: []string{"ctrl+s"}, Danger: keymap.Destroys}
	setScope    = keymap.Action{ID: "sweep.scope", Title: "Change the scope", Short: "scope", Keys: []string{"f"}}
	savePlan    = keymap.Action{ID: "sweep.save", Title: "Save the plan to a file", Short: "save", Keys: []string{"X"}}
	openPlan    = keymap.Action{ID: "sweep.file", Title: "Open a saved plan", Short: "saved plan", Keys: []string{"O"}}
	planList    = keymap.Action{ID: "sweep.list", Title: "List sweeps", Short: "sweeps", Keys: []string{"L"}}
	refreshPlan = keymap.Action{ID: "sweep.refresh", Title: "Make the plan again", Short: "plan again", Keys: []string{"r"}}
)

func planBindings() []ui.Binding {
	noPlan := func(v *plan) bool { return v.bad != nil || !v.read }
	return []ui.Binding{
		ui.Bind(startSweep, (*plan).ask, (*plan).cannotStart),
		ui.Bind(keymap.Action{ID: "sweep.toggle", Title: "Include or skip the step", Short: "in/out", Keys: []string{"space", "enter"}}, (*plan).toggle, ui.When(noPlan, "there is no plan yet whose steps could be chosen")),
		ui.Bind(setScope, (*plan).askScope),
		ui.Bind(keymap.Action{ID: "sweep.runs", Title: "List the runs in scope", Short: "runs", Keys: []string{"p"}}, func(v *plan) tea.Cmd { return openRuns(v.scope) }, (*plan).noScope),
		ui.Bind(savePlan, (*plan).askSave, ui.When(noPlan, "there is no plan yet that could be saved"), (*plan).cannotSave),
		ui.Bind(openPlan, func(v *plan) tea.Cmd { return askFile(v.env) }),
		ui.Bind(planList, func(*plan) tea.Cmd { return nav.Sweeps() }),
		ui.Bind(refreshPlan, (*plan).make, (*plan).noScope),
	}
}

func (v *plan) cannotSave() string {
	switch {
	case v.file != nil:
		return "this plan is saved already: " + v.params[File]
	case !v.estimate.Remembered():
		return "this plan does not know every run in scope yet, so that it cannot be kept"
	}
	return ""
}

func (v *plan) noScope() string {
	if v.params[Workflow] == "" && v.file == nil {
		return "there is no scope yet: " + v.env.Hint(setScope) + " sets it"
	}
	return ""
}

func (v *plan) cannotStart() string {
	nothing := v.estimate.Cancellable == 0
	switch {
	case v.bad != nil:
		return v.bad.Error() + " · " + v.env.Hint(setScope) + " sets the scope"
	case !v.read && v.err != nil:
		return "there is no plan to start from: " + v.env.Hint(refreshPlan) + " makes it again"
	case !v.read:
		return "the plan is being made: nothing is known yet"
	case v.tooFar() != "":
		return v.tooFar()
	case v.file != nil && nothing:
		return "none of the planned runs is pending any more"
	case nothing && v.estimate.Complete && v.takes(stepRecall) && v.scope.Since.IsZero():
		return "nothing in scope can be cancelled; what was delivered can be recalled once the scope says since when: " + v.env.Hint(setScope) + " sets it"
	case nothing && v.estimate.Complete && !v.takes(stepFreeze) && !v.takes(stepRecall):
		return "nothing in scope can be cancelled"
	}
	return ""
}
