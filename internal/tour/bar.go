package tour

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// captionRows are the lines of a caption; around them are a rule and the tour's keys.
const captionRows = 3

// barRows are the lines below the console.
func (p *Player) barRows() int {
	if p.free {
		return 0
	}
	return captionRows + 2
}

// View implements [tea.Model].
func (p *Player) View() tea.View {
	v := p.console.View()
	if p.free {
		return v
	}
	content := v.Content
	if p.back >= 0 {
		content, v.Cursor = p.frames[p.back], nil
	}
	lines := strings.Split(content, "\n")
	rows := max(1, p.height-p.barRows())
	for len(lines) < rows {
		lines = append(lines, "")
	}
	for i, l := range lines[:rows] { // a frame that was kept may be of another size
		lines[i] = termtext.Clip(l, p.width, 1)
	}
	v.Content = p.theme.Frame(strings.Join(append(lines[:rows], p.bar()...), "\n"))
	return v
}

// bar is the caption with its number, and the tour's keys.
func (p *Player) bar() []string {
	t := p.theme
	out := []string{t.Style(theme.Accent).Render(strings.Repeat(t.Glyphs.Rule, max(0, p.width)))}
	text := termtext.Wrap(p.caption(), max(10, p.width-2))
	for i := range captionRows {
		line := ""
		if i < len(text) {
			line = " " + t.Title.Render(text[i])
		}
		out = append(out, line)
	}
	return append(out, " "+t.Paint(theme.Muted, termtext.Truncate(p.keysLine(), max(1, p.width-2))))
}

// scene is the one that is spoken of.
func (p *Player) scene() int {
	if p.back >= 0 {
		return p.back
	}
	return p.at
}

func (p *Player) caption() string {
	switch n := p.scene(); {
	case p.missed != "":
		return fmt.Sprintf("%q did not come within %s. The space bar goes on all the same.", p.missed, longestWait)
	case n == len(p.scenes):
		return "That was the tour. One more space, and the console is yours: ? shows its keys, q leaves it."
	default:
		return p.scenes[n].Caption
	}
}

// keysLine says where the tour is, and what its keys do.
func (p *Player) keysLine() string {
	n := p.scene()
	parts := []string{fmt.Sprintf("%d/%d", min(n+1, len(p.scenes)), len(p.scenes))}
	switch {
	case p.back >= 0:
		parts = append(parts, "as it was", "space goes on")
	case p.playing:
		parts = append(parts, "plays "+strings.TrimRight(p.theme.Glyphs.Requested, " "))
	case p.auto:
		parts = append(parts, "plays by itself")
	default:
		parts = append(parts, "space goes on")
	}
	if len(p.frames) > 0 {
		parts = append(parts, "backspace back")
	}
	auto := "a auto-play"
	if p.auto {
		auto = "a stops that"
	}
	return strings.Join(append(parts, auto, fmt.Sprintf("+/- speed %g", speeds[p.speed]), "q quits"), " "+p.theme.Glyphs.Dot+" ")
}
