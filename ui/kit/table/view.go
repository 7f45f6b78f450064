package table

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// View draws the header and the rows in sight.
func (t *Table[R]) View() string {
	if t.w == 0 || t.h == 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(t.h * (t.w + 32))
	if t.header() > 0 {
		t.writeHeader(&b)
	}
	from, to := t.Window()
	for i := from; i < to; i++ {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		t.writeRow(&b, i)
	}
	if t.w < gutter {
		return termtext.Clip(b.String(), t.w, t.h)
	}
	return b.String()
}

func (t *Table[R]) writeHeader(b *strings.Builder) {
	b.WriteString(t.theme.Before(theme.Muted, false))
	termtext.WriteSpaces(b, gutter)
	for i, p := range t.placed {
		if i > 0 {
			termtext.WriteSpaces(b, gap)
		}
		title := p.Title
		if p.Title == t.sortBy {
			title += t.direction()
		}
		writeCell(b, title, p.cells, p.Right)
	}
	b.WriteString(t.theme.After(theme.Muted, false))
}

func (t *Table[R]) direction() string {
	if t.desc {
		return t.theme.Glyphs.Descending
	}
	return t.theme.Glyphs.Ascending
}

func (t *Table[R]) writeRow(b *strings.Builder, i int) {
	selected := i == t.cursor
	cursor, mark := " ", " "
	if selected {
		cursor = t.theme.Glyphs.Cursor
	}
	if t.marked(t.ids[i]) {
		mark = t.theme.Glyphs.Mark
	}
	gutterInk := theme.Plain // an ink on spaces shows nothing and is sent all the same
	if selected || mark != " " {
		gutterInk = theme.Accent
	}
	b.WriteString(t.theme.Before(gutterInk, selected))
	b.WriteString(cursor)
	b.WriteString(mark)
	b.WriteByte(' ')
	b.WriteString(t.theme.After(gutterInk, selected))

	row := t.rows[t.view[i]]
	used := gutter
	for n, p := range t.placed {
		content, ink := p.Cell(row)
		if selected && ink == theme.Muted {
			ink = theme.Plain // it is read now; and one ink less to send with every move
		}
		b.WriteString(t.theme.Before(ink, selected))
		if n > 0 {
			termtext.WriteSpaces(b, gap)
			used += gap
		}
		if p.Identifies {
			content = termtext.Middle(content, p.cells)
		}
		writeCell(b, content, p.cells, p.Right)
		used += p.cells
		b.WriteString(t.theme.After(ink, selected))
	}
	if selected && used < t.w {
		b.WriteString(t.theme.PaintSelected(theme.Plain, termtext.Spaces(t.w-used)))
	}
}

func writeCell(b *strings.Builder, s string, cells int, right bool) {
	if right {
		termtext.WriteFitRight(b, s, cells)
	} else {
		termtext.WriteFit(b, s, cells)
	}
}
