// Package timeline is a list of what happened, in order.
package timeline

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

type Entry struct {
	ID     string
	Time   string
	Glyph  string
	Ink    theme.Ink
	Title  string
	Text   string
	Detail []string
}

type Timeline struct{}

func New() *Timeline                       { return &Timeline{} }
func (t *Timeline) SetEntries([]Entry)     {}
func (t *Timeline) SetTheme(*theme.Theme)  {}
func (t *Timeline) SetSize(w, h int)       {}
func (t *Timeline) Update(tea.Msg) tea.Cmd { return nil }
func (t *Timeline) View() string           { return "" }
func (t *Timeline) Cursor() (Entry, bool)  { return Entry{}, false }
