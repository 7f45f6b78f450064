package flows

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
	"github.com/knockops/knockops/views/internal/status"
)

func (v *inputs) View() string {
	t := v.env.Theme
	switch {
	case v.err != nil:
		return status.Failed(t, v.err.Error(), v.env.Hint(keymap.AppBack)+" goes back.", v.width)
	case v.flow == nil:
		return status.Loading(t, "the flow")
	}
	head, foot := v.head(), v.foot()
	height := max(1, v.height-len(head)-1)
	body := ""
	switch {
	case v.env.Theme.Beside(v.width):
		left := v.width * 9 / 20
		v.form.SetSize(left, height)
		body = requestpane.Beside(t, v.form.View(), v.pane.View(t, v.width-left-4, height), left, height)
	case v.showing || len(v.form.Values()) == 0:
		body = v.pane.View(t, v.width-1, height)
	default:
		v.form.SetSize(v.width, height)
		body = v.form.View()
	}
	lines := strings.Split(body, "\n")
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(append(append(head, lines[:height]...), foot), "\n")
}

// head is what the flow is for.
func (v *inputs) head() (lines []string) {
	text := v.workflow.Summary
	if text == "" {
		text = v.flow.Summary
	}
	for _, l := range termtext.Wrap(termtext.Clean(text), max(10, v.width-2)) {
		lines = append(lines, " "+v.env.Theme.Plain.Render(l))
	}
	return append(lines[:min(len(lines), 2)], "")
}

// foot says what running does.
func (v *inputs) foot() string {
	t := v.env.Theme
	key := v.env.Hint(runFlow)
	act := "runs " + v.workflow.ID + " in " + v.env.Status().Where()
	switch {
	case len(v.form.Errors()) > 0:
		act += ", once the marked fields are fixed"
	case v.wrong != nil:
		act += ", once this is fixed: " + v.wrong.Error()
	case v.stepwise:
		act += ", and pauses before each step"
	}
	return " " + t.Key.Render(key) + " " + t.Plain.Render(termtext.Truncate(termtext.Clean(act), v.width-termtext.Width(key)-3))
}

// planLines are the requests that the flow would send, or why it would send none.
func (v *inputs) planLines() (lines []requestpane.Line) {
	add := func(ink theme.Ink, format string, args ...any) {
		lines = append(lines, requestpane.Lines(ink, termtext.CleanLines(fmt.Sprintf(format, args...)))...)
	}
	if text := v.workflow.Description; text != "" {
		add(theme.Muted, "%s", text)
		add(theme.Plain, "")
	}
	for _, in := range v.inputs {
		if in.Secret {
			add(theme.Muted, "%s is the profile's key: it is filled in, and never shown.", in.Name)
		}
	}
	if v.wrong != nil {
		add(theme.Danger, "%v", v.wrong)
		add(theme.Plain, "")
		for i, s := range v.workflow.Steps {
			add(theme.Accent, "%d  %s", i+1, s.ID)
			add(theme.Muted, "   %s", s.Target().S)
		}
		return lines
	}
	add(theme.Muted, "What it sends; what only an answer brings is marked ‹…›:")
	for i, p := range v.plan {
		add(theme.Accent, "%s%d  %s", termtext.Spaces(2*p.Depth), i+1, p.Step)
		for _, l := range plannedLines(p) {
			add(theme.Plain, "%s   %s", termtext.Spaces(2*p.Depth), l)
		}
	}
	return lines
}

func plannedLines(p flow.Planned) []string {
	switch {
	case p.Calls != "":
		return []string{"runs the workflow " + p.Calls}
	case p.Waits != "":
		return []string{"waits for the webhook " + p.Waits}
	}
	line := p.Request.Method + " " + p.Request.Path
	if p.Request.Query != "" {
		line += "?" + readable(p.Request.Query)
	}
	out := []string{line}
	if p.Request.Body != "" {
		out = append(out, p.Request.Body)
	}
	return out
}

// readable is a query without its escapes: what is not known yet would be nothing else.
func readable(query string) string {
	if plain, err := url.QueryUnescape(query); err == nil {
		return plain
	}
	return query
}
