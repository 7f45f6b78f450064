package table

import (
	"cmp"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Column is a column of rows of R. Widths are in cells.
type Column[R any] struct {
	// Title heads the column and names it among the others.
	Title string
	// Cell is what the column shows of a row, and its ink. The table cleans and fits it.
	Cell func(R) (string, theme.Ink)
	// Order compares two rows by this column; nil compares what the cells say.
	Order func(a, b R) int
	// Width is what the column usually takes; 0 is the title's width. It takes more when
	// its cells need it and there is room, its title's when they say nothing, and one that
	// flexes what its cells need.
	Width int
	// Min is what it may shrink to; 0 is Width.
	Min int
	// Identifies says that the column tells rows apart: it is cut last, and in the middle.
	Identifies bool
	// Flex columns fit what is in sight; the last takes what room is left.
	Flex bool
	// Right aligns to the right, as numbers are.
	Right bool
	// Priority decides what a narrow window drops: the lowest first, 0 never.
	Priority int
}

// Text is a cell of one ink.
func Text[R any](ink theme.Ink, of func(R) string) func(R) (string, theme.Ink) {
	return func(r R) (string, theme.Ink) { return of(r), ink }
}

// Count is a column of grouped numbers.
func Count[R any](title string, width, priority int, ink theme.Ink, of func(R) int) Column[R] {
	return Column[R]{
		Title: title, Width: width, Right: true, Priority: priority, Order: By(of),
		Cell: func(r R) (string, theme.Ink) { return termtext.Count(of(r)), ink },
	}
}

// Nonzero is Count, with nothing in place of 0.
func Nonzero[R any](title string, width, priority int, ink theme.Ink, of func(R) int) Column[R] {
	c := Count(title, width, priority, ink, of)
	c.Cell = func(r R) (string, theme.Ink) {
		if n := of(r); n != 0 {
			return termtext.Count(n), ink
		}
		return "", theme.Muted
	}
	return c
}

// By orders rows by a value of theirs.
func By[R any, V cmp.Ordered](of func(R) V) func(a, b R) int {
	return func(a, b R) int { return cmp.Compare(of(a), of(b)) }
}

// width of a title, for columns that name no width of their own.
func (c Column[R]) width() int {
	if c.Width > 0 {
		return c.Width
	}
	return termtext.Width(termtext.Clean(c.Title))
}

func (c Column[R]) min() int {
	if c.Min > 0 {
		return min(c.Min, c.width())
	}
	return c.width()
}

// Cells are what all columns that keep is true for show of a row.
func (t *Table[R]) Cells(r R, keep func(title string) bool) []string {
	var cells []string
	for _, c := range t.columns {
		if keep(c.Title) {
			says, _ := c.Cell(r)
			cells = append(cells, says)
		}
	}
	return cells
}
