package jsonview

// layout makes the rows of what is shown, without what is folded away.
func (v *Viewer) layout() {
	v.rows = v.rows[:0]
	doc := v.shown.doc
	if doc == nil {
		return
	}
	var open []int // nodes whose closing bracket is to come
	for i := 0; i < len(doc.Nodes); {
		for len(open) > 0 && int(doc.Nodes[open[len(open)-1]].Next) <= i {
			open = v.closeLast(open)
		}
		n := doc.Nodes[i]
		v.rows = append(v.rows, i)
		switch {
		case n.Children == 0:
			i++
		case v.folded[i]:
			i = int(n.Next)
		default:
			open = append(open, i)
			i++
		}
	}
	for len(open) > 0 {
		open = v.closeLast(open)
	}
}

func (v *Viewer) closeLast(open []int) []int {
	v.rows = append(v.rows, ^open[len(open)-1])
	return open[:len(open)-1]
}

func (v *Viewer) rowCount() int {
	if v.shown.doc == nil {
		return len(v.shown.lines)
	}
	return len(v.rows)
}

// rowOf returns the row of a node, or the first one behind where it would be.
func (v *Viewer) rowOf(node int) int {
	for i, n := range v.rows {
		if n >= node {
			return i
		}
	}
	return max(0, len(v.rows)-1)
}

// Down moves the cursor n rows down, up when n is negative.
func (v *Viewer) Down(n int) { v.moveTo(v.cursor + n) }

// Home moves the cursor to the first row.
func (v *Viewer) Home() { v.moveTo(0) }

// End moves the cursor to the last row.
func (v *Viewer) End() { v.moveTo(v.rowCount() - 1) }

func (v *Viewer) moveTo(row int) {
	v.cursor = max(0, min(row, v.rowCount()-1))
	v.keepCursorInSight()
}

// Scroll moves the window n columns to the right, to the left when n is negative.
func (v *Viewer) Scroll(n int) { v.left = max(0, v.left+n) }

// Click puts the cursor on the row at line y of the view, counted from 0, and
// reports whether there is one.
func (v *Viewer) Click(y int) bool {
	if y < 0 || y >= v.height() || v.sight.Top+y >= v.rowCount() {
		return false
	}
	v.moveTo(v.sight.Top + y)
	return true
}

func (v *Viewer) keepCursorInSight() {
	v.sight.Show(v.cursor, v.cursor+1, max(1, v.height()), v.rowCount())
}

// Toggle folds or unfolds what is under the cursor and reports whether it could.
func (v *Viewer) Toggle() bool {
	i, ok := v.node()
	return ok && v.fold(i, !v.folded[i])
}

// Fold folds what is under the cursor. On what cannot be folded it moves to
// what is around it.
func (v *Viewer) Fold() {
	i, ok := v.node()
	if !ok || v.fold(i, true) {
		return
	}
	if parent := int(v.shown.doc.Nodes[i].Parent); parent >= 0 {
		v.moveTo(v.rowOf(parent))
	}
}

// Unfold unfolds what is under the cursor.
func (v *Viewer) Unfold() {
	if i, ok := v.node(); ok {
		v.fold(i, false)
	}
}

func (v *Viewer) fold(node int, on bool) bool {
	if v.shown.doc.Nodes[node].Children == 0 || v.folded[node] == on {
		return false
	}
	v.folded[node] = on
	v.layout()
	v.moveTo(v.rowOf(node))
	return true
}

// FoldAll folds everything below the top, UnfoldAll nothing. The cursor stays
// as near as it can.
func (v *Viewer) FoldAll() {
	v.foldWhere(func(node int) bool { return v.shown.doc.Nodes[node].Parent >= 0 })
}

// UnfoldAll is the counterpart of FoldAll.
func (v *Viewer) UnfoldAll() { v.foldWhere(func(int) bool { return false }) }

func (v *Viewer) foldWhere(fold func(node int) bool) {
	at, ok := v.node()
	if !ok {
		return
	}
	nodes := v.shown.doc.Nodes
	clear(v.folded)
	for i, n := range nodes {
		if n.Children > 0 && fold(i) {
			v.folded[i] = true
		}
	}
	for p := int(nodes[at].Parent); p >= 0; p = int(nodes[p].Parent) {
		if v.folded[p] {
			at = p
		}
	}
	v.layout()
	v.moveTo(v.rowOf(at))
}

// reveal unfolds all that is around a node and puts the cursor on it.
func (v *Viewer) reveal(node int) {
	changed := false
	for p := v.shown.doc.Nodes[node].Parent; p >= 0; p = v.shown.doc.Nodes[p].Parent {
		if v.folded[int(p)] {
			delete(v.folded, int(p))
			changed = true
		}
	}
	if changed {
		v.layout()
	}
	v.moveTo(v.rowOf(node))
}
