package picture

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
)

// content draws the cells of one line, as if it were the first: what lies behind, then what stands there.
func (d *drawing) content(cells []uv.Cell) string {
	var behind, before strings.Builder
	for x := 0; x < len(cells); {
		s, n := d.styleOf(cells[x]), 1
		for x+n < len(cells) && d.styleOf(cells[x+n]).paper == s.paper {
			n++
		}
		if s.paper != d.paper {
			fmt.Fprintf(&behind, `<path%s d="%s"/>`, d.attributes(style{ink: s.paper}, "x"), rectangle(x*cellWidth, 0, n*cellWidth, cellHeight))
		}
		x += n
	}
	for x := 0; x < len(cells); {
		s, n := d.styleOf(cells[x]), 1
		switch kind := kindOf(cells[x]); kind {
		case blank:
		case single:
			d.text(&before, s, x, max(cells[x].Width, 1), cells[x].Content)
			n = max(cells[x].Width, 1)
		default:
			for x+n < len(cells) && d.styleOf(cells[x+n]) == s && (kindOf(cells[x+n]) == kind || kind == plain && spaceWithin(cells, x+n)) {
				n++
			}
			if kind == plain {
				d.text(&before, s, x, n, contents(cells[x:x+n]))
			} else {
				d.shapes(&before, s, kind, x, cells[x:x+n])
			}
		}
		x += n
	}
	return behind.String() + before.String()
}

// kind is how a cell is drawn.
type kind int

const (
	blank   kind = iota
	plain        // a letter of those that every monospace font has, drawn together with its neighbours
	single       // a character that may come from another font: it is held to its own cell
	filled       // a block
	ruled        // a line
	shade25      // blocks that let the paper through
	shade50
	shade75
)

func kindOf(c uv.Cell) kind {
	r, length := utf8.DecodeRuneInString(c.Content)
	switch {
	case c.Content == "" || c.Content == " " || c.Width == 0:
		return blank
	case length < len(c.Content) || c.Width > 1:
		return single
	case r == '░':
		return shade25
	case r == '▒':
		return shade50
	case r == '▓':
		return shade75
	case blocks(r) != nil:
		return filled
	case arms[r] != "":
		return ruled
	case r < 0x250 && unicode.IsPrint(r), strings.ContainsRune("–—…‘’“”•‹›", r):
		return plain
	}
	return single
}

// spaceWithin says whether there is one space here, and text after it in the same style. Where there are
// more, the text after them begins anew, in its own column.
func spaceWithin(cells []uv.Cell, x int) bool {
	return cells[x].Content == " " && x+1 < len(cells) && kindOf(cells[x+1]) == plain && cells[x].Style.Equal(&cells[x+1].Style)
}

func contents(cells []uv.Cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.Content)
	}
	return b.String()
}

// text is as long as its cells are, in any font.
func (d *drawing) text(b *strings.Builder, s style, x, cells int, text string) {
	fmt.Fprintf(b, `<text%s x="%d" y="%d" textLength="%d">%s</text>`, d.attributes(s, ""), x*cellWidth, baseline, cells*cellWidth, escape(text))
}
