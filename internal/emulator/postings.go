package emulator

import (
	"iter"
	"math"
	"math/bits"
	"slices"
)

// Rows of a listing are numbered in the order they were made, and a cursor is
// such a number: rows added later, or rows whose state changes, move nothing.
// What a filter selects is a set of numbers that can be walked both ways.

// rowSet is walked down from below, exclusive, or up from above, exclusive.
type rowSet interface {
	down(below uint32) iter.Seq[uint32]
	up(above int64) iter.Seq[uint32]
}

const noBound = math.MaxUint32

// postings are ascending row numbers.
type postings []uint32

func (p postings) down(below uint32) iter.Seq[uint32] {
	end, _ := slices.BinarySearch(p, below)
	return func(yield func(uint32) bool) {
		for i := end - 1; i >= 0; i-- {
			if !yield(p[i]) {
				return
			}
		}
	}
}

func (p postings) up(above int64) iter.Seq[uint32] {
	start, _ := slices.BinarySearch(p, uint32(above+1))
	return func(yield func(uint32) bool) {
		for _, n := range p[start:] {
			if !yield(n) {
				return
			}
		}
	}
}

// intersect is the rows in both.
func (p postings) intersect(q postings) postings {
	var both postings
	for len(p) > 0 && len(q) > 0 {
		switch {
		case p[0] < q[0]:
			p = p[1:]
		case p[0] > q[0]:
			q = q[1:]
		default:
			both = append(both, p[0])
			p, q = p[1:], q[1:]
		}
	}
	return both
}

// allRows are the rows below a count.
type allRows uint32

func (a allRows) down(below uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := min(uint32(a), below); n > 0; n-- {
			if !yield(n - 1) {
				return
			}
		}
	}
}

func (a allRows) up(above int64) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := uint32(above + 1); n < uint32(a); n++ {
			if !yield(n) {
				return
			}
		}
	}
}

// bitmap is a set of row numbers that rows enter and leave.
type bitmap []uint64

func (b *bitmap) set(n uint32) {
	for int(n/64) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[n/64] |= 1 << (n % 64)
}

func (b bitmap) clear(n uint32) { b[n/64] &^= 1 << (n % 64) }

func (b bitmap) has(n uint32) bool {
	return int(n/64) < len(b) && b[n/64]&(1<<(n%64)) != 0
}

func (b bitmap) word(i int) uint64 {
	if i < len(b) {
		return b[i]
	}
	return 0
}

// overlap is the rows that are, for every group, in one of the group's
// bitmaps. It looks at 64 rows at a time.
type overlap [][]bitmap

func (o overlap) words() int {
	n := 0
	for _, b := range o[0] {
		n = max(n, len(b))
	}
	return n
}

func (o overlap) word(i int) uint64 {
	all := ^uint64(0)
	for _, group := range o {
		var one uint64
		for _, b := range group {
			one |= b.word(i)
		}
		all &= one
	}
	return all
}

func (o overlap) has(n uint32) bool { return o.word(int(n/64))&(1<<(n%64)) != 0 }

func (o overlap) down(below uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		start := min(o.words()-1, int(below/64))
		for i := start; i >= 0; i-- {
			w := o.word(i)
			if i == int(below/64) {
				w &= 1<<(below%64) - 1
			}
			for w != 0 {
				top := 63 - bits.LeadingZeros64(w)
				if !yield(uint32(i*64 + top)) {
					return
				}
				w &^= 1 << top
			}
		}
	}
}

func (o overlap) up(above int64) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		first := uint32(above + 1)
		for i := int(first / 64); i < o.words(); i++ {
			w := o.word(i)
			if i == int(first/64) {
				w &= ^uint64(0) << (first % 64)
			}
			for w != 0 {
				low := bits.TrailingZeros64(w)
				if !yield(uint32(i*64 + low)) {
					return
				}
				w &= w - 1
			}
		}
	}
}

// filtered is the rows of a set that keep says yes to.
type filtered struct {
	rowSet
	keep func(uint32) bool
}

func (f filtered) down(below uint32) iter.Seq[uint32] { return f.sift(f.rowSet.down(below)) }

func (f filtered) up(above int64) iter.Seq[uint32] { return f.sift(f.rowSet.up(above)) }

func (f filtered) sift(rows iter.Seq[uint32]) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := range rows {
			if f.keep(n) && !yield(n) {
				return
			}
		}
	}
}

// within is the rows of a set from oldest to before newest.
type within struct {
	rowSet
	oldest, newest uint32
}

func (w within) down(below uint32) iter.Seq[uint32] {
	rows := w.rowSet.down(min(below, w.newest))
	return func(yield func(uint32) bool) {
		for n := range rows {
			if n < w.oldest || !yield(n) {
				return
			}
		}
	}
}

func (w within) up(above int64) iter.Seq[uint32] {
	rows := w.rowSet.up(max(above, int64(w.oldest)-1))
	return func(yield func(uint32) bool) {
		for n := range rows {
			if n >= w.newest || !yield(n) {
				return
			}
		}
	}
}
