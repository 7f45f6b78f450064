package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
	"github.com/knockops/knockops/views/internal/status"
)

// ahead begins the ids of entries for steps that have not run.
const ahead = "ahead "

func entryID(r flow.Record) string { return fmt.Sprint("attempt ", r.Seq) }

func (v *run) View() string {
	t := v.env.Theme
	switch {
	case v.err != nil:
		return status.Failed(t, v.err.Error(), v.env.Hint(keymap.AppBack)+" goes back.", v.width)
	case !v.known:
		return status.Loading(t, "the run")
	}
	head := v.head()
	height := max(1, v.height-len(head))
	if v.env.Theme.Beside(v.width) {
		left := v.width / 2
		v.line.SetSize(left, height)
		return strings.Join(append(head, requestpane.Beside(t, v.line.View(), v.pane.View(t, v.width-left-4, height), left, height)), "\n")
	}
	top := max(3, height*2/5)
	v.line.SetSize(v.width, top)
	steps := strings.Split(v.line.View(), "\n")
	for len(steps) < top {
		steps = append(steps, "")
	}
	rule := t.Rule.Render(strings.Repeat(t.Glyphs.Rule, max(0, v.width)))
	return strings.Join(append(append(head, steps...), rule, v.pane.View(t, v.width-1, max(1, height-top-1))), "\n")
}

// mostOutputs are shown above the steps; all of them are in what is copied.
const mostOutputs = 4

// head says how the run stands, what can be done now, and what it came to.
func (v *run) head() []string {
	t := v.env.Theme
	word, ink := liveState(t, v.state)
	lines := []string{}
	says := termtext.Wrap(termtext.Clean(v.says()), max(20, v.width-termtext.Width(word)-4))
	for i, l := range says[:min(len(says), 3)] {
		if i > 0 {
			word = termtext.Spaces(termtext.Width(word))
		}
		lines = append(lines, " "+t.Style(ink).Render(word)+"  "+t.Plain.Render(l))
	}
	outputs := v.outputs()
	for i, o := range outputs {
		if i == mostOutputs {
			lines = append(lines, "   "+t.Muted.Render(termtext.Plural(len(outputs)-i, "output")+" more"))
			break
		}
		lines = append(lines, "   "+t.Muted.Render(termtext.Fit(o[0], 18))+"  "+t.Plain.Render(termtext.Truncate(termtext.Clean(o[1]), max(1, v.width-24))))
	}
	return append(lines, "")
}

// says is the run in a sentence.
func (v *run) says() string {
	at, asks, res := v.state.At, v.state.Asks, v.state.Result
	switch {
	case asks != nil:
		return asks.Title + "? " + v.env.Hint(answerRun) + " answers, " + v.env.Hint(stopRun) + " stops the run"
	case at != nil && at.Failed:
		return fmt.Sprintf("%s: %s. %s tries it again, %s lets the request be edited before, %s ends the run",
			at.Record.Step, at.Record.Error, v.env.Hint(retryStep), v.env.Hint(editStep), v.env.Hint(stopRun))
	case at != nil:
		return fmt.Sprintf("before %s: %s sends it, %s edits it, %s stops the run", at.Record.Step, v.env.Hint(goOn), v.env.Hint(editStep), v.env.Hint(stopRun))
	case !v.state.Over:
		return fmt.Sprintf("%s so far", termtext.Plural(len(v.state.Records)+v.state.Dropped, "step"))
	case v.state.Err != nil:
		return v.state.Err.Error()
	}
	parts := []string{fmt.Sprintf("%s, %s", termtext.Plural(res.Steps, "step"), termtext.Plural(res.Sent, "request"))}
	if p := proof(v.state.Records); p != nil {
		parts = append(parts, p.Verdict+": "+p.Text)
	}
	if res.Err != nil {
		parts = append(parts, res.Err.Error())
	}
	for _, m := range res.Missing {
		parts = append(parts, "the output "+m)
	}
	return strings.Join(parts, "; ")
}

// proof is what the last cancel came to.
func proof(all []flow.Record) *flow.Proof {
	for _, r := range slices.Backward(all) {
		if r.Proof != nil {
			return r.Proof
		}
	}
	return nil
}

