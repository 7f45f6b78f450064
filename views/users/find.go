package users

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// find narrows what was read by a text, as it is typed. Knock has no search.
type find struct {
	input  ui.Line
	active bool
}

func newFind(t *theme.Theme, value string) find {
	in := ui.Input(t)
	in.Prompt = "/"
	in.SetValue(value)
	return find{input: in}
}

func (f *find) open() tea.Cmd {
	f.active = true
	return f.input.Focus()
}

func (f *find) close() {
	f.active = false
	f.input.Blur()
}

func (f *find) text() string { return strings.TrimSpace(f.input.Value()) }

func (f *find) keep(u *client.User) bool {
	q := strings.ToLower(f.text())
	return q == "" || strings.Contains(strings.ToLower(strings.Join([]string{u.ID, u.Name, u.Email}, "\x00")), q)
}

// height is the line that the text takes while there is one.
func (f *find) height() int {
	if f.active || f.input.Value() != "" {
		return 1
	}
	return 0
}

func (f *find) view() string { return " " + f.input.View() }
