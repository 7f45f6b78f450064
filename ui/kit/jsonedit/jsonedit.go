// Package jsonedit is an editor for JSON that says at every moment where its
// text is broken or breaks a check.
package jsonedit

import (
	"bytes"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/kit/jsondoc"
	"github.com/knockops/knockops/ui/theme"
)

// Problem is what a check has against a document that is JSON as such.
type Problem struct {
	// Path is a JSON pointer (RFC 6901) to the value.
	Path    string
	Message string
	// Line and Col count from 1. Where both are 0, the editor looks Path up.
	Line, Col int
}

// Editor edits JSON. An empty text is no error. Make it with New.
type Editor struct {
	edit  *editor.Editor
	theme *theme.Theme
	check func([]byte) []Problem
	w, h  int

	parsed   int    // version of the text that what follows is about
	broken   string // what is wrong with the text as JSON
	line     int    // where, from 1
	col      int
	problems []Problem
}

// New makes an empty editor.
func New() *Editor {
	e := &Editor{edit: editor.New(), theme: theme.Default()}
	e.edit.SetNumbers(true)
	return e
}

// SetCheck sets what else is checked once the text is JSON, such as a schema;
// nil is nothing.
func (e *Editor) SetCheck(check func([]byte) []Problem) {
	e.check = check
	e.parse()
}

// SetTheme changes the inks and glyphs.
func (e *Editor) SetTheme(th *theme.Theme) {
	e.theme = th
	e.edit.SetTheme(th)
}

// SetSize sets the window in cells. Its last line, when there is more than
// one, says what is wrong.
func (e *Editor) SetSize(w, h int) {
	e.w, e.h = max(0, w), max(0, h)
	lines := e.h
	if lines > 1 {
		lines--
	}
	e.edit.SetSize(e.w, lines)
}

// SetPlaceholder sets what an empty editor shows.
func (e *Editor) SetPlaceholder(s string) { e.edit.SetPlaceholder(s) }

// Focus shows the cursor.
func (e *Editor) Focus() tea.Cmd { return e.edit.Focus() }

// Blur hides the cursor.
func (e *Editor) Blur() { e.edit.Blur() }

// Focused reports whether the editor has the cursor.
func (e *Editor) Focused() bool { return e.edit.Focused() }

// AtTop reports whether the cursor is on the first line.
func (e *Editor) AtTop() bool { return e.edit.AtTop() }

// AtBottom reports whether the cursor is on the last line.
func (e *Editor) AtBottom() bool { return e.edit.AtBottom() }

// Update edits the text for a key press or a paste.
func (e *Editor) Update(msg tea.Msg) tea.Cmd {
	cmd := e.edit.Update(msg)
	if e.edit.Version() != e.parsed {
		e.parse()
	}
	return cmd
}

// Value returns the text as it was typed.
func (e *Editor) Value() string { return e.edit.Value() }

// SetValue replaces the text.
func (e *Editor) SetValue(s string) {
	e.edit.SetValue(s)
	e.parse()
}

// Error returns why the text is not JSON and where, counted from 1; the column
// counts characters. ok is true when there is such an error.
func (e *Editor) Error() (line, col int, msg string, ok bool) {
	return e.line, e.col, e.broken, e.broken != ""
}

// Problems returns what the check has against the document, each with its
// place. There are none while the text is not JSON.
func (e *Editor) Problems() []Problem { return e.problems }

// Valid reports whether there is neither an error nor a problem.
func (e *Editor) Valid() bool { return e.broken == "" && len(e.problems) == 0 }

// GoToError puts the cursor where the first error or problem is and reports
// whether there is one.
func (e *Editor) GoToError() bool {
	line, col := e.line, e.col
	if e.broken == "" {
		if len(e.problems) == 0 {
			return false
		}
		line, col = e.problems[0].Line, e.problems[0].Col
	}
	lines := strings.Split(e.Value(), "\n")
	line = min(max(1, line), len(lines))
	e.edit.MoveTo(line-1, offsetOf(lines[line-1], col))
	return true
}

// offsetOf returns the offset in bytes of a column that counts characters from 1.
func offsetOf(line string, col int) int {
	for i := range line {
		if col--; col <= 0 {
			return i
		}
	}
	return len(line)
}

// parse looks at the text anew.
func (e *Editor) parse() {
	e.parsed = e.edit.Version()
	e.broken, e.line, e.col, e.problems = "", 0, 0, nil
	defer e.flag()
	data := []byte(e.Value())
	if len(bytes.TrimSpace(data)) == 0 {
		return
	}
	doc, err := jsondoc.Parse(data)
	if err != nil {
		e.broken = err.Message
		e.line, e.col = termtext.Position(data, err.Offset)
		return
	}
	if e.check == nil {
		return
	}
	e.problems = e.check(data)
	for i, p := range e.problems {
		if p.Line == 0 && p.Col == 0 {
			node, _ := doc.Find(p.Path)
			e.problems[i].Line, e.problems[i].Col = termtext.Position(data, int(doc.Nodes[node].Start))
		}
	}
}

func (e *Editor) flag() {
	flags := map[int]theme.Ink{}
	if e.broken != "" {
		flags[e.line-1] = theme.Danger
	}
	for _, p := range e.problems {
		flags[p.Line-1] = theme.Attention
	}
	e.edit.SetFlags(flags)
}

// View draws the text and, beneath it, what is wrong.
func (e *Editor) View() string {
	if e.w == 0 || e.h == 0 {
		return ""
	}
	if e.h == 1 {
		return e.edit.View()
	}
	body := e.edit.View()
	missing := e.h - 1 - strings.Count(body, "\n") - 1
	return body + strings.Repeat("\n", missing+1) + e.status()
}

func (e *Editor) status() string {
	sign := e.theme.Glyphs.Error + " "
	switch {
	case e.broken != "":
		return e.theme.Paint(theme.Danger, termtext.Truncate(
			fmt.Sprintf("%sline %d, column %d: %s", sign, e.line, e.col, e.broken), e.w))
	case len(e.problems) > 0:
		p := e.problems[0]
		more := ""
		if n := len(e.problems) - 1; n > 0 {
			more = fmt.Sprintf("(and %s more) ", termtext.Count(n))
		}
		return e.theme.Paint(theme.Attention, termtext.Truncate(
			fmt.Sprintf("%s%s%s %s, line %d", sign, more, p.Path, p.Message, p.Line), e.w))
	}
	return ""
}
