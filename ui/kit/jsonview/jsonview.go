// Package jsonview is a viewer for JSON.
package jsonview

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

type Viewer struct{}

func New() *Viewer                              { return &Viewer{} }
func (v *Viewer) SetJSON(data []byte) tea.Cmd   { return nil }
func (v *Viewer) SetTheme(*theme.Theme)         {}
func (v *Viewer) SetSize(w, h int)              {}
func (v *Viewer) Update(tea.Msg) tea.Cmd        { return nil }
func (v *Viewer) View() string                  { return "" }
func (v *Viewer) Path() string                  { return "" }
func (v *Viewer) Value() string                 { return "" }
func (v *Viewer) StartSearch() tea.Cmd          { return nil }
func (v *Viewer) StartFilter() tea.Cmd          { return nil }
func (v *Viewer) Editing() bool                 { return false }
func (v *Viewer) Search(s string) (matches int) { return 0 }
func (v *Viewer) Next()                         {}
func (v *Viewer) Prev()                         {}
func (v *Viewer) Filter(expr string) tea.Cmd    { return nil }
