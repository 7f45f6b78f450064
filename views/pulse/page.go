// Package pulse is the home view: what is pending by workflow, what is
// delivered, and what is in hand.
package pulse

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/sweeping"
)

// Name of the page, for those who open it.
const Name = "pulse"

// Pages returns the page.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Pulse", Help: "What is pending, what is delivered, what is in progress",
		Scopes:   []string{keymap.List},
		Bindings: bindings(),
		Open:     func(env ui.Env, _ ui.Params) ui.View { return newView(env, s) },
	}}
}

// Actions that the page's texts name.
var (
	openIt   = keymap.Action{ID: "pulse.open", Title: "Go there", Short: "open", Keys: []string{"enter"}}
	stopIt   = keymap.Action{ID: "pulse.freeze", Title: "Freeze the workflow and sweep it, at once", Short: "freeze and sweep", Keys: []string{"z"}, Danger: keymap.Destroys, Arms: true}
	resumeIt = keymap.Action{ID: "pulse.resume", Title: "Resume the sweep that was cut off", Short: "resume", Keys: []string{"R"}, Danger: keymap.Destroys}
)

func bindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(openIt, func(v *view) tea.Cmd { return v.board.cursor().open }, ui.When((*view).nothingToOpen, "nothing to open here")),
		ui.Bind(stopIt, func(v *view) tea.Cmd { return sweeping.Stop(v.env, v.session, v.board.cursor().workflow) }, (*view).noWorkflow, (*view).cannotStop),
		ui.Bind(resumeIt, func(v *view) tea.Cmd { return sweeping.Resume(v.env, v.session, *v.resumable()) }, (*view).cannotResume),
		ui.Bind(keymap.Action{ID: "pulse.next", Title: "Go to the next column", Short: "column", Keys: []string{"tab", "right", "l"}}, func(v *view) tea.Cmd { v.board.column(1); return nil }),
		ui.Bind(keymap.Action{ID: "pulse.previous", Title: "Go to the previous column", Keys: []string{"shift+tab", "left", "h"}}, func(v *view) tea.Cmd { v.board.column(-1); return nil }),
		ui.Bind(keymap.Action{ID: "pulse.sweep", Title: "Sweep: cancel what is pending in the workflow", Short: "sweep", Keys: []string{"S"}}, func(v *view) tea.Cmd { return nav.Sweep(nav.RunsOf{Workflow: v.board.cursor().workflow}, false) }, (*view).noWorkflow),
		ui.Bind(keymap.Action{ID: "pulse.workflow", Title: "Show the workflow, to freeze or thaw it", Short: "workflow", Keys: []string{"w"}}, func(v *view) tea.Cmd { return nav.WorkflowDetail(v.board.cursor().workflow) }, (*view).noWorkflow),
		ui.Bind(keymap.Action{ID: "pulse.refresh", Title: "Refresh", Keys: []string{"r"}}, func(v *view) tea.Cmd { v.session.Pulse.Refresh(); return nil }),
	}
}
