package compose

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
)

func (v *view) SetSize(w, h int) {
	v.width, v.height, v.left = w, h, 0
	if v.env.Theme.Beside(w) {
		v.left = w * 11 / 20
	}
	if v.left > 0 && v.showing == sideForm {
		v.showing = sideJSON
	}
}

// formWidth is what the form has beside something else; runs want more room than a request.
func (v *view) formWidth() int {
	if v.left > 0 && v.side() == sideRuns {
		return v.width * 2 / 5
	}
	return v.left
}

// Subject implements [ui.Pointed]: what came of the trigger that was sent last.
func (v *view) Subject() ui.Subject {
	if l := v.workspace.live; l != nil {
		return ui.Subject{Kind: ui.SubjectTrigger, ID: l.sent.result.WorkflowRunID}
	}
	return ui.Subject{}
}

func (v *view) Crumb() string { return termtext.Middle(v.workspace.top().workflow(), 40) }

func (v *view) Note() string {
	d, dot := v.workspace.top(), " "+v.env.Theme.Glyphs.Dot+" "
	var parts []string
	if d.attempt != nil {
		parts = append(parts, "sending "+v.env.Theme.Glyphs.Requested)
	} else if d.dirty() {
		parts = append(parts, "not sent yet")
	}
	if v.workspace.live != nil && v.side() != sideRuns {
		parts = append(parts, v.env.Hint(showIt)+" last sent")
	}
	if n := len(v.workspace.drafts); n > 1 {
		parts = append(parts, termtext.Plural(n, "draft"))
	}
	return strings.Join(parts, dot)
}

func (v *view) View() string {
	t, d := v.env.Theme, v.workspace.top()
	foot := v.foot()
	h := max(1, v.height-len(foot))
	body := ""
	switch {
	case v.left > 0:
		left := v.formWidth()
		d.form.SetSize(left, h)
		body = requestpane.Beside(t, d.form.View(), v.aside(v.width-left-4, h), left, h)
	case v.side() == sideForm:
		d.form.SetSize(v.width, h)
		body = d.form.View()
	default:
		body = v.aside(v.width-1, h)
	}
	lines := strings.Split(body, "\n")
	for len(lines) < h {
		lines = append(lines, "")
	}
	return strings.Join(append(lines[:h], foot...), "\n")
}

// aside is what stands beside the form.
func (v *view) aside(w, h int) string {
	if v.side() == sideRuns {
		return v.workspace.live.view(v.env.Theme, w, h)
	}
	d := v.workspace.top()
	if v.side() == sideCheck {
		v.drawn = drawn{}
		v.request.Set(v.checkLines())
		return v.request.View(v.env.Theme, w, h)
	}
	now := drawn{d, v.side(), d.written(), d.idempotency, d.uuid, d.tried, d.next, v.env.Status().Where(), v.workspace.catalogue.version}
	if v.drawn != now {
		v.drawn = now
		v.request.Set(v.requestLines())
	}
	return v.request.View(v.env.Theme, w, h)
}

func (v *view) requestLines() []requestpane.Line {
	t, d := v.env.Theme, v.workspace.top()
	lines := v.workflowLines(d)
	r, err := v.session.Client.TriggerRequest(d.trigger())
	if v.side() == sideCurl {
		if errs := d.form.Errors(); len(errs) > 0 {
			for _, e := range errs {
				lines = append(lines, requestpane.Line{Text: t.Glyphs.Error + " " + e.Label + ": " + d.problem(e), Ink: theme.Danger})
			}
			return append(lines, requestpane.Line{Text: "The curl command appears here once that is fixed.", Ink: theme.Muted})
		}
		if err != nil {
			return append(lines, requestpane.Line{Text: t.Glyphs.Error + " " + err.Error(), Ink: theme.Danger})
		}
		return append(lines, requestpane.Lines(theme.Plain, cut(r.Curl(), v.env.Hint(copyCurl)))...)
	}
	if err == nil {
		lines = append(lines, requestpane.Head(r)...)
	}
	return append(lines, d.body(t)...)
}

// workflowLines say what is known of the workflow.
func (v *view) workflowLines(d *draft) []requestpane.Line {
	var lines []requestpane.Line
	if w, ok := v.workspace.catalogue.find(d.workflow()); ok {
		lines = append(lines, requestpane.Line{Text: w.Name + " · " + steps(w), Ink: theme.Muted})
	}
	if warning := v.warning(d); warning != "" {
		lines = append(lines, requestpane.Line{Text: warning, Ink: theme.Attention})
	}
	if len(lines) > 0 {
		lines = append(lines, requestpane.Line{})
	}
	return lines
}

// warning says why Knock will refuse the workflow, as far as that is known here.
func (v *view) warning(d *draft) string {
	c, k, sign := &v.workspace.catalogue, d.workflow(), v.env.Theme.Glyphs.Error+" "
	w, ok := c.find(k)
	switch {
	case ok && !w.Active:
		return sign + "inactive: Knock refuses its triggers until it is thawed"
	case ok, k == "", !c.read():
		return ""
	}
	s := sign + "there is no workflow " + k + " in " + v.env.Status().Where()
	if near := c.nearest(k); near != "" {
		s += "; did you mean " + near + "?"
	}
	return s
}

func cut(s, copies string) string {
	if len(s) > mostShown {
		return strings.ToValidUTF8(s[:mostShown], "") + "\n(" + termtext.Count(len(s)-mostShown) + " more bytes: " + copies + " copies all)"
	}
	return s
}

// foot is what went wrong, and what sending does.
func (v *view) foot() []string {
	t, d := v.env.Theme, v.workspace.top()
	var lines []string
	if d.failure != nil {
		for i, l := range termtext.Wrap(d.failureText(v.env.Hint(sendIt)), max(10, v.width-4)) {
			sign := "  "
			if i == 0 {
				sign = t.Glyphs.Error + " "
			}
			lines = append(lines, " "+t.Danger.Render(sign+l))
		}
		lines = lines[:min(len(lines), max(1, v.height/3))]
	}
	if v.side() == sideForm {
		if warning := v.warning(d); warning != "" {
			lines = append(lines, " "+t.Paint(theme.Attention, termtext.Truncate(warning, v.width-2)))
		}
	}
	send := v.env.Hint(sendIt)
	return append(lines, " "+t.Key.Render(send)+" "+t.Plain.Render(termtext.Truncate(v.act(d), v.width-termtext.Width(send)-3)))
}

// act says what sending does now.
func (v *view) act(d *draft) string {
	where := " in " + v.env.Status().Where()
	if a := d.attempt; a != nil {
		return "sending: " + a.trigger.Workflow + " to " + termtext.Plural(len(a.trigger.Recipients), "recipient") + where
	}
	to, _ := d.recipients()
	s := "Send to " + termtext.Plural(len(to), "recipient") + where
	if n := len(d.form.Errors()); n > 0 {
		return s + " · " + termtext.Plural(n, "field") + " to fix"
	}
	if k, _ := d.key(); k != "" {
		return s + " · key " + k
	}
	return s + " · no key: it cannot be cancelled"
}
