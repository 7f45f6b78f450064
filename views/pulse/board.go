package pulse

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/kit/sparkline"
	"github.com/knockops/knockops/ui/theme"
)

// item is a line that the cursor can stand on, or, without an id, one that it passes over.
type item struct {
	id       string
	text     string
	more     string    // said after the text where there is room
	spark    []float64 // drawn before the tail
	tail     string    // on the right
	ink      theme.Ink
	workflow string
	open     tea.Cmd
	sweep    *sweep.Record // that was cut off, and can be resumed
}

// section is a column, or a part of the only one where the window is narrow.
type section struct {
	title string
	tail  func(w int) string // on the title's right, in a column of w cells; nil for nothing
	items []item
	plots []plotted // over the items, where there is room
}

// note is a line that only says something.
func note(s string) item { return item{text: s, ink: theme.Muted} }

// board lays sections out side by side or below each other, and keeps the cursor on its item.
type board struct {
	theme         *theme.Theme
	banner        []item
	sections      []section
	at            string // id of the item under the cursor
	moved         bool   // the operator put the cursor there
	sight         scroll.Window
	over          []overlay // what was drawn over each section last
	width, height int
	drawn         *string // what view gave last, nil when something has changed since
	dark          bool    // that was drawn for
}

// Cells of the sparkline, and between the columns.
const (
	sparkWidth = 10
	between    = 3
)

// leastPlot is from how many lines on plots say something.
const leastPlot = 8

// charted reports whether the items of a column of this width have their sparkline.
func charted(t *theme.Theme, w int) bool { return w >= 36 && !t.Options.Accessible }

// set replaces what is shown. The cursor stays with its item. As long as nobody
// has moved it, it goes to a banner that appears, and from what was there first
// to the first section.
func (b *board) set(banner []item, sections []section) {
	b.drawn = nil
	old, appeared := b.place(), len(banner) > len(b.banner)
	b.banner, b.sections = banner, sections
	items := b.items()
	switch {
	case len(items) == 0:
		b.at = ""
	case !b.moved && (appeared || b.place() >= len(banner)+len(b.inColumn(0))):
		b.at = items[0].id
	case b.place() < 0:
		b.at = items[min(max(0, old), len(items)-1)].id
	}
}

// items are all that the cursor can stand on.
func (b *board) items() []item {
	all := slices.Clone(b.banner)
	for _, s := range b.sections {
		for _, it := range s.items {
			if it.id != "" {
				all = append(all, it)
			}
		}
	}
	return all
}

// place is the cursor's index among the items, -1 for none.
func (b *board) place() int {
	return slices.IndexFunc(b.items(), func(it item) bool { return it.id == b.at })
}

func (b *board) cursor() item {
	if i := b.place(); i >= 0 {
		return b.items()[i]
	}
	return item{}
}

// down moves the cursor by n items. Side by side, it stays in its column.
func (b *board) down(n int) {
	items := b.items()
	if b.theme.Beside(b.width) {
		items = append(slices.Clone(b.banner), b.inColumn(b.columnOf(b.at))...)
	}
	i := slices.IndexFunc(items, func(it item) bool { return it.id == b.at })
	if b.drawn = nil; len(items) > 0 {
		b.moved = true
		b.at = items[min(max(0, i+n), len(items)-1)].id
	}
}

// columnOf is the section of an item; the banner's lie above the first.
func (b *board) columnOf(id string) int {
	return max(0, slices.IndexFunc(b.sections, func(s section) bool {
		return slices.ContainsFunc(s.items, func(it item) bool { return it.id == id })
	}))
}

func (b *board) inColumn(i int) []item {
	if i >= len(b.sections) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.sections[i].items), func(it item) bool { return it.id == "" })
}

// column moves the cursor to the first item of the next section that has any, around at the ends.
func (b *board) column(direction int) {
	n := len(b.sections)
	from := b.columnOf(b.at)
	if slices.ContainsFunc(b.banner, func(it item) bool { return it.id == b.at }) && direction > 0 {
		from = -1
	}
	for i := 1; i <= n; i++ {
		if items := b.inColumn(((from+i*direction)%n + n) % n); len(items) > 0 {
			b.at, b.moved, b.drawn = items[0].id, true, nil
			return
		}
	}
}

// click puts the cursor on the item at a cell.
func (b *board) click(x, y int) {
	lines, ids := b.lay()
	if y += b.sight.Top; y >= len(lines) {
		return
	}
	col := 0
	if len(ids[y]) > 1 {
		col = min(x/(b.columnWidth()+between), len(ids[y])-1)
	}
	if id := ids[y][col]; id != "" {
		b.at, b.moved, b.drawn = id, true, nil
	}
}

func (b *board) columnWidth() int {
	if !b.theme.Beside(b.width) || len(b.sections) == 0 {
		return b.width
	}
	return (b.width - between*(len(b.sections)-1)) / len(b.sections)
}

// view draws the board; it is asked for with every frame, of which most change nothing here.
func (b *board) view() string {
	if dark := b.theme.Options.Dark; b.drawn == nil || dark != b.dark {
		drawn := b.draw()
		b.drawn, b.dark = &drawn, dark
	}
	return *b.drawn
}

