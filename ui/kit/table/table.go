// Package table is a windowed table: it renders the rows in sight and nothing
// else, so that a frame costs the same with ten rows and with a million.
//
// The cursor and the marks belong to objects, not to row numbers. Whatever is
// refreshed, filtered or sorted, they stay with the object they were put on.
package table

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Table shows rows of R. Make it with New.
type Table[R any] struct {
	id      func(R) string // unique among the rows
	theme   *theme.Theme
	columns []Column[R]
	off     map[string]bool // columns switched off by Show
	w, h    int
	placed  []placement[R] // layout of columns for w
	dropped []string       // columns that w has no room for
	content content

	rows   []R
	view   []int    // rows that the filter keeps, in order, as indexes into rows
	ids    []string // ids of view, kept to compare with the next rows
	keep   func(R) bool
	sortBy string
	desc   bool

	cursor   int           // index into view
	sight    scroll.Window // on view
	cursorID string
	lost     bool

	marks      map[string]struct{}
	marksShown int // marks on rows in view
	anchor     string
}

// New makes an empty table. id returns what identifies a row's object.
func New[R any](t *theme.Theme, id func(R) string, columns ...Column[R]) *Table[R] {
	return &Table[R]{
		id:      id,
		theme:   t,
		columns: slices.Clone(columns),
		off:     map[string]bool{},
		marks:   map[string]struct{}{},
	}
}

// SetSize sets the window in cells, the header line included.
func (t *Table[R]) SetSize(w, h int) {
	wider := w != t.w
	t.w, t.h = max(0, w), max(0, h)
	t.keepCursorInSight()
	if wider {
		t.refit()
	} else {
		t.scrolled()
	}
}

// Show switches a column on or off.
func (t *Table[R]) Show(column string, on bool) {
	t.off[column] = !on
	t.refit()
}

// Shown reports whether a column is switched on. It may still be dropped for
// want of room.
func (t *Table[R]) Shown(column string) bool { return !t.off[column] }

// Columns returns the titles of all columns, switched on or not.
func (t *Table[R]) Columns() []string {
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.Title
	}
	return titles
}

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
	return t.sight.Range(t.height(), len(t.view))
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
