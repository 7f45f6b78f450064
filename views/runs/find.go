package runs

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// find narrows what is listed by a text, as it is typed.
type find struct {
	input  ui.Line
	active bool
}

func newFind(t *theme.Theme) find {
	in := ui.Input(t)
	in.Prompt = "/"
	return find{input: in}
}

func (f *find) open() tea.Cmd {
	f.active = true
	return f.input.Focus()
}

func (f *find) update(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			f.input.SetValue("")
			fallthrough
		case "enter":
			f.active = false
			f.input.Blur()
			return nil
		}
	}
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd
}

func (f *find) keep(r *client.Run) bool {
	q := strings.ToLower(strings.TrimSpace(f.input.Value()))
	return q == "" || strings.Contains(haystack(r), q)
}

// height is the line that the text takes while there is one.
func (f *find) height() int {
	if f.active || f.input.Value() != "" {
		return 1
	}
	return 0
}

func (f *find) setWidth(w int) { f.input.SetWidth(max(4, w-4)) }

func (f *find) view() string { return " " + f.input.View() }
