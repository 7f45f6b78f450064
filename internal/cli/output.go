package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/knockops/knockops/internal/termtext"
)

// format is how data is printed.
type format string

const (
	table  format = "table"
	asJSON format = "json"
	ndjson format = "ndjson"
)

func (f *format) String() string { return string(*f) }

// Type implements pflag.Value.
func (*format) Type() string { return "FORMAT" }

// Set implements pflag.Value.
func (f *format) Set(s string) error {
	switch format(s) {
	case table, asJSON, ndjson:
		*f = format(s)
		return nil
	}
	return fmt.Errorf("must be table, json or ndjson")
}

// Printer prints results to the standard output, and words to the standard error.
type Printer struct {
	Stdout, Stderr io.Writer
	Format         format // of data
}

// Say writes words for the person, one or more lines.
func (p *Printer) Say(format string, args ...any) {
	fmt.Fprintln(p.Stderr, "knockops: "+termtext.CleanLines(fmt.Sprintf(format, args...)))
}

// fact is one line of what is known about a single thing: its name and its value.
type fact [2]string

// Item prints a single thing: v as JSON, or the facts that have a value.
func (p *Printer) Item(v any, facts ...fact) error {
	if p.Format != table {
		return p.Object(v)
	}
	width := 0
	for _, f := range facts {
		width = max(width, termtext.Width(f[0]))
	}
	for _, f := range facts {
		if f[1] == "" {
			continue
		}
		if _, err := fmt.Fprintln(p.Stdout, termtext.Fit(f[0], width)+"  "+termtext.Clean(f[1])); err != nil {
			return err
		}
	}
	return nil
}

// Object prints v as JSON: indented, or on one line for ndjson.
func (p *Printer) Object(v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	if p.Format == asJSON {
		b = indent(b, "")
	}
	_, err = p.Stdout.Write(append(b, '\n'))
	return err
}

// encode gives v as one line of JSON without any character that acts on a
// terminal; what is escaped reads back the same.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escape writes what JSON itself leaves as it is, and a terminal does not: C1
// controls, and characters that hide or turn text.
func escape(b []byte) []byte {
	acts := func(r rune) bool {
		return r >= 0x7f && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
	}
	if bytes.IndexFunc(b, acts) < 0 {
		return b
	}
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case !acts(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

func indent(b []byte, prefix string) []byte {
	if out, ok := termtext.IndentJSON(b, prefix); ok {
		return out
	}
	return b
}

// column is one column of a table.
type column[T any] struct {
	title string
	cell  func(T) string
}

// col is a column of that title.
func col[T any](title string, cell func(T) string) column[T] { return column[T]{title: title, cell: cell} }

// rowsAtOnce is how many rows are gathered before they are printed: a page of
// Knock's, so that a long list shows what it has.
const rowsAtOnce = 50

// lister prints things one after the other.
type lister[T any] struct {
	to      *Printer
	columns []column[T]
	widths  []int
	rows    [][]string
	count   int
	headed  bool
}

func newLister[T any](p *Printer, columns ...column[T]) *lister[T] {
	l := &lister[T]{to: p, columns: columns, widths: make([]int, len(columns))}
	for i, c := range columns {
		l.widths[i] = termtext.Width(c.title)
	}
	return l
}

// add prints one more thing; rows of a table may wait for [lister.flush].
func (l *lister[T]) add(v T) error {
	l.count++
	switch l.to.Format {
	case table:
		return l.addRow(v)
	case ndjson:
		return l.to.Object(v)
	}
	b, err := encode(v)
	if err != nil {
		return err
	}
	lead := ",\n  "
	if l.count == 1 {
		lead = "[\n  "
	}
	_, err = l.to.Stdout.Write(append([]byte(lead), indent(b, "  ")...))
	return err
}

func (l *lister[T]) addRow(v T) error {
	row := make([]string, len(l.columns))
	for i, c := range l.columns {
		row[i] = termtext.Clean(c.cell(v))
		l.widths[i] = max(l.widths[i], termtext.Width(row[i]))
	}
	l.rows = append(l.rows, row)
	if len(l.rows) == rowsAtOnce {
		return l.flush()
	}
	return nil
}

// flush prints the rows that were gathered.
func (l *lister[T]) flush() error {
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

// end prints what is left, and closes a JSON list, also after an error: what was
// printed until then stays readable.
func (l *lister[T]) end() error {
	switch l.to.Format {
	case table:
		return l.flush()
	case asJSON:
		tail := "\n]\n"
		if l.count == 0 {
			tail = "[]\n"
		}
		_, err := l.to.Stdout.Write([]byte(tail))
		return err
	}
	return nil
}

// list prints a list as it is read, up to limit things (0: all), and says when
// there are more.
func list[T any](p *Printer, items iter.Seq2[T, error], limit int, noun string, columns ...column[T]) error {
	if limit < 0 {
		return usage("--limit is %d: give a number of things, or 0 for all", limit)
	}
	l := newLister(p, columns...)
	more := false
	for v, err := range items {
		if err != nil {
			return closing(l, err)
		}
		if more = limit > 0 && l.count == limit; more {
			break
		}
		if err := l.add(v); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	switch {
	case more:
		p.Say("stopped after %s because of --limit; there are more, and --limit 0 lists all", termtext.Plural(limit, noun))
	case l.count == 0 && p.Format == table:
		p.Say("no %ss", noun)
	}
	return nil
}

func closing[T any](l *lister[T], err error) error {
	if failed := l.end(); failed != nil {
		return failed
	}
	if l.count > 0 {
		return fmt.Errorf("the list is cut short after %d: %w", l.count, err)
	}
	return err
}
