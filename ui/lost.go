package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
)

// belowTitle is the line below the title: a rule, or what is wrong with the
// connection and what that means for what is shown.
func (a *App) belowTitle() string {
	s := a.status
	if !s.LinkBad {
		return a.rule()
	}
	words := " " + a.theme.Glyphs.Error + " " + s.Link
	if !s.LinkSince.IsZero() {
		words += " since " + s.LinkSince.Format("15:04:05") + ": what is shown is as of then"
	}
	return a.theme.Danger.Render(termtext.Fit(words+" · retrying", a.width))
}

// dim takes the inks from what may be out of date, while the connection is lost.
func (a *App) dim(lines []string) []string {
	if !a.status.LinkBad {
		return lines
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = a.theme.Muted.Render(ansi.Strip(l))
	}
	return out
}

func (a *App) rule() string {
	return a.frameInk().Render(strings.Repeat(a.theme.Glyphs.Rule, a.width))
}
