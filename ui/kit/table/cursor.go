package table

// Cursor returns the row under the cursor; ok is false in an empty table.
func (t *Table[R]) Cursor() (r R, ok bool) {
	if len(t.view) == 0 {
		return r, false
	}
	return t.rows[t.view[t.cursor]], true
}

// InSight returns the rows that the window shows.
func (t *Table[R]) InSight() []R {
	from, to := t.Window()
	rows := make([]R, 0, to-from)
	for _, i := range t.view[from:to] {
		rows = append(rows, t.rows[i])
	}
	return rows
}

// Rows returns the rows that the filter keeps, in the order they stand in.
func (t *Table[R]) Rows() []R {
	rows := make([]R, len(t.view))
	for i, row := range t.view {
		rows[i] = t.rows[row]
	}
	return rows
}

// CursorLost reports that the object under the cursor vanished and the cursor
// stands on a neighbour since. It stays true until the cursor is moved, so that
// nothing is done to a neighbour by accident.
func (t *Table[R]) CursorLost() bool { return t.lost }

// MoveTo puts the cursor on an object and reports whether it is there.
func (t *Table[R]) MoveTo(id string) bool {
	i := t.find(id)
	if i >= 0 {
		t.moveTo(i)
	}
	return i >= 0
}

// Up moves the cursor n rows up.
func (t *Table[R]) Up(n int) { t.moveTo(t.cursor - n) }

// Down moves the cursor n rows down.
func (t *Table[R]) Down(n int) { t.moveTo(t.cursor + n) }

// PageUp moves the cursor and the window up by one window.
func (t *Table[R]) PageUp() { t.page(-1) }

// PageDown moves the cursor and the window down by one window.
func (t *Table[R]) PageDown() { t.page(1) }

func (t *Table[R]) page(direction int) {
	n := direction * max(1, t.height())
	t.sight.By(n, t.height(), len(t.view))
	t.moveTo(t.cursor + n)
}

// Home moves the cursor to the first row.
func (t *Table[R]) Home() { t.moveTo(0) }

// End moves the cursor to the last row.
func (t *Table[R]) End() { t.moveTo(len(t.view) - 1) }

// Scroll moves the window n rows down, up when n is negative. The cursor comes
// along when it would leave the window.
func (t *Table[R]) Scroll(n int) {
	t.sight.By(n, t.height(), len(t.view))
	t.moveTo(min(max(t.cursor, t.sight.Top), t.sight.Top+max(1, t.height())-1))
}

// ClickRow puts the cursor on the row at line y of the view, counted from 0,
// and reports whether there is one.
func (t *Table[R]) ClickRow(y int) bool {
	i := t.sight.Top + y - t.header()
	from, to := t.Window()
	if i < from || i >= to {
		return false
	}
	t.moveTo(i)
	return true
}

// ClickTitle orders the rows by the column at cell x, when line y is the header's;
// once more turns the order round. It reports whether there is one.
func (t *Table[R]) ClickTitle(x, y int) bool {
	if y != 0 || t.header() == 0 {
		return false
	}
	for at, i := gutter, 0; i < len(t.placed); i++ {
		p := t.placed[i]
		if x >= at && x < at+p.cells {
			t.SetSort(p.Title, p.Title == t.sortBy && !t.desc)
			return true
		}
		at += p.cells + gap
	}
	return false
}

func (t *Table[R]) moveTo(i int) {
	if len(t.view) == 0 {
		return
	}
	t.cursor = min(max(0, i), len(t.view)-1)
	t.cursorID = t.ids[t.cursor]
	t.lost = false
	t.keepCursorInSight()
	t.scrolled()
}

func (t *Table[R]) keepCursorInSight() {
	t.sight.Show(t.cursor, t.cursor+1, t.height(), len(t.view))
}
