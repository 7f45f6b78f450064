// Package progress draws a bar with its counts.
package progress

import "github.com/knockops/knockops/ui/theme"

type Progress struct{}

func New(label string, total int) *Progress { return &Progress{} }
func (p *Progress) SetTheme(*theme.Theme)   {}
func (p *Progress) SetSize(w, h int)        {}
func (p *Progress) Set(done int)            {}
func (p *Progress) SetTotal(total int)      {}
func (p *Progress) SetNote(note string)     {}
func (p *Progress) View() string            { return "" }
