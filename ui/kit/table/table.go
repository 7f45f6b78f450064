// Package table is a windowed table: it renders the rows in sight and nothing
// else, so that a frame costs the same with ten rows and with a million.
//
// The cursor and the marks belong to objects, not to row numbers. Whatever is
// refreshed, filtered or sorted, they stay with the object they were put on.
package table

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Column describes a column. Widths are in cells and depend on the columns and
// the window alone, never on the rows, so that nothing jumps while data streams.
type Column struct {
	ID    string
	Title string
	// Width is what the column takes when there is room; 0 is the title's width.
	Width int
	// Min is what it may shrink to; 0 is Width.
	Min int
	// Flex columns share what room is left.
	Flex bool
	// Right aligns to the right, as numbers are.
	Right bool
	// Priority decides what a narrow window drops: the lowest first, 0 never.
	Priority int
	// Sortable columns may be passed to SetSort.
	Sortable bool
}

// Options tell a table how to read its rows.
type Options[R any] struct {
	// ID returns what identifies the row's object, unique among the rows.
	ID func(R) string
	// Cell returns what a column shows and its ink. The text is cleaned and
	// fitted by the table.
	Cell func(r R, column string) (string, theme.Ink)
	// Less orders rows by a sortable column. It may be nil when none is.
	Less func(a, b R, column string) bool
}

// Table shows rows of R. Make it with New.
type Table[R any] struct {
	opts    Options[R]
	theme   *theme.Theme
	columns []Column
	off     map[string]bool // columns switched off by Show
	w, h    int
	placed  []placement // layout of columns for w
	dropped []string    // columns that w has no room for

	rows   []R
	view   []int    // rows that the filter keeps, in order, as indexes into rows
	ids    []string // ids of view, kept to compare with the next rows
	keep   func(R) bool
	sortBy string
	desc   bool

	cursor   int // index into view
	top      int // first row in sight, index into view
	cursorID string
	lost     bool

	marks      map[string]struct{}
	marksShown int // marks on rows in view
	anchor     string
}

// New makes an empty table of the default theme.
func New[R any](columns []Column, o Options[R]) *Table[R] {
	return &Table[R]{
		opts:    o,
		theme:   theme.Default(),
		columns: slices.Clone(columns),
		off:     map[string]bool{},
		marks:   map[string]struct{}{},
	}
}

// SetTheme changes the inks and glyphs.
func (t *Table[R]) SetTheme(th *theme.Theme) { t.theme = th }

// SetSize sets the window in cells, the header line included.
func (t *Table[R]) SetSize(w, h int) {
	t.w, t.h = max(0, w), max(0, h)
	t.place()
	t.keepCursorInSight()
}

// Show switches a column on or off.
func (t *Table[R]) Show(column string, on bool) {
	t.off[column] = !on
	t.place()
}

// Shown reports whether a column is switched on. It may still be dropped for
// want of room.
func (t *Table[R]) Shown(column string) bool { return !t.off[column] }

// Columns returns all columns, switched on or not.
func (t *Table[R]) Columns() []Column { return slices.Clone(t.columns) }

// Dropped returns the columns that are switched on and for which the window
// has no room.
func (t *Table[R]) Dropped() []string { return slices.Clone(t.dropped) }

// Update moves the cursor for the usual keys and scrolls for the wheel.
func (t *Table[R]) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "up", "k":
			t.Up(1)
		case "down", "j":
			t.Down(1)
		case "pgup":
			t.PageUp()
		case "pgdown":
			t.PageDown()
		case "home", "g":
			t.Home()
		case "end", "G":
			t.End()
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			t.Scroll(-3)
		case tea.MouseWheelDown:
			t.Scroll(3)
		}
	}
	return nil
}

// Len returns the number of rows that the filter keeps.
func (t *Table[R]) Len() int { return len(t.view) }

// Total returns the number of rows.
func (t *Table[R]) Total() int { return len(t.rows) }

// Position returns the cursor's row, counted from 1, and the number of rows
// that the filter keeps. Both are 0 in an empty table.
func (t *Table[R]) Position() (i, n int) {
	if len(t.view) == 0 {
		return 0, 0
	}
	return t.cursor + 1, len(t.view)
}

// Window returns the rows in sight as a half-open range, counted from 0.
func (t *Table[R]) Window() (from, to int) {
	return t.top, min(len(t.view), t.top+t.height())
}

// header returns the lines that the header takes.
func (t *Table[R]) header() int {
	if t.h < 2 {
		return 0
	}
	return 1
}

// height returns the rows that fit.
func (t *Table[R]) height() int { return t.h - t.header() }

// width of a title, for columns that name no width of their own.
func (c Column) width() int {
	if c.Width > 0 {
		return c.Width
	}
	return termtext.Width(termtext.Clean(c.Title))
}

func (c Column) min() int {
	if c.Min > 0 {
		return min(c.Min, c.width())
	}
	return c.width()
}
