package output

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"github.com/knockops/knockops/internal/termtext"
)

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// TerminalWidth is 0 when w is no terminal.
func TerminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}

// Cell is text that a spreadsheet takes for text: what begins a formula gets a
// quote in front, and what acts on a terminal is made visible.
func Cell(s string) string {
	s = termtext.Clean(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// RFC3339 is a moment in UTC, "" when there is none.
func RFC3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Joined lists words, with commas between.
func Joined[S ~string](all []S) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// OrDash is a dash for what is not there.
func OrDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Stamp is a moment as tables show it: local, to the second.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateTime)
}

// StampText is stamp for a moment that Knock gives as text, which is shown as it is when it is none.
func StampText(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return Stamp(t)
}

// namesShown is how many recipients are named before the rest is counted.
const namesShown = 6

// Names lists names; of many, the first and a count.
func Names(all []string) string {
	shown := slices.Clone(all[:min(len(all), namesShown)])
	if more := len(all) - namesShown; more > 0 {
		shown = append(shown, fmt.Sprintf("and %s more", termtext.Count(more)))
	}
	return strings.Join(shown, ", ")
}

// ValueText is a property as a table shows it: text as it is, all else as JSON.
func ValueText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := encode(v)
	if err != nil {
		return ""
	}
	return string(b)
}
