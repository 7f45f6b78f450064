// Package progress shows how far something is, with counts and the time left.
package progress

import (
	"strings"
	"time"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Progress is one line: a label, a bar, counts, a note. Make it with New.
type Progress struct {
	theme       *theme.Theme
	w           int
	label, note string
	done, total int
	started     time.Time
	ended       time.Time
}

// New makes a progress from nothing to total, beginning now. A total of 0 is
// not known yet.
func New(label string, total int) *Progress {
	return &Progress{theme: theme.Default(), label: label, total: total, started: time.Now()}
}

// SetTheme changes the inks and glyphs.
func (p *Progress) SetTheme(th *theme.Theme) { p.theme = th }

// SetSize sets the width in cells. The height is always one line.
func (p *Progress) SetSize(w, _ int) { p.w = max(0, w) }

// Began says that it began earlier than it was made.
func (p *Progress) Began(at time.Time) { p.started = at }

// SetTotal changes what there is to do.
func (p *Progress) SetTotal(total int) { p.total = total }

// SetNote sets what stands behind the counts, such as "429: 0".
func (p *Progress) SetNote(note string) { p.note = note }

// Set says how much is done.
func (p *Progress) Set(done int) {
	p.done = done
	if p.Done() && p.ended.IsZero() {
		p.ended = time.Now()
	}
}

// Done reports whether all is done.
func (p *Progress) Done() bool { return p.total > 0 && p.done >= p.total }

// Left estimates the time left from the pace so far. ok is false while there is
// no pace to speak of.
func (p *Progress) Left() (left time.Duration, ok bool) {
	elapsed := time.Since(p.started)
	if p.done <= 0 || p.total <= p.done || elapsed < time.Second {
		return 0, false
	}
	return time.Duration(float64(elapsed) / float64(p.done) * float64(p.total-p.done)), true
}

// View draws the line.
func (p *Progress) View() string {
	if p.w == 0 {
		return ""
	}
	var parts []string
	if p.label != "" {
		parts = append(parts, termtext.Clean(p.label))
	}
	tail := p.counts()
	if p.note != "" {
		tail += "   " + termtext.Clean(p.note)
	}
	used := termtext.Width(tail) + 2
	if p.total > 0 {
		used += 3 + clockWidth // there from the start, so that the bar never moves
	}
	for _, s := range parts {
		used += termtext.Width(s) + 2
	}
	if room := p.w - used; p.total > 0 && room >= 4 {
		parts = append(parts, p.bar(min(room, maxBar)))
	}
	if s := p.clock(); s != "" {
		tail += "   " + s
	}
	return termtext.Clip(strings.Join(append(parts, tail), "  "), p.w, 1)
}

// clockWidth is the room for the time: eta 365d.
const clockWidth = 8

// maxBar keeps the counts near the bar in a wide window.
const maxBar = 40

func (p *Progress) counts() string {
	if p.total <= 0 {
		return termtext.Count(p.done)
	}
	total := termtext.Count(p.total)
	return termtext.FitRight(termtext.Count(p.done), max(len(total), len(termtext.Count(p.done)))) + "/" + total
}

// clock words the time that it took, or the time left.
func (p *Progress) clock() string {
	if !p.ended.IsZero() && p.Done() {
		return termtext.Age(p.ended.Sub(p.started))
	}
	if left, ok := p.Left(); ok {
		return "eta " + termtext.Age(left)
	}
	return ""
}

// bar draws w cells, in steps of half a cell. It is full when all is done and
// not before.
func (p *Progress) bar(w int) string {
	halves := 0
	if p.done > 0 {
		halves = int(float64(p.done) / float64(p.total) * float64(2*w))
	}
	if !p.Done() {
		halves = min(halves, 2*w-1)
	}
	halves = min(halves, 2*w)
	g := p.theme.Glyphs
	full, half := halves/2, halves%2
	return p.theme.Paint(theme.Accent, strings.Repeat(g.Full, full)+strings.Repeat(g.Half, half)) +
		p.theme.Paint(theme.Muted, strings.Repeat(g.Empty, w-full-half))
}
