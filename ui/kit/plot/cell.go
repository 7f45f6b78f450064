package plot

import (
	"math"
	"slices"

	"github.com/knockops/knockops/ui/theme"
)

// style is a way to draw the cells of a plot.
type style struct {
	across int // values that stand in one cell beside each other
	// cell is what stands in the yth cell from the bottom, where the areas have these tops and scale is the cells
	// that one takes, and of which series; -1 for none.
	cell func(t *theme.Theme, tops [][]float64, y int, scale float64) (glyph string, of int)
}

var (
	blocks  = style{1, block}
	braille = style{2, dots}
)

func block(t *theme.Theme, all [][]float64, y int, scale float64) (glyph string, of int) {
	tops := all[0]
	top := tops[len(tops)-1] * scale
	switch fill := top - float64(y); {
	case top > 0 && y == 0 && fill < 1, fill > 0 && fill < 1: // what is there is never drawn as nothing
		levels := t.Glyphs.Spark
		return levels[min(max(0, int(math.Ceil(fill*float64(len(levels))))-1), len(levels)-1)], series(tops, tops[len(tops)-1])
	case fill <= 0:
		return " ", -1
	}
	of = series(tops, (float64(y)+0.5)/scale)
	return Shade(t, of), of
}

// series is the one that a value lies in.
func series(tops []float64, value float64) int {
	of, _ := slices.BinarySearch(tops, value)
	return min(of, len(tops)-1)
}

// A cell of Braille has two columns of four dots, which these are the bits of, lowest dot first.
var dotBits = [2][4]rune{{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}

// sparse says which dots of an area are left out, by its place: the first is full, each further one thinner.
var sparse = [4]rune{0, 0x21, 0x6a, 0xde}

// Shade is what the area of the ith series is filled with.
func Shade(t *theme.Theme, i int) string {
	if i = min(i, len(sparse)-1); t.Braille() {
		return string(0x28ff - sparse[i])
	}
	return t.Glyphs.Shades[i]
}

func dots(_ *theme.Theme, all [][]float64, y int, scale float64) (glyph string, of int) {
	cell, of := rune(0), -1
	for x, tops := range all {
		highest := tops[len(tops)-1]
		for i, bit := range dotBits[x] {
			at := (float64(y) + (float64(i)+0.5)/4) / scale
			edge := at+0.25/scale >= highest // the dot at the top stands whatever the area leaves out
			if at >= highest && (i > 0 || y > 0 || highest <= 0) {
				break
			}
			of = series(tops, min(at, highest))
			if edge || sparse[min(of, len(sparse)-1)]&bit == 0 {
				cell |= bit
			}
		}
	}
	if cell == 0 {
		return " ", of
	}
	return string(0x2800 + cell), of
}
