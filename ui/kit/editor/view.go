package editor

import (
	"strconv"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// View draws the lines in sight.
func (e *Editor) View() string {
	if e.w == 0 || e.h == 0 {
		return ""
	}
	if e.placeholder != "" && len(e.lines) == 1 && e.lines[0] == "" {
		return e.placeholderView()
	}
	var b strings.Builder
	from, to := e.sight.Range(e.h, len(e.lines))
	for i := from; i < to; i++ {
		if i > from {
			b.WriteByte('\n')
		}
		e.writeGutter(&b, i)
		e.writeLine(&b, i)
	}
	return b.String()
}

func (e *Editor) placeholderView() string {
	room := e.room()
	shown := termtext.Truncate(e.placeholder, room)
	if !e.focused || shown == "" {
		return termtext.Spaces(e.gutter()+e.edge()) + e.theme.Paint(theme.Muted, shown)
	}
	first, _, _ := next(shown)
	return termtext.Spaces(e.gutter()+e.edge()) + e.theme.PaintCursor(first) + e.theme.Paint(theme.Muted, shown[len(first):])
}

// gutter returns the cells of a line's number and sign. Windows too narrow for
// them do without.
func (e *Editor) gutter() int {
	n := len(strconv.Itoa(len(e.lines))) + 1
	if !e.numbers || n*4 > e.w {
		return 0
	}
	return n
}

// edge returns the cells kept free on either side of the text for the signs
// that say that there is more.
func (e *Editor) edge() int {
	if e.w-e.gutter() < 8 {
		return 0
	}
	return 1
}

// room returns the cells for text.
func (e *Editor) room() int { return max(0, e.w-e.gutter()-2*e.edge()) }

func (e *Editor) writeGutter(b *strings.Builder, i int) {
	n := e.gutter()
	if n == 0 {
		return
	}
	number := termtext.FitRight(strconv.Itoa(i+1), n-1)
	ink, flagged := e.flags[i]
	if flagged {
		b.WriteString(e.theme.Paint(ink, number+e.theme.Glyphs.Error))
	} else {
		b.WriteString(e.theme.Paint(theme.Muted, number+" "))
	}
}

func (e *Editor) writeLine(b *strings.Builder, i int) {
	line := e.lines[i]
	if e.edge() > 0 {
		sign := " "
		if e.left > 0 && line != "" {
			sign = e.theme.Paint(theme.Muted, e.theme.Glyphs.Left)
		}
		b.WriteString(sign)
	}
	cursor := -1
	if e.focused && i == e.row {
		cursor = e.col
	}
	free, more := e.writeCells(b, line, cursor)
	if more && e.edge() > 0 {
		termtext.WriteSpaces(b, free)
		b.WriteString(e.theme.Paint(theme.Muted, e.theme.Glyphs.Right))
	}
}

// writeCells draws the columns of a line that are in sight, and returns the
// cells it left free and whether there is more on the right.
func (e *Editor) writeCells(b *strings.Builder, line string, cursor int) (free int, more bool) {
	at, column := skip(line, e.left)
	free = e.room() - min(column-e.left, e.room())
	termtext.WriteSpaces(b, e.room()-free)
	for at < len(line) {
		cluster, shown, cells := next(line[at:])
		if cells > free {
			return free, true
		}
		switch {
		case at == cursor:
			shown = e.theme.PaintCursor(shown)
		case shown != cluster && cluster != "\t":
			shown = e.theme.Paint(theme.Attention, shown)
		}
		b.WriteString(shown)
		at += len(cluster)
		free -= cells
	}
	if cursor == len(line) && free > 0 {
		b.WriteString(e.theme.PaintCursor(" "))
		free--
	}
	return free, false
}

// skip returns the first cluster that starts at a column or behind it: its
// offset and its column.
func skip(line string, column int) (at, start int) {
	if termtext.Plain(line) {
		return min(column, len(line)), column
	}
	for start < column && at < len(line) {
		cluster, _, cells := next(line[at:])
		at += len(cluster)
		start += cells
	}
	return at, max(start, column)
}

func (e *Editor) keepCursorInSight() {
	e.sight.Show(e.row, e.row+1, e.h, len(e.lines))

	room := e.room()
	if room == 0 {
		return // there is no window yet
	}
	line := e.lines[e.row]
	if e.single {
		e.left = min(e.left, max(0, columnOf(line, len(line))+1-room))
	}
	column := columnOf(line, e.col)
	cells := 1
	if e.col < len(line) {
		_, _, cells = next(line[e.col:])
	}
	// The text moves by a third of the window at once, so that it moves seldom.
	switch {
	case column < e.left:
		e.left = max(0, column-room/3)
	case column+cells > e.left+room:
		e.left = min(column, column+cells-room+room/3)
	}
}
