package flows

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// inputs is a flow before it is run: its form, and beside it what it would send.
type inputs struct {
	env      ui.Env
	session  *ops.Session
	runs     *flows.Runs
	document string
	given    map[string]any // what the form begins with

	flow     *flow.Flow
	workflow *arazzo.Workflow
	inputs   []flow.Input
	err      error // why the flow cannot be read
	form     *form.Form
	stepwise bool // pause before each request

	plan    []flow.Planned
	wrong   error // why it cannot be run as the form has it
	pane    requestpane.Pane
	showing bool // the plan instead of the form, where there is no room for both
	width   int
	height  int
}

type loadedMsg struct {
	flow *flow.Flow
	err  error
}

type startMsg struct{ reason string }

var (
	runFlow   = keymap.Action{ID: "flow.run", Title: "Run the flow", Short: "run", Keys: []string{"ctrl+s"}, Danger: keymap.Destroys, InText: true}
	byStep    = keymap.Action{ID: "flow.step", Title: "Pause before each step, or not", Short: "step by step", Keys: []string{"ctrl+t"}, InText: true}
	showPlan  = keymap.Action{ID: "flow.plan", Title: "Show the form or what it would send", Short: "form/requests", Keys: []string{"ctrl+o"}, InText: true}
	otherFlow = keymap.Action{ID: "flow.workflow", Title: "Take the next workflow of the document", Keys: []string{"ctrl+n"}, InText: true}
	editForm  = keymap.Action{ID: "flow.edit", Title: "Edit", Short: "type", Keys: []string{"enter", "i", "tab"}}
)

func formBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(runFlow, (*inputs).run, ui.When((*inputs).unread, "the flow is not read yet")),
		ui.Bind(byStep, (*inputs).toggleSteps),
		ui.Bind(showPlan, (*inputs).togglePlan),
		ui.Bind(otherFlow, (*inputs).nextWorkflow, ui.When((*inputs).oneWorkflow, "the document has no other workflow")),
		ui.Bind(editForm, (*inputs).edit, ui.When((*inputs).nothingToEnter, "the flow has nothing to enter")),
	}
}

func newForm(env ui.Env, s *ops.Session, runs *flows.Runs, p ui.Params) *inputs {
	v := &inputs{env: env, session: s, runs: runs, document: p[Document]}
	if given, err := value.Decode([]byte(p[Inputs])); err == nil {
		v.given, _ = given.(map[string]any)
	}
	maps.DeleteFunc(v.given, func(_ string, x any) bool { return x == flow.Redacted }) // it was not kept
	return v
}

func (v *inputs) Init() tea.Cmd {
	library := flows.Library{Folder: v.session.FlowFolder}
	return v.env.Go(func(context.Context) tea.Msg {
		f, err := library.Load(v.document)
		if err == nil && len(f.Workflows) == 0 {
			err = errors.New("the document has no workflow")
		}
		return loadedMsg{f, err}
	})
}

func (v *inputs) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case loadedMsg:
		if v.flow, v.err = msg.flow, msg.err; msg.err == nil {
			v.take(&v.flow.Workflows[0])
		}
	case startMsg:
		return v.start(msg.reason)
	case tea.KeyPressMsg, tea.PasteMsg:
		return v.typed(msg)
	case tea.MouseClickMsg:
		if v.form != nil {
			v.form.Click(msg.Y)
			v.look()
		}
	case tea.MouseWheelMsg:
		v.pane.Update(msg)
	}
	return nil
}

// take shows the form of a workflow.
func (v *inputs) take(w *arazzo.Workflow) {
	v.workflow, v.inputs = w, v.flow.Inputs(w)
	v.form = form.New(fields(v.inputs, v.given)...)
	v.form.SetTheme(v.env.Theme)
	v.form.Focus()
	v.look()
}

func (v *inputs) typed(msg tea.Msg) tea.Cmd {
	if v.form == nil {
		return nil
	}
	cmd, used := v.form.Handle(msg)
	if key, ok := msg.(tea.KeyPressMsg); ok && !used && key.String() == "esc" {
		v.form.Blur()
	}
	v.look()
	return cmd
}

// look finds what the flow would send with what is entered. It sends nothing.
func (v *inputs) look() {
	v.plan, v.wrong = v.flow.DryRun(v.workflow, v.options())
	v.pane.Set(v.planLines())
}

func (v *inputs) options() flow.Options {
	return flow.Options{Inputs: entered(v.inputs, v.form), SameKey: v.session.Client.HasKey}
}

func (v *inputs) Move(key tea.KeyPressMsg) tea.Cmd {
	v.pane.Update(key)
	return nil
}

func (v *inputs) SetSize(w, h int) { v.width, v.height = w, h }

func (v *inputs) Crumb() string {
	if v.workflow == nil {
		return termtext.Clean(v.document)
	}
	return termtext.Clean(v.workflow.ID)
}

func (v *inputs) Note() string {
	if v.flow == nil {
		return ""
	}
	note := "version " + termtext.Clean(v.flow.InfoVersion)
	if n := len(v.flow.Workflows); n > 1 {
		note = fmt.Sprintf("workflow %d of %d %s %s", v.workflow.Index+1, n, v.env.Theme.Glyphs.Dot, note)
	}
	return note
}

func (v *inputs) Editing() bool { return v.form != nil && v.form.Focused() != "" }

func (v *inputs) unread() bool { return v.flow == nil }

// run asks before what changes something, and starts the flow.
func (v *inputs) run() tea.Cmd {
	v.look()
	if v.form.FocusFirstError() {
		return ui.Toast(ui.Bad, "nothing was sent: see the marked fields")
	}
	if v.wrong != nil {
		v.showing = true
		return ui.Toast(ui.Bad, "nothing was sent: %s", termtext.Clean(v.wrong.Error()))
	}
	changes := flows.Changes(v.plan)
	if len(changes) == 0 {
		return v.start("")
	}
	return confirm.Ask(v.env, flows.Prompt(v.session, v.flow, v.workflow.ID, changes, false), func(reason string) tea.Cmd {
		return v.env.Send(startMsg{reason})
	})
}

func (v *inputs) start(reason string) tea.Cmd {
	granted := flows.Prompt(v.session, v.flow, v.workflow.ID, flows.Changes(v.plan), false).Question
	v.form.Blur() // back from the run, esc leads on to the list
	live := v.runs.Start(v.flow, v.workflow, v.options(), granted, reason, v.stepwise)
	return ui.Open(Run, ui.Params{Live: strconv.Itoa(live.Number)})
}

func (v *inputs) toggleSteps() tea.Cmd {
	v.stepwise = !v.stepwise
	if v.stepwise {
		return ui.Toast(ui.Info, "the run will pause before each step")
	}
	return ui.Toast(ui.Info, "the run will not pause")
}

func (v *inputs) togglePlan() tea.Cmd {
	v.showing = !v.showing
	return nil
}

func (v *inputs) oneWorkflow() bool { return v.flow == nil || len(v.flow.Workflows) < 2 }

func (v *inputs) nextWorkflow() tea.Cmd {
	v.take(&v.flow.Workflows[(v.workflow.Index+1)%len(v.flow.Workflows)])
	return nil
}

func (v *inputs) nothingToEnter() bool { return v.form == nil || len(v.form.Values()) == 0 }

func (v *inputs) edit() tea.Cmd {
	v.showing = false
	return v.form.Focus()
}
