package table

import (
	"cmp"
	"slices"
	"strings"
)

// SetSort orders the rows by a column. An empty or unknown title leaves them in
// the order they came in.
func (t *Table[R]) SetSort(title string, desc bool) {
	if t.column(title) < 0 {
		title, desc = "", false
	}
	t.sortBy, t.desc = title, desc
	t.rebuild()
	t.refit()
}

// Sort returns the title of the column that orders the rows, empty when none does.
func (t *Table[R]) Sort() (title string, desc bool) { return t.sortBy, t.desc }

// SortNext orders the rows by the next column that is shown, or by the one before
// when step is -1; past the last one they stand in the order they came in.
func (t *Table[R]) SortNext(step int) {
	titles := []string{""}
	for _, p := range t.placed {
		titles = append(titles, p.Title)
	}
	now := max(0, slices.Index(titles, t.sortBy))
	t.SetSort(titles[(now+step+len(titles))%len(titles)], false)
}

func (t *Table[R]) column(title string) int {
	return slices.IndexFunc(t.columns, func(c Column[R]) bool { return c.Title == title })
}

// sort puts view in order. Rows that are equal stand as they came.
func (t *Table[R]) sort() {
	if t.sortBy == "" {
		return
	}
	order := t.order(t.columns[t.column(t.sortBy)])
	slices.SortFunc(t.view, func(i, j int) int {
		by := order(i, j)
		if t.desc {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(i, j))
	})
}

// order compares two rows by a column. Cells are asked for once each, not with
// every comparison.
func (t *Table[R]) order(c Column[R]) func(i, j int) int {
	if c.Order != nil {
		return func(i, j int) int { return c.Order(t.rows[i], t.rows[j]) }
	}
	says := make([]string, len(t.rows))
	for _, i := range t.view {
		says[i], _ = c.Cell(t.rows[i])
	}
	return func(i, j int) int { return strings.Compare(says[i], says[j]) }
}
