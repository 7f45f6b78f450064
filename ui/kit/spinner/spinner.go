// Package spinner shows that something is under way.
package spinner

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Interval is the time between two frames.
const Interval = 150 * time.Millisecond

// Spinner turns between Start and Stop, and costs nothing otherwise. Make it
// with New.
type Spinner struct {
	theme   *theme.Theme
	turning bool
	turn    int // how often it was started: ticks of earlier turns are dropped
	frame   int
}

// New makes a spinner that stands still.
func New() *Spinner { return &Spinner{theme: theme.Default()} }

// SetTheme changes the inks and glyphs.
func (s *Spinner) SetTheme(th *theme.Theme) { s.theme = th }

type tickMsg struct {
	spinner *Spinner
	turn    int
}

// Start makes it turn. The command is nil when it turns already.
func (s *Spinner) Start() tea.Cmd {
	if s.turning {
		return nil
	}
	s.turning = true
	s.turn++
	s.frame = 0
	return s.tick()
}

// Stop makes it stand still and vanish.
func (s *Spinner) Stop() { s.turning = false }

// Turning reports whether it was started and not stopped.
func (s *Spinner) Turning() bool { return s.turning }

// Update turns it by one frame for its own ticks.
func (s *Spinner) Update(msg tea.Msg) tea.Cmd {
	tick, ok := msg.(tickMsg)
	if !ok || tick.spinner != s || tick.turn != s.turn || !s.turning {
		return nil
	}
	s.frame++
	return s.tick()
}

func (s *Spinner) tick() tea.Cmd {
	msg := tickMsg{s, s.turn}
	return tea.Tick(Interval, func(time.Time) tea.Msg { return msg })
}

// View draws the frame, always as wide as the widest, blank when standing.
func (s *Spinner) View() string {
	frames := s.theme.Glyphs.Spinner
	width := 0
	for _, f := range frames {
		width = max(width, termtext.Width(f))
	}
	if !s.turning {
		return termtext.Spaces(width)
	}
	return s.theme.Paint(theme.Accent, termtext.Fit(frames[s.frame%len(frames)], width))
}
