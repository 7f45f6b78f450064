package output

import (
	"fmt"
	"iter"
	"strings"

	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/termtext"
)

// Column is one column of a table.
type Column[T any] struct {
	title string
	cell  func(T) string
}

// Col is a column of that title.
func Col[T any](title string, cell func(T) string) Column[T] {
	return Column[T]{title: title, cell: cell}
}

// rowsAtOnce is how many rows are gathered before they are printed: a page of
// Knock's, so that a long list shows what it has.
const rowsAtOnce = 50

// Lister prints things one after the other.
type Lister[T any] struct {
	to      *Printer
	columns []Column[T]
	widths  []int
	rows    [][]string
	Count   int
	headed  bool
}

// NewLister is a lister with these columns.
func NewLister[T any](p *Printer, columns ...Column[T]) *Lister[T] {
	l := &Lister[T]{to: p, columns: columns, widths: make([]int, len(columns))}
	for i, c := range columns {
		l.widths[i] = termtext.Width(c.title)
	}
	return l
}

// Add prints one more thing; rows of a table may wait for [Lister.Flush].
func (l *Lister[T]) Add(v T) error {
	l.Count++
	switch l.to.Format {
	case Table:
		return l.addRow(v)
	case NDJSON:
		return l.to.Object(v)
	}
	b, err := encode(v)
	if err != nil {
		return err
	}
	lead := ",\n  "
	if l.Count == 1 {
		lead = "[\n  "
	}
	_, err = l.to.Stdout.Write(append([]byte(lead), Indent(b, "  ")...))
	return err
}

func (l *Lister[T]) addRow(v T) error {
	row := make([]string, len(l.columns))
	for i, c := range l.columns {
		row[i] = termtext.Clean(c.cell(v))
		l.widths[i] = max(l.widths[i], termtext.Width(row[i]))
	}
	l.rows = append(l.rows, row)
	if len(l.rows) == rowsAtOnce {
		return l.Flush()
	}
	return nil
}

// Flush prints the rows that were gathered.
func (l *Lister[T]) Flush() error {
	if !l.headed && len(l.rows) > 0 {
		l.headed = true
		titles := make([]string, len(l.columns))
		for i, c := range l.columns {
			titles[i] = c.title
		}
		l.rows = append([][]string{titles}, l.rows...)
	}
	var b strings.Builder
	for _, row := range l.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(termtext.Fit(cell, l.widths[i]))
			line.WriteString("  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	l.rows = nil
	_, err := l.to.Stdout.Write([]byte(b.String()))
	return err
}

// End prints what is left, and closes a JSON list, also after an error: what was
// printed until then stays readable.
func (l *Lister[T]) End() error {
	switch l.to.Format {
	case Table:
		return l.Flush()
	case JSON:
		tail := "\n]\n"
		if l.Count == 0 {
			tail = "[]\n"
		}
		_, err := l.to.Stdout.Write([]byte(tail))
		return err
	}
	return nil
}

// List prints a list as it is read, up to limit things (0: all), and says when
// there are more.
func List[T any](p *Printer, items iter.Seq2[T, error], limit int, noun string, columns ...Column[T]) error {
	if limit < 0 {
		return exit.Usage("--limit is %d: give a number of things, or 0 for all", limit)
	}
	l := NewLister(p, columns...)
	more := false
	for v, err := range items {
		if err != nil {
			return Closing(l, err)
		}
		if more = limit > 0 && l.Count == limit; more {
			break
		}
		if err := l.Add(v); err != nil {
			return err
		}
	}
	if err := l.End(); err != nil {
		return err
	}
	switch {
	case more:
		p.Say("stopped after %s because of --limit; there are more, and --limit 0 lists all", termtext.Plural(limit, noun))
	case l.Count == 0 && p.Format == Table:
		p.Say("no %ss", noun)
	}
	return nil
}

// Closing ends a list that an error cut short.
func Closing[T any](l *Lister[T], err error) error {
	if failed := l.End(); failed != nil {
		return failed
	}
	if l.Count > 0 {
		return fmt.Errorf("the list is cut short after %d: %w", l.Count, err)
	}
	return err
}

// Section prints a titled table under others.
func Section[T any](p *Printer, title string, l *Lister[T], rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(p.Stdout, "\n%s\n", title); err != nil {
		return err
	}
	return l.Rows(rows)
}

// Rows prints a list that is known from its beginning to its end.
func (l *Lister[T]) Rows(rows []T) error {
	for _, r := range rows {
		if err := l.Add(r); err != nil {
			return err
		}
	}
	return l.End()
}
