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
	return []ui.Binding{
		ui.Bind(goOn, (*run).goOn, (*run).notPaused),
		ui.Bind(retryStep, (*run).retry, (*run).notFailed),
		ui.Bind(editStep, (*run).edit, (*run).nothingToEdit),
		ui.Bind(stopRun, (*run).stop, (*run).isOver),
		ui.Bind(breakpoint, (*run).toggleBreak, (*run).isOver, (*run).noStep),
		ui.Bind(answerRun, (*run).answer, (*run).asksNothing),
		bind("copy", "Copy the outputs as JSON", "copy outputs", "y", (*run).copyOutputs, (*run).noOutputs),
		bind("user", "Go to the step's user", "user", "u", (*run).openUser, (*run).noUser),
		bind("run", "Go to the step's run", "run", "p", (*run).openRun, (*run).noRun),
		bind("message", "Go to the step's message", "message", "m", (*run).openMessage, (*run).noMessage),
		bind("raw", "Show the step as JSON", "json", "J", (*run).openRaw, (*run).noRecord),
		bind("section", "Scroll the step down", "", "]", func(v *run) tea.Cmd { return v.scroll(1) }),
		bind("sectionback", "Scroll the step up", "", "[", func(v *run) tea.Cmd { return v.scroll(-1) }),
	}
}

func (v *run) unknown() string {
	if !v.known {
		return "the run is not read yet"
	}
	return ""
}

func (v *run) isOver() string {
	switch {
	case !v.known:
		return v.unknown()
	case v.state.Over:
		return "the run is over"
	}
	return ""
}

func (v *run) notPaused() string {
	if at := v.state.At; at == nil || at.Failed {
		return "the run pauses at no breakpoint"
	}
	return ""
}

func (v *run) notFailed() string {
	switch at := v.state.At; {
	case !v.known:
		return v.unknown()
	case !v.state.Over && (at == nil || !at.Failed):
		return "the run waits at no failed step"
	}
	return ""
}

func (v *run) nothingToEdit() string {
	if v.state.At == nil {
		return "the run pauses nowhere: set a breakpoint before the step"
	}
	return ""
}

func (v *run) asksNothing() string {
	if v.state.Asks == nil {
		return "the run asks nothing"
	}
	return ""
}

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

func (v *run) noStep() string {
	if v.breakName() == "" {
		return "no step selected"
	}
	return ""
}

func (v *run) toggleBreak() tea.Cmd {
	name := v.breakName()
	v.live.Break(name, !v.live.Breaks(name))
	v.draw()
	return nil
}

func (v *run) noOutputs() string {
	if len(v.state.Result.Outputs) == 0 {
		return "the run has no outputs yet"
	}
	return ""
}

func (v *run) copyOutputs() tea.Cmd {
	return ui.Copy("the outputs", string(value.Encode(v.state.Result.Outputs)))
}

func (v *run) noRecord() string {
	if _, ok := v.selected(); !ok {
		return "this step has not run"
	}
	return ""
}

func (v *run) openRaw() tea.Cmd {
	r, _ := v.selected()
	return nav.JSON("step "+r.Step, value.Encode(r))
}

func (v *run) scroll(n int) tea.Cmd {
	v.pane.Scroll(n * max(1, v.height/4))
	return nil
}
