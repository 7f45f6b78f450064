package table

import "slices"

const (
	gutter = 3 // the cursor, the mark, a space
	gap    = 2 // between columns
)

// telling is how many rows say enough to give one column all the room that is left: where fewer are there, each has
// what it usually takes, since others are likely to come.
const telling = 3

// placement is a column with the width it has in this window.
type placement[R any] struct {
	Column[R]
	cells int
}

// place lays the columns out for the window's width: it drops what does not
// fit and what says nothing while others would be cut, gives every column its minimum, then what tells rows apart and the others
// what their cells need, and the rest to the last one that flexes.
func (t *Table[R]) place() {
	room := t.w - gutter
	least := func(p placement[R]) int { return min(p.min(), t.want(p.Column)) }
	usual := func(p placement[R]) int { return min(p.width(), t.want(p.Column)) }
	t.placed, t.dropped = t.placed[:0], t.dropped[:0]
	for _, c := range t.columns {
		if p := (placement[R]{Column: c}); !t.off[c.Title] {
			if p.cells = least(p); c.Identifies {
				p.cells = usual(p) // others are dropped before it is cut
			}
			t.placed = append(t.placed, p)
		}
	}
	t.drop(t.silent, func() bool { return t.needed() > room })
	t.drop(t.leastImportant, func() bool { return t.taken() > room })
	if t.taken() > room {
		for i, p := range t.placed {
			t.placed[i].cells = least(p)
		}
	}
	t.grow(room, true, usual)
	t.grow(room, false, usual)
	all := func(p placement[R]) int { return t.want(p.Column) }
	t.grow(room, true, all)
	t.grow(room, false, all)
	if t.content.to-t.content.from < telling {
		t.grow(room, true, placement[R].width)
		t.grow(room, false, placement[R].width)
	}
	t.flex(room - t.taken())
	t.clip(room)
}

// drop takes out columns, which gives the index of or -1, as long as there are too many.
func (t *Table[R]) drop(which func() int, tooMany func() bool) {
	for tooMany() {
		i := which()
		if i < 0 {
			return
		}
		t.dropped = append(t.dropped, t.placed[i].Title)
		t.placed = slices.Delete(t.placed, i, i+1)
	}
}

// needed returns the cells in which all that the placed columns say can be read.
func (t *Table[R]) needed() int {
	n := gap * max(0, len(t.placed)-1)
	for _, p := range t.placed {
		n += t.want(p.Column)
	}
	return n
}

// silent returns the index of a column that says nothing and may be dropped, or -1.
func (t *Table[R]) silent() int {
	return slices.IndexFunc(t.placed, func(p placement[R]) bool {
		wide, known := t.content.wide[p.Title]
		return known && wide == 0 && p.Priority > 0 && p.Title != t.sortBy
	})
}

// taken returns the cells of all placed columns and the gaps between them.
func (t *Table[R]) taken() int {
	n := gap * max(0, len(t.placed)-1)
	for _, p := range t.placed {
		n += p.cells
	}
	return n
}

// leastImportant returns the index of the column to drop next, or -1.
func (t *Table[R]) leastImportant() int {
	least := -1
	for i, p := range t.placed {
		if p.Priority > 0 && (least < 0 || p.Priority <= t.placed[least].Priority) {
			least = i
		}
	}
	return least
}

// grow gives what is free of room from left to right to the columns that identify
// a row, or to the others, until each is as wide as it should be.
func (t *Table[R]) grow(room int, identify bool, wide func(placement[R]) int) {
	free := max(0, room-t.taken())
	for i, p := range t.placed {
		if p.Identifies != identify {
			continue
		}
		n := max(0, min(free, wide(p)-p.cells))
		t.placed[i].cells += n
		free -= n
	}
}

// flex gives what room is left to the last column that flexes, so that the others
// stand close together.
func (t *Table[R]) flex(room int) {
	for i := len(t.placed) - 1; i >= 0; i-- {
		if t.placed[i].Flex {
			t.placed[i].cells += max(0, room)
			return
		}
	}
}

// clip narrows what is left when not even the columns that are never dropped
// fit, from the right.
func (t *Table[R]) clip(room int) {
	for i := range t.placed {
		if room <= 0 {
			t.placed = t.placed[:i]
			return
		}
		t.placed[i].cells = min(t.placed[i].cells, room)
		room -= t.placed[i].cells + gap
	}
}
