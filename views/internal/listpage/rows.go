package listpage

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// OnRow binds an action to the row under the cursor of a view that embeds a
// [List]. It cannot be done where there is none, or where it left the list.
func OnRow[V interface{ Selected() (R, string) }, R any](a keymap.Action, run func(V, R) tea.Cmd, cannot ...func(V, R) string) ui.Binding {
	return ui.Bind(a, func(v V) tea.Cmd {
		r, _ := v.Selected()
		return run(v, r)
	}, func(v V) string {
		r, whyNot := v.Selected()
		for _, why := range cannot {
			if whyNot == "" {
				whyNot = why(v, r)
			}
		}
		return whyNot
	})
}

// OnChosen binds an action to the marked rows, or to the one under the cursor.
func OnChosen[V interface{ Chosen() ([]R, string) }, R any](a keymap.Action, run func(V, []R) tea.Cmd, cannot ...func(V, []R) string) ui.Binding {
	return ui.Bind(a, func(v V) tea.Cmd {
		rows, _ := v.Chosen()
		return run(v, rows)
	}, func(v V) string {
		rows, whyNot := v.Chosen()
		for _, why := range cannot {
			if whyNot == "" {
				whyNot = why(v, rows)
			}
		}
		return whyNot
	})
}

// Mark and what follows implement [ui.Lister].
func (l *List[R]) Mark() tea.Cmd {
	l.Table.MarkToggle()
	l.Table.Down(1)
	return l.readOn()
}

// MarkAll marks all rows that are shown.
func (l *List[R]) MarkAll() tea.Cmd {
	l.Table.MarkAll()
	return nil
}

// MarkRange marks from the row marked last to the cursor.
func (l *List[R]) MarkRange() tea.Cmd {
	l.Table.MarkRange()
	return nil
}

// Clear takes the marks away, or else what the list is narrowed to.
func (l *List[R]) Clear() tea.Cmd {
	switch {
	case l.Table.MarkedCount()+l.Table.HiddenMarks() > 0:
		l.Table.ClearMarks()
	case l.find.Text() != "":
		l.find.Clear()
		l.narrow()
		l.layout()
	default:
		return l.spec.Unfilter()
	}
	return nil
}

// Find lets the text be typed that rows are found by.
func (l *List[R]) Find() tea.Cmd {
	cmd := l.find.Open()
	l.layout()
	return cmd
}

// Filter asks what the list is narrowed to.
func (l *List[R]) Filter() tea.Cmd { return l.spec.AskFilter() }

// Sort orders the rows by the next column, or the one before.
func (l *List[R]) Sort(step int) tea.Cmd {
	l.Table.SortNext(step)
	return nil
}

// Reverse turns the order round.
func (l *List[R]) Reverse() tea.Cmd {
	column, desc := l.Table.Sort()
	l.Table.SetSort(column, !desc)
	return nil
}

// ChooseColumns asks which columns are shown.
func (l *List[R]) ChooseColumns() tea.Cmd { return ui.ChooseColumns(l.Env, l.Table) }

// Copy copies what identifies the marked rows, each on a line, or the one under the cursor.
func (l *List[R]) Copy() tea.Cmd {
	rows, _ := l.Chosen()
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = l.spec.Copied(r)
	}
	what := l.spec.CopyOf + " " + termtext.Middle(ids[0], 24)
	if len(ids) > 1 {
		what = termtext.Plural(len(ids), l.spec.CopyOf)
	}
	return ui.Copy(what, strings.Join(ids, "\n"))
}

// Previewed reports whether the rows have a preview.
func (l *List[R]) Previewed() bool { return l.spec.Preview != nil }

// Preview opens the page of the row under the cursor, nil when there is none.
func (l *List[R]) Preview() tea.Cmd {
	r, whyNot := l.Selected()
	if whyNot != "" {
		return nil
	}
	return l.spec.Preview(r)
}

// NoRows says that there is none to act on, "" when there is one.
func (l *List[R]) NoRows() string {
	if l.Table.Len() == 0 {
		return "no " + l.spec.Noun + " selected"
	}
	return ""
}

// NothingToClear says that nothing is marked and nothing hidden.
func (l *List[R]) NothingToClear() string {
	narrowed := l.find.Text() != "" || l.spec.Unfilter != nil && l.spec.Filtered() != ""
	if narrowed || l.Table.MarkedCount()+l.Table.HiddenMarks() > 0 {
		return ""
	}
	return "nothing is marked, and there is no filter"
}

// NoFilter says that the list has no filter.
func (l *List[R]) NoFilter() string {
	if l.spec.AskFilter == nil {
		return "this list has no filter: " + l.Env.Hint(keymap.RowsFind) + " finds as you type"
	}
	return ""
}

// NotSorted says that no column orders the rows.
func (l *List[R]) NotSorted() string {
	if column, _ := l.Table.Sort(); column == "" {
		return "the rows are not sorted: " + l.Env.Hint(keymap.RowsSort) + " sorts them"
	}
	return ""
}

// NothingToCopy says that there is nothing to identify a row by.
func (l *List[R]) NothingToCopy() string {
	rows, whyNot := l.Chosen()
	if whyNot != "" {
		return whyNot
	}
	for _, r := range rows {
		if l.spec.Copied(r) == "" {
			return "this " + l.spec.Noun + " has no " + l.spec.CopyOf
		}
	}
	return ""
}

var (
	_ ui.Lister    = (*List[int])(nil)
	_ ui.Previewer = (*List[int])(nil)
)
