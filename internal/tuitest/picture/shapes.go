package picture

import (
	"fmt"
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// box is a part of a cell, in eighths of it.
type box struct{ x, y, width, height int }

// blocks are what a block element fills; nil for what is none. The shades fill all of the cell.
func blocks(r rune) []box {
	switch {
	case r >= '▁' && r <= '█':
		n := int(r-'▁') + 1
		return []box{{0, 8 - n, 8, n}}
	case r >= '▉' && r <= '▏':
		return []box{{0, 0, 7 - int(r-'▉'), 8}}
	case r >= '⠁' && r <= '⣿':
		return dots(r)
	}
	return otherBlocks[r]
}

var otherBlocks = map[rune][]box{
	'▀': {{0, 0, 8, 4}}, '▐': {{4, 0, 4, 8}}, '▔': {{0, 0, 8, 1}}, '▕': {{7, 0, 1, 8}},
	'░': {{0, 0, 8, 8}}, '▒': {{0, 0, 8, 8}}, '▓': {{0, 0, 8, 8}},
	'▖': {{0, 4, 4, 4}}, '▗': {{4, 4, 4, 4}}, '▘': {{0, 0, 4, 4}}, '▝': {{4, 0, 4, 4}},
}

// dots are those of a Braille pattern, from the bits of its number.
func dots(r rune) (all []box) {
	for bit, at := range [8][2]int{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}} {
		if r>>bit&1 != 0 {
			all = append(all, box{1 + 4*at[0], 2 * at[1], 2, 1})
		}
	}
	return all
}

// arms are the directions in which a line leaves the middle of its cell. A round corner has an r.
var arms = map[rune]string{
	'─': "we", '│': "ns", '┌': "es", '┐': "ws", '└': "en", '┘': "wn", '├': "nse", '┤': "nsw", '┬': "wes", '┴': "wen", '┼': "wens",
	'╭': "res", '╮': "rws", '╰': "ren", '╯': "rwn", '╴': "w", '╵': "n", '╶': "e", '╷': "s",
}

// shapes draws neighbours of one kind as one path.
func (d *drawing) shapes(b *strings.Builder, s style, k kind, x int, cells []uv.Cell) {
	var path strings.Builder
	for i := 0; i < len(cells); {
		r, n := []rune(cells[i].Content)[0], 1
		for i+n < len(cells) && cells[i+n].Content == cells[i].Content {
			n++
		}
		left, width := (x+i)*cellWidth, n*cellWidth
		switch {
		case r == '─':
			path.WriteString("M" + number(left) + " " + number(middleY) + "h" + number(width))
		case k == ruled:
			for j := range n {
				line(&path, arms[r], left+j*cellWidth)
			}
		default:
			area(&path, blocks(r), left, n)
		}
		i += n
	}
	more, opacity := "x", ""
	switch k {
	case ruled:
		more = "l"
	case shade25:
		opacity = ` opacity=".3"`
	case shade50:
		opacity = ` opacity=".5"`
	case shade75:
		opacity = ` opacity=".75"`
	}
	fmt.Fprintf(b, `<path%s%s d="%s"/>`, d.attributes(s, more), opacity, path.String())
}

// The middle of a cell, where lines meet.
const middleX, middleY, radius = cellWidth / 2.0, cellHeight / 2.0, 4

// line draws the arms of a cell whose left edge is at left.
func line(path *strings.Builder, arms string, left int) {
	x := float64(left) + middleX
	edge := map[rune][2]float64{'w': {float64(left), middleY}, 'e': {float64(left + cellWidth), middleY}, 'n': {x, 0}, 's': {x, cellHeight}}
	if side, round := strings.CutPrefix(arms, "r"); round {
		from, to := edge[rune(side[0])], edge[rune(side[1])]
		towards := -float64(radius)
		if side[1] == 's' {
			towards = radius
		}
		fmt.Fprintf(path, "M%s %sQ%s %s %s %sV%s", number(from[0]), number(from[1]), number(x), number(middleY), number(x), number(middleY+towards), number(to[1]))
		return
	}
	for _, arm := range arms {
		fmt.Fprintf(path, "M%s %sL%s %s", number(x), number(middleY), number(edge[arm][0]), number(edge[arm][1]))
	}
}

// area fills parts of n cells. What reaches from edge to edge is filled at once.
func area(path *strings.Builder, parts []box, left, n int) {
	for _, p := range parts {
		if p.x == 0 && p.width == 8 {
			path.WriteString(rectangle(left, eighths(p.y, cellHeight), n*cellWidth, eighths(p.y+p.height, cellHeight)-eighths(p.y, cellHeight)))
			continue
		}
		for j := range n {
			x := float64(left + j*cellWidth)
			path.WriteString(rectangle(x+eighths(p.x, cellWidth), eighths(p.y, cellHeight), eighths(p.width, cellWidth), eighths(p.height, cellHeight)))
		}
	}
}

func eighths(n int, of float64) float64 { return float64(n) * of / 8 }

func rectangle[N int | float64, M int | float64](x N, y M, width N, height M) string {
	return fmt.Sprintf("M%s %sh%sv%sh-%sz", number(x), number(y), number(width), number(height), number(width))
}

func number[N int | float64](n N) string {
	return strconv.FormatFloat(float64(n), 'f', -1, 64)
}