// draw sets the steps anew and the detail of the one under the cursor.
func (v *run) draw() {
	v.line.SetEntries(v.entries())
	if n := len(v.state.Records); v.follow && n > 0 {
		v.line.Home()
		v.line.Down(n - 1)
	}
	v.drawStep()
}

// entries are the attempts that were made, and the steps that are still to come.
func (v *run) entries() []timeline.Entry {
	t := v.env.Theme
	var out []timeline.Entry
	seen := map[string]bool{}
	last := 0
	for _, r := range v.state.Records {
		e := entry(t, r, v.breaks(r.Workflow, r.Step))
		if r.Seq > last+1 {
			e.Detail = append([]string{termtext.Plural(r.Seq-last-1, "attempt") + " before it not kept"}, e.Detail...)
		}
		last = r.Seq
		seen[flows.BreakName(r.Workflow, r.Step)] = true
		out = append(out, e)
	}
	if v.live == nil || v.state.Over {
		return out
	}
	for _, s := range v.live.Workflow.Steps {
		name := flows.BreakName(v.live.Workflow.ID, s.ID)
		if seen[name] {
			continue
		}
		out = append(out, timeline.Entry{ID: ahead + name, Glyph: t.Glyphs.Queued, Title: s.ID, Text: target(s.Target().S) + v.breaks(v.live.Workflow.ID, s.ID)})
	}
	return out
}

// breaks marks a step that the run pauses before.
func (v *run) breaks(workflow, step string) string {
	if v.live != nil && !v.state.Over && v.live.Breaks(flows.BreakName(workflow, step)) {
		return "  " + v.env.Theme.Glyphs.Paused + " breakpoint"
	}
	return ""
}

func entry(t *theme.Theme, r flow.Record, mark string) timeline.Entry {
	e := timeline.Entry{ID: entryID(r), Time: r.Started.Local().Format(time.TimeOnly), Title: termtext.Spaces(2*r.Depth) + r.Step, Text: summary(r) + mark}
	e.Glyph, e.Ink = glyph(t, r.State)
	if r.Wait != nil {
		e.Detail = append(e.Detail, "waits "+waiting(r.Wait))
	}
	if r.Proof != nil {
		e.Detail = append(e.Detail, r.Proof.Verdict+": "+r.Proof.Text)
	}
	if r.Error != "" && r.State == flow.Failed {
		e.Detail = append(e.Detail, r.Error)
	}
	if r.Action != nil {
		e.Detail = append(e.Detail, action(r.Action))
	}
	return e
}

func glyph(t *theme.Theme, s flow.State) (string, theme.Ink) {
	g := t.Glyphs
	switch s {
	case flow.Passed:
		return g.Completed, theme.OK
	case flow.Failed:
		return g.Error, theme.Danger
	case flow.Stopped:
		return g.Cancelled, theme.Attention
	case flow.Paused:
		return g.Paused, theme.Attention
	case flow.Waiting:
		return g.Requested, theme.Accent
	}
	return g.Processing, theme.Accent
}

// summary is an attempt in a few words.
func summary(r flow.Record) string {
	var parts []string
	if r.Response != nil {
		parts = append(parts, strconv.Itoa(r.Response.Status))
	}
	switch {
	case r.Request != nil:
		parts = append(parts, r.Request.Method+" "+r.Request.Path)
	case r.Message == nil:
		parts = append(parts, target(r.Target))
	}
	if r.Message != nil {
		parts = append(parts, "received "+r.Message.Type)
	}
	if r.Attempt > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", r.Attempt))
	}
	if r.Visit > 1 {
		parts = append(parts, fmt.Sprintf("round %d", r.Visit))
	}
	return strings.Join(parts, "  ")
}

// target names what a step calls, without the source that it is found in.
func target(s string) string {
	_, name, found := strings.Cut(s, "#/channels/")
	if found {
		return "receives " + name
	}
	if _, path, found := strings.Cut(s, "#/paths/"); found {
		return strings.ReplaceAll(path, "~1", "/")
	}
	return s
}

// waiting says what is waited for, with the time that is left.
func waiting(w *flow.Wait) string {
	if w.Until.IsZero() {
		return "for " + w.For
	}
	return fmt.Sprintf("%s for %s", max(0, time.Until(w.Until)).Round(time.Second), w.For)
}

func action(a *flow.ActionSeen) string {
	return strings.TrimSpace("then " + a.Name + ": " + a.Type + " " + a.Target)
}
