// Package pager shows lines that were drawn elsewhere, as many as fit, and
// scrolls through them.
package pager

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
)

// Pager is a window on lines. Its zero value is empty.
type Pager struct {
	lines []string
	sight scroll.Window
	w, h  int
}

// SetLines replaces the lines, which may be styled. What is in sight stays where it is.
func (p *Pager) SetLines(lines []string) {
	p.lines = lines
	p.by(0)
}

// SetSize sets the window in cells.
func (p *Pager) SetSize(w, h int) {
	p.w, p.h = max(0, w), max(0, h)
	p.by(0)
}

// Show scrolls as far as it takes to have a line in sight.
func (p *Pager) Show(line int) {
	p.sight.Show(line, line+1, p.h, len(p.lines))
}

// More counts the lines below the window.
func (p *Pager) More() int { return max(0, len(p.lines)-p.sight.Top-p.h) }

func (p *Pager) by(n int) { p.sight.By(n, p.h, len(p.lines)) }

// Update scrolls for the usual keys and the wheel.
func (p *Pager) Update(msg tea.Msg) tea.Cmd {
	p.by(Step(msg, p.h))
	return nil
}

// Step is how many lines down a key or the wheel scrolls in a window of some
// height; up when it is negative.
func Step(msg tea.Msg, height int) int {
	const all = 1 << 30
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return map[string]int{"up": -1, "down": 1, "pgup": -height, "pgdown": height, "home": -all, "end": all}[msg.String()]
	case tea.MouseWheelMsg:
		return map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button]
	}
	return 0
}

// View draws the lines in sight.
func (p *Pager) View() string {
	from, to := p.sight.Range(p.h, len(p.lines))
	return termtext.Clip(strings.Join(p.lines[from:to], "\n"), p.w, p.h)
}
