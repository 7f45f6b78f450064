package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/text"
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
	a.toast = &toast{m.tone, text.Clean(m.text), a.toastID}
	if m.tone == Bad {
		return nil
	}
	id := a.toastID
	return tea.Tick(toastFor, func(time.Time) tea.Msg { return toastOver{id} })
}

// toastLine takes the footer's place while a toast is shown.
func (a *App) toastLine() string {
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
	return ink.Render(text.Fit(" "+glyph+" "+a.toast.text, a.width))
}
