package form

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

// field is what the form needs of any kind of field.
type field interface {
	shared() *common
	setTheme(*theme.Theme)
	resize(w, h int)
	// focus gives the cursor; direction says from where: 1 from above, -1 from
	// below, 0 from anywhere.
	focus(direction int) tea.Cmd
	blur()
	// handle takes a message and reports whether it was one for the field.
	handle(tea.Msg) (cmd tea.Cmd, used bool)
	// tab moves within the field and reports whether it could.
	tab(direction int) bool
	value() string
	setValue(string)
	check() error
	// lines draws the field, at least one line, and returns the line with the
	// cursor.
	lines() (drawn []string, cursor int)
}

// common is what all fields have.
type common struct {
	id, label, help string
	given           error  // an error told by SetError
	givenFor        string // the value it was told for
	visited         bool   // errors are shown from now on
	focused         bool
	theme           *theme.Theme
	w, h            int // of the field itself, of the form
}

func newCommon(id, label, help string) common {
	return common{id: id, label: label, help: help, theme: theme.Default()}
}

func (c *common) shared() *common             { return c }
func (c *common) setTheme(th *theme.Theme)    { c.theme = th }
func (c *common) resize(w, h int)             { c.w, c.h = w, h }
func (c *common) focus(direction int) tea.Cmd { c.focused = true; return nil }
func (c *common) blur()                       { c.focused = false }
func (c *common) tab(direction int) bool      { return false }
