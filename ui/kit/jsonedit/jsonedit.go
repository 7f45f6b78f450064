// Package jsonedit is an editor for JSON.
package jsonedit

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

type Problem struct {
	Path, Message string
	Line, Col     int
}

type Editor struct{}

func New() *Editor                                            { return &Editor{} }
func (e *Editor) SetCheck(check func([]byte) []Problem)       {}
func (e *Editor) SetTheme(*theme.Theme)                       {}
func (e *Editor) SetSize(w, h int)                            {}
func (e *Editor) Update(tea.Msg) tea.Cmd                      { return nil }
func (e *Editor) View() string                                { return "" }
func (e *Editor) Focus() tea.Cmd                              { return nil }
func (e *Editor) Blur()                                       {}
func (e *Editor) Focused() bool                               { return false }
func (e *Editor) Value() string                               { return "" }
func (e *Editor) SetValue(string)                             {}
func (e *Editor) Error() (line, col int, msg string, ok bool) { return }
func (e *Editor) Problems() []Problem                         { return nil }
func (e *Editor) Format() bool                                { return false }
func (e *Editor) AtTop() bool                                 { return true }
func (e *Editor) AtBottom() bool                              { return true }
