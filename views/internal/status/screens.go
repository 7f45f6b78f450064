package status

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Loading is the screen of a page whose first answer has not come.
func Loading(t *theme.Theme, what string) string {
	return "\n   " + t.Muted.Render("Loading "+what+" "+t.Glyphs.Requested)
}

// Empty is the screen of a page that has nothing to show: what there is none
// of, and the one key that helps, on as many lines as they need.
func Empty(t *theme.Theme, what, help string, width int) string {
	if termtext.Width(what)+2+termtext.Width(help) <= width-6 {
		return "\n   " + t.Plain.Render(termtext.Clean(what)) + "  " + t.Muted.Render(termtext.Clean(help))
	}
	return "\n" + wrapped(t.Plain, "", what, width) + "\n" + wrapped(t.Muted, "", help, width)
}

// Failed is the screen of a page that could not be read at all: why, and what helps.
func Failed(t *theme.Theme, why, help string, width int) string {
	return "\n" + wrapped(t.Danger, t.Glyphs.Error+" ", why, width) + "\n\n" + wrapped(t.Muted, "", help, width)
}

// wrapped indents a text, and its sign once more.
func wrapped(ink lipgloss.Style, sign, s string, width int) string {
	lines := termtext.Wrap(s, max(10, width-6))
	for i, line := range lines {
		lines[i] = "   " + ink.Render(sign+line)
		sign = strings.Repeat(" ", termtext.Width(sign))
	}
	return strings.Join(lines, "\n")
}
