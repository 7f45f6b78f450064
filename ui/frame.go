package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// frameRows is what [Frame] puts above and below a body.
const frameRows = 4

// Frame draws a titled frame around body, inner cells wide; for what lies on top of the page.
// In accessible mode it is the title and the body, nothing around them.
func Frame(t *theme.Theme, title, body string, inner int) string {
	return box(t, title, body, inner, 1)
}

// box is Frame with the empty lines above and below the body to choose.
func box(t *theme.Theme, title, body string, inner, space int) string {
	if t.Options.Accessible {
		return t.Title.Render(termtext.Fit(title, inner)) + "\n\n" + body
	}
	g := t.Glyphs
	b := lipgloss.Border{
		Top: g.Rule, Bottom: g.Rule, Left: g.Bar, Right: g.Bar,
		TopLeft: g.Corner[0], TopRight: g.Corner[1], BottomLeft: g.Corner[2], BottomRight: g.Corner[3],
	}
	ink := lipgloss.NewStyle().Foreground(t.Accent.GetForeground())
	boxed := lipgloss.NewStyle().Border(b).BorderForeground(t.Accent.GetForeground()).Padding(space, 2).Width(inner + 2).Render(body)
	_, rest, _ := strings.Cut(boxed, "\n")
	name := termtext.Clean(title)
	name = " " + termtext.Fit(name, min(inner-4, termtext.Width(name))) + " "
	fill := max(0, inner-termtext.Width(name)-1)
	head := ink.Render(b.TopLeft+b.Top) + t.Title.Render(name) + ink.Render(strings.Repeat(b.Top, fill)+b.TopRight)
	return head + "\n" + rest
}

// scrollbar is what stands at the right of each of the rows in sight, from the first of them on, of all there
// are; nothing where all are in sight.
func scrollbar(t *theme.Theme, rows, first, all int) []string {
	bar := make([]string, rows)
	if all <= rows || t.Options.Accessible {
		return bar
	}
	size := max(1, rows*rows/all)
	at := (rows - size) * first / (all - rows)
	for i := range bar {
		bar[i] = t.Rule.Render(" " + t.Glyphs.Bar)
		if i >= at && i < at+size {
			bar[i] = t.Muted.Render(" " + t.Glyphs.Full)
		}
	}
	return bar
}
