// Package editor is a plain text editor of one line or many, for forms and for
// JSON.
//
// It keeps what was typed or pasted byte for byte and shows it with control
// characters made visible. Only the lines in sight are rendered. The cursor
// does not blink: a screen that rests is idle.
package editor

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Editor edits text. Make it with New or NewLine.
type Editor struct {
	lines    []string // what was typed, without line feeds; never empty
	row, col int      // cursor: index of the line, offset in it in bytes
	goal     int      // column that vertical moves aim at, -1 for the cursor's own

	single      bool
	numbers     bool
	placeholder string
	flags       map[int]theme.Ink // lines with a sign in the gutter

	theme   *theme.Theme
	focused bool
	w, h    int
	sight   scroll.Window
	left    int // first column in sight

	undo, redo []snapshot
	typing     bool // the last edit was a typed character
	version    int
}

// New makes an empty editor of many lines.
func New() *Editor {
	return &Editor{lines: []string{""}, goal: -1, theme: theme.Default()}
}

// NewLine makes an empty editor of one line. Line feeds become spaces in it.
func NewLine() *Editor {
	e := New()
	e.single = true
	return e
}

// SetTheme changes the inks and glyphs.
func (e *Editor) SetTheme(th *theme.Theme) { e.theme = th }

// SetSize sets the window in cells.
func (e *Editor) SetSize(w, h int) {
	e.w, e.h = max(0, w), max(0, h)
	e.left = 0 // a wider window shows more, not the same columns
	e.keepCursorInSight()
}

// SetPlaceholder sets what an empty editor shows.
func (e *Editor) SetPlaceholder(s string) { e.placeholder = s }

// SetNumbers shows or hides line numbers.
func (e *Editor) SetNumbers(on bool) { e.numbers = on }

// SetFlags puts a sign into the gutter of lines, counted from 0.
func (e *Editor) SetFlags(flags map[int]theme.Ink) { e.flags = flags }

// Focus shows the cursor. It starts nothing: the command is always nil.
func (e *Editor) Focus() tea.Cmd {
	e.focused = true
	return nil
}

// Blur hides the cursor.
func (e *Editor) Blur() {
	e.focused = false
	e.typing = false
}

// Focused reports whether the editor has the cursor.
func (e *Editor) Focused() bool { return e.focused }

// Value returns the text as it was typed.
func (e *Editor) Value() string { return strings.Join(e.lines, "\n") }

// SetValue replaces the text and puts the cursor at its end, or at the start
// when there is more than one line. It can be undone.
func (e *Editor) SetValue(s string) {
	if s == e.Value() {
		return
	}
	e.remember()
	e.typing = false
	e.setLines(e.split(s))
}

// Line is the line with the cursor.
func (e *Editor) Line() string { return e.lines[e.row] }

// SetLine replaces the line with the cursor, which goes to its end. It can be undone.
func (e *Editor) SetLine(s string) {
	e.remember()
	e.typing = false
	e.lines[e.row] = s
	e.col = len(s)
	e.changed()
}

func (e *Editor) setLines(lines []string) {
	e.lines = lines
	e.row, e.col = 0, 0
	if len(lines) == 1 {
		e.col = len(lines[0])
	}
	e.changed()
}

func (e *Editor) split(s string) []string {
	if e.single {
		s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(s)
	}
	return strings.Split(s, "\n")
}

// Version changes with every change of the text.
func (e *Editor) Version() int { return e.version }

// Position returns the cursor's line and its offset in that line in bytes,
// both counted from 0.
func (e *Editor) Position() (line, offset int) { return e.row, e.col }

// MoveTo puts the cursor on a line and an offset in bytes, both counted from 0.
func (e *Editor) MoveTo(line, offset int) {
	e.row = min(max(0, line), len(e.lines)-1)
	e.col = boundary(e.lines[e.row], offset)
	e.moved()
}

// Lines returns the number of lines, at least one.
func (e *Editor) Lines() int { return len(e.lines) }

// AtTop reports whether the cursor is on the first line.
func (e *Editor) AtTop() bool { return e.row == 0 }

// AtBottom reports whether the cursor is on the last line.
func (e *Editor) AtBottom() bool { return e.row == len(e.lines)-1 }

func (e *Editor) moved() {
	e.goal = -1
	e.typing = false
	e.keepCursorInSight()
}

func (e *Editor) changed() {
	e.version++
	e.goal = -1
	e.keepCursorInSight()
}

// snapshot is a state to go back to.
type snapshot struct {
	lines    []string
	row, col int
}

const maxUndo = 200

func (e *Editor) snapshot() snapshot { return snapshot{slices.Clone(e.lines), e.row, e.col} }

// remember keeps the state before an edit.
func (e *Editor) remember() {
	e.undo = append(e.undo, e.snapshot())
	if len(e.undo) > maxUndo {
		e.undo = slices.Delete(e.undo, 0, 1)
	}
	e.redo = nil
}

// Undo takes the last edit back and reports whether there was one.
func (e *Editor) Undo() bool { return e.travel(&e.undo, &e.redo) }

// Redo makes the last edit that was taken back again.
func (e *Editor) Redo() bool { return e.travel(&e.redo, &e.undo) }

func (e *Editor) travel(from, to *[]snapshot) bool {
	if len(*from) == 0 {
		return false
	}
	*to = append(*to, e.snapshot())
	last := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	e.lines, e.row, e.col = last.lines, last.row, last.col
	e.typing = false
	e.changed()
	return true
}
