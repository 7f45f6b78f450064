package flows

import (
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// page collects the lines of a step.
type page struct {
	lines []requestpane.Line
	theme *theme.Theme
}

func (p *page) add(ink theme.Ink, format string, args ...any) {
	p.lines = append(p.lines, requestpane.Lines(ink, termtext.CleanLines(fmt.Sprintf(format, args...)))...)
}

// title begins a part, with an empty line before it.
func (p *page) title(format string, args ...any) {
	if len(p.lines) > 0 {
		p.add(theme.Plain, "")
	}
	p.add(theme.Accent, format, args...)
}

// drawStep shows the step under the cursor.
func (v *run) drawStep() {
	p := &page{theme: v.env.Theme}
	if r, ok := v.selected(); ok {
		p.step(r)
	} else if at, ok := v.line.Cursor(); ok && v.live != nil {
		_, id, _ := strings.Cut(strings.TrimPrefix(at.ID, ahead), ".")
		if i := v.live.Workflow.Step(id); i >= 0 {
			p.title("%s has not run yet", id)
			p.add(theme.Muted, "%s", v.live.Workflow.Steps[i].Description)
		}
	}
	v.pane.Set(p.lines)
}

// step is everything there is about an attempt: why it failed first.
func (p *page) step(r flow.Record) {
	p.title("%s  %s", r.Step, r.State)
	if r.Description != "" {
		p.add(theme.Muted, "%s", r.Description)
	}
	if r.Error != "" {
		p.add(theme.Danger, "%s %s", p.theme.Glyphs.Error, r.Error)
	}
	if r.Wait != nil {
		p.add(theme.Attention, "waits %s", waiting(r.Wait))
	}
	if r.Proof != nil {
		p.add(theme.Plain, "%s: %s", r.Proof.Verdict, r.Proof.Text)
	}
	for _, n := range r.Notes {
		p.add(theme.Attention, "%s", n)
	}
	if r.Action != nil {
		p.add(theme.Plain, "%s", action(r.Action))
		if r.Action.Why != "" {
			p.add(theme.Muted, "  because %s", r.Action.Why)
		}
	}
	p.criteria(r.Criteria)
	p.outputs(r.Outputs)
	p.exchange(r)
}

// criteria are the conditions with both sides' values, and why one is not met.
func (p *page) criteria(all []flow.CriterionRes) {
	if len(all) == 0 {
		return
	}
	p.title("Criteria")
	for _, c := range all {
		glyph, ink, word := p.theme.Glyphs.Completed, theme.OK, "met"
		if !c.Pass {
			glyph, ink, word = p.theme.Glyphs.Error, theme.Danger, "not met"
		}
		p.add(ink, "%s %s: %s", glyph, word, c.Condition)
		if c.Context != "" {
			p.add(theme.Muted, "  %s in %s", c.Type, c.Context)
		}
		p.add(theme.Plain, "  %s", c.Why)
	}
}

func (p *page) outputs(all map[string]any) {
	if len(all) == 0 {
		return
	}
	p.title("Outputs")
	for _, name := range value.Names(all) {
		p.add(theme.Plain, "%s  %s", termtext.Fit(name, 16), termtext.Truncate(value.Text(all[name]), 200))
	}
}

func (p *page) exchange(r flow.Record) {
	if q := r.Request; q != nil {
		p.title("Request")
		query := ""
		if q.Query != "" {
			query = "?" + q.Query
		}
		p.add(theme.Plain, "%s %s%s", q.Method, q.Path, query)
		p.headers(q.Header)
		p.body(q.Body)
	}
	if a := r.Response; a != nil {
		p.title("Answer  %d, %s", a.Status, a.Took.Round(time.Millisecond))
		if a.RequestID != "" {
			p.add(theme.Muted, "request id %s", a.RequestID)
		}
		p.body(a.Body)
	}
	if m := r.Message; m != nil {
		p.title("Webhook  %s at %s", m.Type, m.At.Local().Format(time.TimeOnly))
		if m.Passed > 0 {
			p.add(theme.Muted, "%s looked at before it", termtext.Plural(m.Passed, "other"))
		}
		p.body(m.Payload)
	}
}

func (p *page) headers(h map[string][]string) {
	for _, name := range value.Names(h) {
		p.add(theme.Muted, "%s: %s", name, strings.Join(h[name], ", "))
	}
}

func (p *page) body(text string) {
	if text == "" {
		return
	}
	p.add(theme.Plain, "%s", indented(text))
}
