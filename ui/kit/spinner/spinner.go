// Package spinner shows that something is under way.
package spinner

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

type Spinner struct{}

func New() *Spinner                       { return &Spinner{} }
func (s *Spinner) SetTheme(*theme.Theme)  {}
func (s *Spinner) Start() tea.Cmd         { return nil }
func (s *Spinner) Stop()                  {}
func (s *Spinner) Update(tea.Msg) tea.Cmd { return nil }
func (s *Spinner) View() string           { return "" }
