package jsonedit

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Format indents the text and reports whether it could: it has to be JSON. The
// cursor stays on the character where it was.
func (e *Editor) Format() bool {
	before := e.Value()
	b, ok := termtext.IndentJSON([]byte(before), "")
	if !ok {
		return false
	}
	line, offset := e.edit.Position()
	lines := strings.Split(before, "\n")
	ink := inked(strings.Join(lines[:line], "") + lines[line][:offset])
	e.SetValue(string(b))
	e.edit.MoveTo(place(e.Value(), ink))
	return true
}

// inked counts the bytes that indenting keeps.
func inked(s string) int {
	n := 0
	for i := range len(s) {
		if !blank(s[i]) {
			n++
		}
	}
	return n
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// place returns the line and the offset in it of the byte that has so many
// bytes of ink ahead of it.
func place(s string, ink int) (line, offset int) {
	start := 0
	for i := range len(s) {
		switch {
		case s[i] == '\n':
			line++
			start = i + 1
		case blank(s[i]):
		case ink == 0:
			return line, i - start
		default:
			ink--
		}
	}
	return line, len(s) - start
}
