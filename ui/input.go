package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Line is a one-line text input that keeps what was typed or pasted, and shows
// what cannot be seen in it: a pasted id may hold characters that reorder text.
type Line struct{ textinput.Model }

// Input makes a one-line text input in the theme's inks, without a prompt.
func Input(t *theme.Theme) Line {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = 500
	in.SetStyles(inputStyles(t))
	return Line{in}
}

func inputStyles(t *theme.Theme) textinput.Styles {
	state := textinput.StyleState{Text: t.Plain, Placeholder: t.Muted, Suggestion: t.Muted, Prompt: t.Muted}
	s := textinput.Styles{Focused: state, Blurred: state}
	s.Cursor.Blink = false
	return s
}

// Update takes keys and pastes.
func (l Line) Update(msg tea.Msg) (Line, tea.Cmd) {
	m, cmd := l.Model.Update(msg)
	return Line{m}, cmd
}

// View draws the line as it is read, which may be longer than it is.
func (l Line) View() string {
	typed := []rune(l.Value())
	shown := l.Model
	shown.CharLimit = 0
	shown.SetValue(termtext.Clean(string(typed)))
	shown.SetCursor(len([]rune(termtext.Clean(string(typed[:l.Position()])))))
	return shown.View()
}
