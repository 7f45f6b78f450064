// Package plot draws numbers over time in cells: areas that stand on each other, with marks below.
package plot

import (
	"cmp"
	"math"
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
}

// Equal reports that both are drawn alike.
func (p Plot) Equal(q Plot) bool {
	return p.From == q.From && p.To == q.To && slices.Equal(p.Marks, q.Marks) && slices.EqualFunc(p.Series, q.Series, func(a, b Series) bool {
		return a.Name == b.Name && a.Ink == b.Ink && slices.Equal(a.Values, b.Values)
	})
}

// shades tell areas apart where no colour does.
var (
	shades      = []string{"█", "▓", "▒", "░"}
	asciiShades = []string{"#", "%", "=", ":"}
)

// Shade is what the area of the ith series is filled with.
func Shade(t *theme.Theme, i int) string {
	all := shades
	if t.Options.ASCII {
		all = asciiShades
	}
	return all[min(i, len(all)-1)]
}

// axis are the cells for the numbers on the left, with the line beside them.
const axis = 7

// Least is the fewest lines in which a plot says something.
const Least = 4

// Lines draws the plot, w cells wide and h lines high: the areas, and under them the marks and the
// ends. It is empty where there is no room.
func (p Plot) Lines(t *theme.Theme, w, h int) []string {
	cells := w - axis
	if cells < 8 || h < Least || len(p.Series) == 0 {
		return nil
	}
	rows := h - 1
	stacks, highest := p.stacks(cells)
	lines := make([]string, 0, h)
	for y := rows - 1; y >= 0; y-- {
		label := ""
		switch y {
		case rows - 1:
			label = Short(highest)
		case 0:
			label = "0"
		}
		lines = append(lines, t.Muted.Render(termtext.FitRight(label, axis-2)+" "+t.Glyphs.Bar)+p.row(t, stacks, y, rows, highest))
	}
	return append(lines, t.Muted.Render(termtext.Spaces(axis)+p.below(cells)))
}

// stacks are the tops of the areas at each cell, and the highest of all, which is never 0.
func (p Plot) stacks(cells int) ([][]float64, float64) {
	highest := 1.0
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
func (p Plot) row(t *theme.Theme, stacks [][]float64, y, rows int, highest float64) string {
	var out, same strings.Builder
	ink := theme.Plain
	flush := func() {
		if same.Len() > 0 {
			out.WriteString(t.Style(ink).Render(same.String()))
			same.Reset()
		}
	}
	for _, tops := range stacks {
		glyph, of := p.cell(t, tops, y, rows, highest)
		if of >= 0 && p.Series[of].Ink != ink {
			flush()
			ink = p.Series[of].Ink
		}
		same.WriteString(glyph)
	}
	flush()
	return out.String()
}

// cell is what stands in a cell, and of which series; -1 for none.
func (p Plot) cell(t *theme.Theme, tops []float64, y, rows int, highest float64) (glyph string, of int) {
	scale := float64(rows) / highest
	top := tops[len(tops)-1] * scale
	switch fill := top - float64(y); {
	case top > 0 && y == 0 && fill < 1, fill > 0 && fill < 1: // what is there is never drawn as nothing
		levels := t.Glyphs.Spark
		of, _ = slices.BinarySearch(tops, tops[len(tops)-1])
		return levels[min(max(0, int(math.Ceil(fill*float64(len(levels))))-1), len(levels)-1)], of
	case fill <= 0:
		return " ", -1
	}
	middle := (float64(y) + 0.5) / scale
	of, _ = slices.BinarySearch(tops, middle)
	of = min(of, len(tops)-1)
	return Shade(t, of), of
}

// below is the line under the areas: both ends, and the marks over them.
func (p Plot) below(cells int) string {
	line := []string{}
	for _, r := range termtext.Fit(p.From, max(0, cells-termtext.Width(p.To))) + p.To {
		line = append(line, string(r))
	}
	n := 0
	for _, s := range p.Series {
		n = max(n, len(s.Values))
	}
	for _, m := range p.Marks {
		if x := m.At * cells / max(1, n); m.At >= 0 && x < len(line) {
			line[x] = m.Sign
		}
	}
	return strings.Join(line, "")
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

// Largest are the n series that come to most, and one that is the sum of the others.
func Largest(all []Series, n int, others func(count int) string) []Series {
	sum := func(s Series) (sum float64) {
		for _, v := range s.Values {
			sum += v
		}
		return sum
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Series) int { return cmp.Compare(sum(b), sum(a)) })
	if len(all) <= n {
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
