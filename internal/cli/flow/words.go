package flow

import (
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
)

// sayStep tells of a step when it has ended, and of what it waits for.
func sayStep(a *app.App, r flow.Record) {
	switch r.State {
	case flow.Waiting:
		text := "for " + r.Wait.For
		if !r.Wait.Until.IsZero() {
			text = fmt.Sprintf("%s, %s at most", text, max(0, time.Until(r.Wait.Until)).Round(time.Second))
		}
		a.Say("%s%s  waits %s", strings.Repeat("  ", r.Depth), r.Step, text)
	case flow.Passed, flow.Failed, flow.Stopped:
		a.Say("%s%s", strings.Repeat("  ", r.Depth), recordWords(r))
	}
}

// recordWords is an attempt at a step in a line or two.
func recordWords(r flow.Record) string {
	text := r.Step + "  " + string(r.State)
	if r.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	if r.Request != nil {
		text += fmt.Sprintf("  %s %s", r.Request.Method, r.Request.Path)
	}
	if r.Response != nil {
		text += fmt.Sprintf("  %d", r.Response.Status)
	}
	if r.Message != nil {
		text += "  " + r.Message.Type
	}
	for _, extra := range []string{proofWords(r.Proof), r.Error} {
		if extra != "" {
			text += "\n  " + extra
		}
	}
	for _, n := range r.Notes {
		text += "\n  " + n
	}
	if r.Action != nil {
		text += "\n  action " + r.Action.Name + ": " + strings.TrimSpace(r.Action.Type+" "+r.Action.Target)
	}
	return text
}

func proofWords(p *flow.Proof) string {
	if p == nil {
		return ""
	}
	return p.Verdict + ": " + p.Text
}

// ranFlow is the result of a run as JSON.
type ranFlow struct {
	Run int64 `json:"run"`
	flow.Result
	Error string `json:"error,omitempty"`
}

func printOutputs(a *app.App, res flow.Result, id int64) error {
	out := ranFlow{Run: id, Result: res}
	if res.Err != nil {
		out.Error = res.Err.Error()
	}
	var facts []output.Fact
	for _, name := range value.Names(res.Outputs) {
		facts = append(facts, output.Fact{name, value.Text(res.Outputs[name])})
	}
	return a.Item(out, facts...)
}

func printFlowPlan(a *app.App, plan []flow.Planned) error {
	a.Say("dry run: nothing was sent; what only an answer brings is marked ‹…›")
	if a.Format != output.Table {
		return a.Object(plan)
	}
	for _, p := range plan {
		text := p.Step + "\n"
		switch {
		case p.Calls != "":
			text += "  runs the workflow " + p.Calls + "\n"
		case p.Waits != "":
			text += "  waits for " + p.Waits + "\n"
		default:
			text += "  " + p.Request.Method + " " + p.Request.Path
			if p.Request.Query != "" {
				text += "?" + p.Request.Query
			}
			text += "\n"
			if p.Request.Body != "" {
				text += "  " + p.Request.Body + "\n"
			}
		}
		if _, err := fmt.Fprint(a.Stdout, termtext.CleanLines(strings.Repeat("  ", p.Depth)+text)); err != nil {
			return err
		}
	}
	return nil
}
