// Package plot draws numbers over time in cells: areas that stand on each other, with marks below.
package plot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Series is one of the areas.
type Series struct {
	Name   string
	Values []float64 // oldest first; all series of a plot have as many
	Ink    theme.Ink
}

// Mark stands under the value at a place.
type Mark struct {
	At   int
	Sign string // one cell
}

// Plot is areas that stand on each other, the first one lowest.
type Plot struct {
	Series []Series
	Marks  []Mark
	// From and To are the words under its ends.
	From, To string
	// AtLeast is what the scale reaches in any case, so that two plots can be held against each other.
	AtLeast float64
}

// Equal reports that both are drawn alike.
func (p Plot) Equal(q Plot) bool {
	return p.From == q.From && p.To == q.To && p.AtLeast == q.AtLeast && slices.Equal(p.Marks, q.Marks) && slices.EqualFunc(p.Series, q.Series, func(a, b Series) bool {
		return a.Name == b.Name && a.Ink == b.Ink && slices.Equal(a.Values, b.Values)
	})
}

// axis are the cells for the numbers on the left, with the line beside them.
const axis = 7

// Least is the fewest lines in which a plot says something.
const Least = 5

// Lines draws the plot, w cells wide and h lines high: the areas, and under them the marks and the
// ends. It is empty where there is no room.
func (p Plot) Lines(t *theme.Theme, w, h int) []string {
	cells := w - axis
	if cells < 8 || h < Least || len(p.Series) == 0 {
		return nil
	}
	below := p.below(cells)
	rows := h - len(below)
	draw := blocks
	if t.Braille() {
		draw = braille
	}
	stacks, highest := p.stacks(cells * draw.across)
	lines := make([]string, 0, h)
	for y := rows - 1; y >= 0; y-- {
		label := ""
		switch y {
		case rows - 1:
			label = Short(highest)
		case 0:
			label = "0"
		}
		lines = append(lines, t.Muted.Render(termtext.FitRight(label, axis-2)+" "+t.Glyphs.Bar)+p.row(t, draw, stacks, y, float64(rows)/highest))
	}
	for _, l := range below {
		lines = append(lines, t.Muted.Render(termtext.Spaces(axis)+l))
	}
	return lines
}

// stacks are the tops of the areas at each cell, and the highest of all, which is never 0.
func (p Plot) stacks(cells int) ([][]float64, float64) {
	highest := max(1, p.AtLeast)
	stacks := make([][]float64, cells)
	for x := range stacks {
		tops := make([]float64, len(p.Series))
		sum := 0.0
		for i, s := range p.Series {
			sum += at(s.Values, x, cells)
			tops[i] = sum
		}
		stacks[x], highest = tops, max(highest, sum)
	}
	return stacks, highest
}

// at is the highest of the values that a cell stands for.
func at(values []float64, x, cells int) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	from := x * n / cells
	to := min(n, max(from+1, (x+1)*n/cells))
	return slices.Max(values[from:to])
}

// row draws a line of cells, y from the bottom; neighbours of one ink are rendered together.
func (p Plot) row(t *theme.Theme, draw style, stacks [][]float64, y int, scale float64) string {
	var out, same strings.Builder
	ink := theme.Plain
	flush := func() {
		if same.Len() > 0 {
			out.WriteString(t.Style(ink).Render(same.String()))
			same.Reset()
		}
	}
	for x := 0; x < len(stacks); x += draw.across {
		glyph, of := draw.cell(t, stacks[x:x+draw.across], y, scale)
		if of >= 0 && p.Series[of].Ink != ink {
			flush()
			ink = p.Series[of].Ink
		}
		same.WriteString(glyph)
	}
	flush()
	return out.String()
}

// below are the lines under the areas: the marks, where there are any, and both ends.
func (p Plot) below(cells int) []string {
	ends := termtext.Fit(p.From, max(0, cells-termtext.Width(p.To))) + p.To
	if len(p.Marks) == 0 {
		return []string{ends}
	}
	n := 0
	for _, s := range p.Series {
		n = max(n, len(s.Values))
	}
	line := slices.Repeat([]string{" "}, cells)
	for _, m := range p.Marks {
		if x := m.At * cells / max(1, n); m.At >= 0 && x < cells {
			line[x] = m.Sign
		}
	}
	return []string{strings.Join(line, ""), ends}
}

// Short is a number in five cells: 950, 1,204, 18k, 2M.
func Short(v float64) string {
	switch {
	case v >= 1e6:
		return termtext.Count(int(v/1e6)) + "M"
	case v >= 1e4:
		return termtext.Count(int(v/1e3)) + "k"
	}
	return termtext.Count(int(v))
}

// Largest are the n series that come to most, and one more: the sum of the others, which is named for how many they
// are, or the only other one.
func Largest(all []Series, n int, others func(count int) string) []Series {
	sum := func(s Series) (sum float64) {
		for _, v := range s.Values {
			sum += v
		}
		return sum
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Series) int { return cmp.Compare(sum(b), sum(a)) })
	if len(all) <= n+1 {
		return all
	}
	rest := Series{Name: others(len(all) - n), Values: slices.Clone(all[n].Values)}
	for _, s := range all[n+1:] {
		for i := range min(len(s.Values), len(rest.Values)) {
			rest.Values[i] += s.Values[i]
		}
	}
	return append(all[:n:n], rest)
}
