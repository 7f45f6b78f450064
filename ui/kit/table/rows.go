package table

import "slices"

// SetRows replaces the rows. The cursor and the marks stay with their objects
// and the cursor keeps its line on the screen, so what is being read does not
// move. The table keeps the slice: it must not be changed until the next SetRows.
func (t *Table[R]) SetRows(rows []R) {
	t.rows = rows
	t.rebuild()
	t.came()
}

// SetFilter shows only rows that keep returns true for; nil shows all.
func (t *Table[R]) SetFilter(keep func(R) bool) {
	t.keep = keep
	t.rebuild()
	t.content.from, t.content.to = 0, 0 // others are in sight
	t.scrolled()
}

// rebuild makes view and ids anew and puts the cursor back on its object.
func (t *Table[R]) rebuild() {
	before, line := t.ids, t.cursor-t.sight.Top
	t.view = t.view[:0]
	for i, r := range t.rows {
		if t.keep == nil || t.keep(r) {
			t.view = append(t.view, i)
		}
	}
	t.sort()
	t.ids = make([]string, len(t.view))
	t.marksShown = 0
	for i, row := range t.view {
		id := t.id(t.rows[row])
		t.ids[i] = id
		if t.marked(id) {
			t.marksShown++
		}
	}
	t.restoreCursor(before, line)
}

// restoreCursor puts the cursor on the object it was on, or on the nearest
// neighbour that is left, on the screen line where it was.
func (t *Table[R]) restoreCursor(before []string, line int) {
	if len(t.ids) == 0 {
		// The id is kept: a list that is emptied and filled again has not lost
		// its place.
		t.cursor, t.sight.Top = 0, 0
		return
	}
	was := t.cursor
	switch i := t.find(t.cursorID); {
	case i >= 0:
		t.cursor = i
	case t.cursorID == "":
		t.cursor = 0
	default:
		t.lost = true
		t.cursor = 0
		if at, old, ok := nearest(before, was, t.ids); ok {
			t.cursor = at
			line += min(0, old-was)
		}
	}
	t.cursorID = t.ids[t.cursor]
	t.sight.Top = t.cursor - line
	t.keepCursorInSight()
}

// find returns the index of an id, or -1. It looks where the cursor is first,
// since most refreshes move nothing.
func (t *Table[R]) find(id string) int {
	if t.cursor < len(t.ids) && t.ids[t.cursor] == id {
		return t.cursor
	}
	return slices.Index(t.ids, id)
}

// nearest finds the row around before[at] that is still in after. It returns
// its index in both. Rows behind win over rows ahead at the same distance:
// they are what moves up into the gap.
func nearest(before []string, at int, after []string) (now, was int, ok bool) {
	for span := 64; ; span *= 16 {
		from, to := max(0, at-span), min(len(before), at+span+1)
		around := make(map[string]int, to-from)
		for i, id := range before[from:to] {
			around[id] = from + i
		}
		best := 2*len(before) + 2
		for i, id := range after {
			old, found := around[id]
			if !found {
				continue
			}
			distance := 2 * (old - at)
			if distance < 0 {
				distance = 1 - distance
			}
			if distance < best {
				best, now, was, ok = distance, i, old, true
			}
		}
		if ok || from == 0 && to == len(before) {
			return now, was, ok
		}
	}
}
