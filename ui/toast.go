package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
)

const toastFor = 5 * time.Second

type toast struct {
	tone Tone
	text string
	id   int
}

type toastOver struct{ id int }

func (a *App) notify(m toastMsg) tea.Cmd {
	a.toastID++
	a.toast = &toast{m.tone, termtext.Clean(m.text), a.toastID}
	if m.tone == Bad {
		return nil
	}
	id := a.toastID
	return tea.Tick(toastFor, func(time.Time) tea.Msg { return toastOver{id} })
}

// toastRead takes away what the operator read before the key that they pressed.
func (a *App) toastRead() {
	if a.toast != nil && (a.toast.tone == Bad || a.toast.tone == Info) {
		a.toast = nil
	}
}

// toastMost is how many lines of the screen a toast takes at most.
const toastMost = 4

// withToast puts the toast that is shown in the place of the rule above the
// footer, and of the lines above that when it has more to say: the keys stay in sight.
func (a *App) withToast(page string) string {
	if a.toast == nil {
		return page
	}
	lines, over := strings.Split(page, "\n"), a.toastLines()
	copy(lines[max(0, len(lines)-1-len(over)):], over)
	return strings.Join(lines, "\n")
}

func (a *App) toastLines() []string {
	t := a.theme
	ink, glyph := t.Plain, t.Glyphs.Requested
	switch a.toast.tone {
	case Good:
		ink, glyph = t.OK, t.Glyphs.Completed
	case Warn:
		ink, glyph = t.Attention, t.Glyphs.Error
	case Bad:
		ink, glyph = t.Danger, t.Glyphs.Error
	}
	w := max(1, a.width-4)
	lines := termtext.Wrap(a.toast.text, w)
	if len(lines) > toastMost {
		lines = lines[:toastMost]
		lines[toastMost-1] = termtext.Fit(lines[toastMost-1], w-1) + termtext.Ellipsis
	}
	for i, l := range lines {
		lines[i] = ink.Render(termtext.Fit(" "+glyph+" "+l, a.width))
		glyph = " "
	}
	return lines
}
