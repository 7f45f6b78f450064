package flows

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/views/internal/nav"
)

var (
	goOn       = keymap.Action{ID: "flowrun.pause", Title: "Go on from the pause", Short: "go on", Keys: []string{"space"}, Danger: keymap.Changes}
	retryStep  = keymap.Action{ID: "flowrun.retry", Title: "Try the failed step again, or all of it once the run is over", Short: "again", Keys: []string{"R"}, Danger: keymap.Changes}
	editStep   = keymap.Action{ID: "flowrun.edit", Title: "Edit the request, or that of the failed step before it is tried again", Short: "edit", Keys: []string{"I"}, Danger: keymap.Changes}
	stopRun    = keymap.Action{ID: "flowrun.abort", Title: "Stop the run: send nothing more", Short: "stop", Keys: []string{"x"}}
	breakpoint = keymap.Action{ID: "flowrun.break", Title: "Pause before this step, or not", Short: "breakpoint", Keys: []string{"v"}}
	answerRun  = keymap.Action{ID: "flowrun.answer", Title: "Answer what the run asks", Short: "answer", Keys: []string{"enter"}}
)

func runBindings() []ui.Binding {
	bind := func(id, title, short, key string, run func(*run) tea.Cmd, cannot ...func(*run) string) ui.Binding {
		return ui.Bind(keymap.Action{ID: "flowrun." + id, Title: title, Short: short, Keys: strings.Fields(key)}, run, cannot...)
	}
	unread := ui.When(func(v *run) bool { return !v.known }, "the run is not read yet")
	over := ui.When(func(v *run) bool { return v.state.Over }, "the run is over")
	return []ui.Binding{
		ui.Bind(goOn, (*run).goOn, ui.When((*run).notPaused, "the run pauses at no breakpoint")),
		ui.Bind(retryStep, (*run).retry, unread, ui.When((*run).notFailed, "the run waits at no failed step")),
		ui.Bind(editStep, (*run).edit, ui.When((*run).nothingToEdit, "the run pauses nowhere: set a breakpoint before the step")),
		ui.Bind(stopRun, (*run).stop, unread, over),
		ui.Bind(breakpoint, (*run).toggleBreak, unread, over, ui.When((*run).noStep, "no step selected")),
		ui.Bind(answerRun, (*run).answer, ui.When((*run).asksNothing, "the run asks nothing")),
		bind("copy", "Copy the outputs as JSON", "copy outputs", "y", (*run).copyOutputs, ui.When((*run).noOutputs, "the run has no outputs yet")),
		bind("user", "Go to the step's user", "user", "u", (*run).openUser, ui.When((*run).noUser, "the step is about no user")),
		bind("run", "Go to the step's run", "run", "p", (*run).openRun, ui.When((*run).noRun, "the step is about no run")),
		bind("message", "Go to the step's message", "message", "m", (*run).openMessage, ui.When((*run).noMessage, "the step is about no message")),
		bind("raw", "Show the step as JSON", "json", "J", (*run).openRaw, ui.When((*run).noRecord, "this step has not run")),
		bind("section", "Scroll the step down", "", "]", func(v *run) tea.Cmd { return v.scroll(1) }),
		bind("sectionback", "Scroll the step up", "", "[", func(v *run) tea.Cmd { return v.scroll(-1) }),
	}
}

func (v *run) notPaused() bool {
	at := v.state.At
	return at == nil || at.Failed
}

func (v *run) notFailed() bool {
	at := v.state.At
	return !v.state.Over && (at == nil || !at.Failed)
}

func (v *run) nothingToEdit() bool { return v.state.At == nil }

func (v *run) asksNothing() bool { return v.state.Asks == nil }

func (v *run) goOn() tea.Cmd {
	v.live.GoOn(v.state.At)
	return nil
}

// retry tries the failed step again. Of a run that is over it opens the form with what it was given,
// keys and passwords left out.
func (v *run) retry() tea.Cmd {
	switch {
	case v.live == nil:
		return ui.Open(Flow, ui.Params{Document: v.kept.Document, Inputs: string(v.kept.Inputs)})
	case v.state.Over:
		return ui.Open(Flow, ui.Params{Document: v.live.Flow.File, Inputs: string(v.live.Inputs)})
	}
	v.live.Retry(v.state.At, false)
	return nil
}

func (v *run) stop() tea.Cmd {
	v.live.Stop()
	return ui.Toast(ui.Warn, "the run stops: what was sent stays sent")
}

type bodyMsg struct {
	at   *flow.Point
	body string
}

// edit asks for another body. A step that failed is tried again, and pauses before its request.
func (v *run) edit() tea.Cmd {
	at := v.state.At
	if at.Failed {
		v.live.Retry(at, true)
		return ui.Toast(ui.Info, "it pauses before the request: %s edits it, %s sends it", v.env.Hint(editStep), v.env.Hint(goOn))
	}
	body, err := flows.Body(at)
	if err != nil {
		return ui.Toast(ui.Warn, "%s", err)
	}
	edit := jsonedit.New()
	edit.SetValue(indented(body))
	const field = "body"
	check := func(s string) error {
		if _, err := value.Decode([]byte(s)); err != nil && s != "" {
			return errors.New("is no JSON")
		}
		return nil
	}
	return ui.AskForm(v.env.Theme, at.Record.Request.Method+" "+at.Record.Request.Path, "ctrl+s to take it, which sends nothing · esc to leave it as it is",
		func(f *form.Form) (tea.Cmd, error) { return v.env.Send(bodyMsg{at, f.Value(field)}), nil },
		form.Custom{ID: field, Label: "Body", Lines: 8, Widget: edit, Validate: check})
}

// breakName is the step under the cursor for breakpoints, "" where there is none.
func (v *run) breakName() string {
	if r, ok := v.selected(); ok {
		return flows.BreakName(r.Workflow, r.Step)
	}
	at, _ := v.line.Cursor()
	name, _ := strings.CutPrefix(at.ID, ahead)
	if name == at.ID {
		return ""
	}
	return name
}

func (v *run) noStep() bool { return v.breakName() == "" }

func (v *run) toggleBreak() tea.Cmd {
	name := v.breakName()
	v.live.Break(name, !v.live.Breaks(name))
	v.draw()
	return nil
}

func (v *run) noOutputs() bool { return len(v.state.Result.Outputs) == 0 }

func (v *run) copyOutputs() tea.Cmd {
	return ui.Copy("the outputs", string(value.Encode(v.state.Result.Outputs)))
}

func (v *run) noRecord() bool {
	_, ok := v.selected()
	return !ok
}

func (v *run) openRaw() tea.Cmd {
	r, _ := v.selected()
	return nav.JSON("step "+r.Step, value.Encode(r))
}

func (v *run) scroll(n int) tea.Cmd {
	v.pane.Scroll(n * max(1, v.height/4))
	return nil
}
