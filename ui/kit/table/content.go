package table

import "github.com/knockops/knockops/internal/termtext"

// content is what is known of the cells that were in sight. Columns are as wide
// as it needs; so that nothing jumps while data streams, it is gathered when the
// operator moves, sorts, finds or resizes, and not when rows come.
type content struct {
	wide     map[string]int // by title, in cells; 0 for a column that says nothing
	from, to int            // rows that were looked at last
}

// nothing stands in cells that have nothing to say.
const nothing = "–"

// want is what a column takes when there is room for all it says. One that does not
// flex, such as an age or a status, keeps its width, since what it says changes by itself.
func (t *Table[R]) want(c Column[R]) int {
	title := termtext.Width(termtext.Clean(c.Title))
	if c.Title == t.sortBy {
		title += termtext.Width(t.direction())
	}
	wide, known := t.content.wide[c.Title]
	switch {
	case !known:
		return max(title, c.width())
	case wide == 0:
		return title
	case !c.Flex:
		return max(title, wide, c.width())
	}
	return max(title, wide)
}

// refit lays the columns out by what is in sight now.
func (t *Table[R]) refit() {
	t.content = content{}
	t.look()
	t.place()
}

// scrolled widens columns by the rows that came into sight.
func (t *Table[R]) scrolled() {
	if t.look() {
		t.place()
	}
}

// came lays the columns out when the first rows are there, and gives room to a
// column that had nothing to say until now.
func (t *Table[R]) came() {
	if t.content.wide == nil {
		t.refit()
		return
	}
	before := t.content.wide
	t.content = content{}
	t.look()
	after, woke := t.content.wide, false
	for title, wide := range before {
		if wide == 0 && after[title] > 0 {
			before[title], woke = after[title], true
		}
	}
	t.content.wide = before
	if woke {
		t.place()
	}
}

// look takes in what the rows in sight say that were not looked at, and reports
// whether a column needs more room for it.
func (t *Table[R]) look() (wider bool) {
	from, to := t.Window()
	if from == to {
		return false
	}
	seen := &t.content
	if seen.wide == nil {
		seen.wide = map[string]int{}
	}
	for i := from; i < to; i++ {
		if i >= seen.from && i < seen.to {
			continue
		}
		for _, c := range t.columns {
			if t.off[c.Title] {
				continue
			}
			says, _ := c.Cell(t.rows[t.view[i]])
			wide := min(t.w, termtext.Width(termtext.Clean(says)))
			if says == nothing {
				wide = 0
			}
			if had, known := seen.wide[c.Title]; !known || wide > had {
				seen.wide[c.Title], wider = wide, true
			}
		}
	}
	seen.from, seen.to = from, to
	return wider
}
