package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Find is the line below a list that narrows it by a text, as it is typed.
type Find struct {
	input Line
	open  bool
}

// NewFind makes the line, closed, with a text to begin with.
func NewFind(t *theme.Theme, value string) Find {
	in := Input(t)
	in.Prompt = "/"
	in.SetValue(value)
	return Find{input: in}
}

// Open lets the text be typed.
func (f *Find) Open() tea.Cmd {
	f.open = true
	return f.input.Focus()
}

// Clear takes the text away.
func (f *Find) Clear() { f.input.SetValue("") }

// Active reports that the text is being typed.
func (f *Find) Active() bool { return f.open }

// Update takes keys and pastes: enter keeps the text, esc takes it away.
func (f *Find) Update(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			f.input.SetValue("")
			fallthrough
		case "enter":
			f.open = false
			f.input.Blur()
			return nil
		}
	}
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd
}

// Text is what is looked for, "" for nothing.
func (f *Find) Text() string { return strings.TrimSpace(f.input.Value()) }

// In reports whether one of the words has the text in it, whatever its case.
func (f *Find) In(words ...string) bool {
	q := strings.ToLower(f.Text())
	return q == "" || strings.Contains(strings.ToLower(strings.Join(words, "\x00")), q)
}

// Height is the row that the line takes while there is something in it.
func (f *Find) Height() int {
	if f.open || f.input.Value() != "" {
		return 1
	}
	return 0
}

// SetWidth sets the cells that the line may take.
func (f *Find) SetWidth(w int) { f.input.SetWidth(max(4, w-4)) }

// Below puts the line below a view, at the foot of width by height cells.
func (f *Find) Below(view string, width, height int) string {
	if f.Height() == 0 {
		return view
	}
	view = termtext.Clip(view, width, max(1, height-1))
	return view + strings.Repeat("\n", max(1, height-1-strings.Count(view, "\n"))) + " " + f.input.View()
}
