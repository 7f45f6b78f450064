package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// Lister is a view that lists rows. Every list can do all of this.
type Lister interface {
	Mark() tea.Cmd
	MarkAll() tea.Cmd
	MarkRange() tea.Cmd
	Clear() tea.Cmd
	Find() tea.Cmd
	Filter() tea.Cmd
	Sort(step int) tea.Cmd
	Reverse() tea.Cmd
	ChooseColumns() tea.Cmd
	Refresh() tea.Cmd
	Copy() tea.Cmd
	Export() tea.Cmd
	// NoRows, and those below, say why something cannot be done, "" when it can.
	NoRows() string
	NothingToClear() string
	NoFilter() string
	NotSorted() string
	NothingToCopy() string
}

// rows is what works in every list.
var rows = []Binding{
	Bind(keymap.RowsMark, Lister.Mark, Lister.NoRows),
	Bind(keymap.RowsFind, Lister.Find),
	Bind(keymap.RowsFilter, Lister.Filter, Lister.NoFilter),
	Bind(keymap.RowsMarkAll, Lister.MarkAll, Lister.NoRows),
	Bind(keymap.RowsMarkRange, Lister.MarkRange, Lister.NoRows),
	Bind(keymap.RowsClear, Lister.Clear, Lister.NothingToClear),
	Bind(keymap.RowsSort, func(l Lister) tea.Cmd { return l.Sort(1) }),
	Bind(keymap.RowsSortBack, func(l Lister) tea.Cmd { return l.Sort(-1) }),
	Bind(keymap.RowsReverse, Lister.Reverse, Lister.NotSorted),
	Bind(keymap.RowsColumns, Lister.ChooseColumns),
	Bind(keymap.RowsRefresh, Lister.Refresh),
	Bind(keymap.RowsCopy, Lister.Copy, Lister.NothingToCopy),
	Bind(keymap.RowsExport, Lister.Export, Lister.NoRows),
}
