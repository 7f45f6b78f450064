package table

// MarkToggle marks the row under the cursor, or takes its mark away.
func (t *Table[R]) MarkToggle() {
	if len(t.view) == 0 {
		return
	}
	id := t.ids[t.cursor]
	t.anchor = id
	if t.marked(id) {
		delete(t.marks, id)
		t.marksShown--
		return
	}
	t.mark(id)
}

// MarkAll marks all rows that the filter keeps.
func (t *Table[R]) MarkAll() {
	for _, id := range t.ids {
		t.mark(id)
	}
}

// MarkRange marks all rows from the one toggled last to the cursor. When that
// one is not in view, it marks the cursor's row alone.
func (t *Table[R]) MarkRange() {
	if len(t.view) == 0 {
		return
	}
	from := t.cursor
	if i := t.find(t.anchor); i >= 0 {
		from = i
	}
	for _, id := range t.ids[min(from, t.cursor) : max(from, t.cursor)+1] {
		t.mark(id)
	}
	t.anchor = t.ids[t.cursor]
}

// ClearMarks takes all marks away, hidden ones too.
func (t *Table[R]) ClearMarks() {
	clear(t.marks)
	t.marksShown = 0
	t.anchor = ""
}

// Marked returns the marked rows that the filter keeps, in order. Rows that
// cannot be seen are never among them.
func (t *Table[R]) Marked() []R {
	rows := make([]R, 0, t.marksShown)
	if t.marksShown == 0 {
		return rows
	}
	for i, id := range t.ids {
		if t.marked(id) {
			rows = append(rows, t.rows[t.view[i]])
		}
	}
	return rows
}

// MarkedCount returns how many rows Marked would return.
func (t *Table[R]) MarkedCount() int { return t.marksShown }

// HiddenMarks returns how many marks are on objects that the filter hides or
// that are gone from the rows.
func (t *Table[R]) HiddenMarks() int { return len(t.marks) - t.marksShown }

func (t *Table[R]) marked(id string) bool {
	if len(t.marks) == 0 {
		return false
	}
	_, ok := t.marks[id]
	return ok
}

func (t *Table[R]) mark(id string) {
	if !t.marked(id) {
		t.marks[id] = struct{}{}
		t.marksShown++
	}
}
