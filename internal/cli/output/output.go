// Package output prints what commands found: tables, JSON and words.
package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/termtext"
)

// ExportFormat checks --format; -o says as much where it is given in its place.
func (p *Printer) ExportFormat(cmd *cobra.Command, as *string, formats ...string) error {
	flag := "--format"
	if !cmd.Flags().Changed("format") && cmd.Flags().Changed("output") {
		flag, *as = "-o", string(p.Format)
	}
	if !slices.Contains(formats, *as) {
		return exit.Usage("%s %s: an export is one of %s", flag, strconv.Quote(*as), strings.Join(formats, ", "))
	}
	return nil
}

// Format is how data is printed.
type Format string

// The formats.
const (
	Table  Format = "table"
	JSON   Format = "json"
	NDJSON Format = "ndjson"
)

// String implements pflag.Value.
func (f *Format) String() string { return string(*f) }

// Type implements pflag.Value.
func (*Format) Type() string { return "FORMAT" }

// Set implements pflag.Value.
func (f *Format) Set(s string) error {
	switch Format(s) {
	case Table, JSON, NDJSON:
		*f = Format(s)
		return nil
	}
	return fmt.Errorf("must be table, json or ndjson")
}

// Printer prints results to the standard output, and words to the standard error.
type Printer struct {
	Stdout, Stderr io.Writer
	Format         Format // of data
}

// Say writes words for the person, one or more lines.
func (p *Printer) Say(format string, args ...any) {
	fmt.Fprintln(p.Stderr, "knockops: "+termtext.CleanLines(fmt.Sprintf(format, args...)))
}

// Fact is one line of what is known about a single thing: its name and its value.
type Fact [2]string

// Item prints a single thing: v as JSON, or the facts that have a value.
func (p *Printer) Item(v any, facts ...Fact) error {
	if p.Format != Table {
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
	if p.Format == JSON {
		b = Indent(b, "")
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
	return Escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Escape writes what JSON itself leaves as it is, and a terminal does not: C1
// controls, and characters that hide or turn text.
func Escape(b []byte) []byte {
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

// Indent lays JSON out over lines.
func Indent(b []byte, prefix string) []byte {
	if out, ok := termtext.IndentJSON(b, prefix); ok {
		return out
	}
	return b
}
