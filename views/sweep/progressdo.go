package sweep

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/sweeping"
)

// Actions of a sweep's page that its texts name.
var (
	pauseSweep    = keymap.Action{ID: "sweeping.pause", Title: "Pause or resume", Short: "pause", Keys: []string{"space"}}
	abortSweep    = keymap.Action{ID: "sweeping.abort", Title: "Abort: send nothing more", Short: "abort", Keys: []string{"x"}}
	resumeSweep   = keymap.Action{ID: "sweeping.resume", Title: "Resume the sweep", Short: "resume", Keys: []string{"R"}, Danger: keymap.Destroys}
	sweptWorkflow = keymap.Action{ID: "sweeping.workflow", Title: "Go to the workflow, to thaw it", Short: "workflow", Keys: []string{"w"}}
	allSweeps     = keymap.Action{ID: "sweeping.list", Title: "All sweeps", Keys: []string{"L"}}
)

func progressBindings() []ui.Binding {
	idle := ui.When(func(v *watch) bool { return !v.runs() }, "this sweep is not in progress")
	noNumber := func(v *watch) bool { _, ok := v.chosen(); return !ok }
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "sweeping.outcomes", Title: "List the runs behind the number", Short: "which", Keys: []string{"enter"}}, (*watch).outcomes, ui.When(noNumber, "there is no number yet whose runs could be listed")),
		ui.Bind(pauseSweep, (*watch).pause, idle),
		ui.Bind(abortSweep, func(v *watch) tea.Cmd { v.sweep.Abort(); return nil }, idle),
		ui.Bind(resumeSweep, func(v *watch) tea.Cmd { return sweeping.Resume(v.env, v.session, v.record) }, (*watch).unknown, func(v *watch) string { return sweeping.CannotResume(v.session, v.record) }),
		ui.Bind(keymap.Action{ID: "sweeping.runs", Title: "List the runs in scope", Short: "runs", Keys: []string{"p"}}, func(v *watch) tea.Cmd { return openRuns(v.record.Scope) }, (*watch).unknown),
		ui.Bind(sweptWorkflow, func(v *watch) tea.Cmd { return nav.WorkflowDetail(v.record.Scope.Workflow) }, (*watch).unknown),
		ui.Bind(allSweeps, func(*watch) tea.Cmd { return nav.Sweeps() }),
	}
}

func (v *watch) unknown() string {
	switch {
	case v.known:
		return ""
	case v.err == nil:
		return "the journal is being read"
	}
	return "there is no such sweep"
}

func (v *watch) outcomes() tea.Cmd {
	n, _ := v.chosen()
	return ui.Open(Outcomes, ui.Params{ID: strconv.FormatInt(v.id, 10), Outcome: n.Outcome.String()})
}

func (v *watch) pause() tea.Cmd {
	if _, why := v.sweep.Held(); v.sweep.More() > 0 {
		return askMore(v.env, v.session, v.sweep, why)
	}
	if v.sweep.Progress().Paused {
		v.sweep.Resume()
		return ui.Toast(ui.Info, "the sweep goes on")
	}
	v.sweep.Pause()
	return ui.Toast(ui.Warn, "the sweep is paused: nothing is sent until it goes on")
}