func (b *board) draw() string {
	lines, ids := b.lay()
	at := max(0, slices.IndexFunc(ids, func(row []string) bool { return b.at != "" && slices.Contains(row, b.at) }))
	switch b.place() {
	case 0:
		b.sight.Top = 0 // with all that is above the first item
	case len(b.items()) - 1:
		b.sight.Top = len(lines) - b.height // and below the last
	}
	b.sight.Show(at, at+1, b.height, len(lines))
	from, to := b.sight.Range(b.height, len(lines))
	shown := lines[from:to]
	if below := len(lines) - to; below > 0 && len(shown) > 1 && at != to-1 {
		words := " " + b.theme.Glyphs.Descending + " " + termtext.Plural(below+1, "line") + " below: pgdown"
		shown = append(slices.Clone(shown[:len(shown)-1]), b.theme.Muted.Render(termtext.Fit(words, b.width)))
	}
	return strings.Join(shown, "\n")
}

// lay draws all lines, and tells which items stand on each, one for each column.
func (b *board) lay() (lines []string, ids [][]string) {
	for _, it := range b.banner {
		for _, line := range b.whole(it) {
			lines, ids = append(lines, line), append(ids, []string{it.id})
		}
	}
	if len(b.banner) > 0 {
		lines, ids = append(lines, ""), append(ids, []string{""})
	}
	w := b.columnWidth()
	if !b.theme.Beside(b.width) {
		for _, s := range b.sections {
			drawn, of := b.section(s, w)
			lines = append(append(lines, drawn...), "")
			for _, id := range append(of, "") {
				ids = append(ids, []string{id})
			}
		}
		return lines, ids
	}
	return b.columns(lines, ids, w)
}

func (b *board) columns(lines []string, ids [][]string, w int) ([]string, [][]string) {
	drawn, of := make([][]string, len(b.sections)), make([][]string, len(b.sections))
	rows := 0
	for i, s := range b.sections {
		drawn[i], of[i] = b.section(s, w)
		rows = max(rows, len(drawn[i]))
	}
	room := b.height - len(lines) - rows
	if room < leastPlot {
		room = 0
	}
	if room > 0 {
		for i, plots := range b.spread() {
			drawn[i] = append(slices.Clone(b.plotsOver(i, plots, w, room)), drawn[i]...)
			of[i] = append(make([]string, room), of[i]...)
		}
		rows += room
	}
	for y := range rows {
		cells, row := make([]string, len(b.sections)), make([]string, len(b.sections))
		for i := range b.sections {
			cells[i] = termtext.Spaces(w)
			switch {
			case y < room: // they fit already
				cells[i] = drawn[i][y]
			case y < len(drawn[i]):
				cells[i], row[i] = termtext.FitStyled(drawn[i][y], w), of[i][y]
			}
		}
		lines, ids = append(lines, strings.Join(cells, termtext.Spaces(between))), append(ids, row)
	}
	return lines, ids
}

// section draws a title and its items, and tells their ids.
func (b *board) section(s section, w int) (lines, ids []string) {
	tail := ""
	if s.tail != nil {
		tail = termtext.Clean(s.tail(w))
	}
	lines = append(lines, " "+b.theme.Title.Render(termtext.Fit(s.title, max(1, w-2-termtext.Width(tail))))+b.theme.Muted.Render(tail))
	ids = append(ids, "")
	for _, it := range s.items {
		if it.id != "" || it.tail != "" {
			lines, ids = append(lines, b.line(it, w)), append(ids, it.id)
			continue
		}
		for _, part := range termtext.Wrap(it.text, max(8, w-4)) {
			lines, ids = append(lines, "   "+b.theme.Style(it.ink).Render(part)), append(ids, "")
		}
	}
	return lines, ids
}

// whole draws an item of the banner, on as many lines as its words take.
func (b *board) whole(it item) []string {
	const sign = 3
	if sign+termtext.Width(it.text)+2+termtext.Width(it.tail) < b.width {
		return []string{b.line(it, b.width)}
	}
	var lines []string
	for _, part := range append(termtext.Wrap(it.text, max(1, b.width-sign-4)), it.tail) {
		lines = append(lines, b.line(item{id: it.id, text: part, ink: it.ink}, b.width))
	}
	return lines
}

// line draws one item, w cells wide.
func (b *board) line(it item, w int) string {
	t := b.theme
	paint, sign := t.Paint, "   "
	if it.id != "" && it.id == b.at {
		paint, sign = t.PaintSelected, " "+t.Glyphs.Cursor+" "
	}
	tail := termtext.Clean(it.tail)
	chart := ""
	if it.spark != nil && charted(t, w) {
		chart = sparkline.Line(t, it.spark, sparkWidth)
	}
	room := max(1, w-3-termtext.Width(tail)-termtext.Width(chart)-2)
	text := it.text
	if termtext.Width(text)+termtext.Width(it.more) <= room {
		text += it.more
	}
	return paint(theme.Accent, sign) + paint(it.ink, termtext.Fit(text, room)) + paint(theme.Muted, chart) + paint(theme.Plain, "  "+tail)
}
