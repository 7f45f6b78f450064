package users

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
)

func (v *identify) View() string {
	t := v.env.Theme
	foot := v.foot()
	height := max(1, v.height-len(foot))
	body := ""
	v.request.Set(v.requestLines())
	switch {
	case v.env.Theme.Beside(v.width):
		left := v.width * 11 / 20
		v.draft.form.SetSize(left, height)
		body = requestpane.Beside(t, v.draft.form.View(), v.request.View(t, v.width-left-4, height), left, height)
	case v.showing:
		body = v.request.View(t, v.width-1, height)
	default:
		v.draft.form.SetSize(v.width, height)
		body = v.draft.form.View()
	}
	lines := strings.Split(body, "\n")
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(append(lines[:height], foot...), "\n")
}

// foot is what went wrong, and what sending does.
func (v *identify) foot() []string {
	t := v.env.Theme
	var lines []string
	failure := v.failure
	if failure == nil {
		failure = v.readErr
	}
	if failure != nil {
		for i, l := range termtext.Wrap(failure.Error(), max(10, v.width-4)) {
			sign := "  "
			if i == 0 {
				sign = t.Glyphs.Error + " "
			}
			lines = append(lines, " "+t.Danger.Render(sign+l))
		}
		lines = lines[:min(len(lines), max(1, v.height/4))]
	}
	key := v.env.Hint(identifyIt)
	return append(lines, " "+t.Key.Render(key)+" "+t.Plain.Render(termtext.Truncate(v.act(), v.width-termtext.Width(key)-3)))
}

// act says what sending does now.
func (v *identify) act() string {
	where := " in " + v.env.Status().Where()
	id := v.draft.id()
	switch {
	case v.sending != nil:
		return "sending: identify " + termtext.Middle(v.sending.id, 30) + where
	case id == "":
		return "identifies the user" + where + ", once there is an id"
	case v.readErr != nil:
		return "sends all that is not empty: what Knock has of " + termtext.Middle(id, 30) + " could not be read"
	}
	s := "Identify " + termtext.Middle(id, 40) + where
	switch properties, err := v.draft.properties(); {
	case err != nil || len(v.draft.form.Errors()) > 0:
		s += ", once the marked fields are fixed"
	case v.draft.editing():
		s += ": " + termtext.Plural(len(properties), "change")
	case v.isNew:
		s += ": a new user"
	}
	return s
}

func (v *identify) requestLines() []requestpane.Line {
	var lines []requestpane.Line
	for _, e := range v.draft.form.Errors() {
		lines = append(lines, requestpane.Line{Text: v.env.Theme.Glyphs.Error + " " + e.Label + ": " + v.draft.problem(e), Ink: theme.Danger})
	}
	r, err := v.built()
	if err != nil {
		if len(lines) == 0 {
			lines = append(lines, requestpane.Line{Text: v.env.Theme.Glyphs.Error + " " + err.Error(), Ink: theme.Danger})
		}
		return append(lines, requestpane.Line{Text: "The request appears here once that is fixed.", Ink: theme.Muted})
	}
	lines = append(lines, requestpane.Head(r)...)
	lines = append(lines, requestpane.Lines(theme.Plain, ops.Preview(r))...)
	properties, _ := v.draft.properties() // built has accepted them
	nulls := 0
	for _, p := range properties {
		if p == nil {
			nulls++
		}
	}
	if nulls > 0 {
		lines = append(lines, requestpane.Line{}, requestpane.Line{Text: fmt.Sprintf("null removes %s from the user.", termtext.Plural(nulls, "property")), Ink: theme.Muted})
	}
	if v.draft.editing() {
		lines = append(lines, requestpane.Line{}, requestpane.Line{Text: "Only what you change is sent; all else stays as it is.", Ink: theme.Muted})
	}
	return lines
}
