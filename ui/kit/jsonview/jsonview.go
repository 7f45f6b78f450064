// Package jsonview shows JSON: it folds, searches, and filters with jq. Text
// that is not JSON, such as the HTML of a proxy, is shown line by line.
//
// Only the rows in sight are rendered, and large documents are read and
// filtered in commands, so that neither holds the program up.
package jsonview

import (
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/kit/jsondoc"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// readAtOnce is the largest document in bytes that SetJSON reads by itself.
const readAtOnce = 1 << 20

// Viewer shows a document. Make it with New.
type Viewer struct {
	theme *theme.Theme
	w, h  int

	generation int    // of the document and its filter: late answers are dropped
	source     source // what was set
	shown      source // what is shown: the source or what the filter made of it
	loading    int    // bytes being read, 0 when none are

	folded map[int]bool // by node of shown
	rows   []int        // nodes of shown; ^n is the closing bracket of n
	cursor int          // index into rows
	sight  scroll.Window
	left   int // first column in sight

	query   string
	matches []int // nodes, or lines of a text that is not JSON

	filter     string
	filtering  bool   // its command has not answered yet
	filterNote string // what became of the filter, when it is not what was asked for
	stop       func() // ends the filter that is running

	asking prompt
	input  *editor.Editor
}

// source is a document, or a text that is none.
type source struct {
	doc   *jsondoc.Doc
	lines []string
	why   string // why it is not JSON
}

// New makes an empty viewer.
func New() *Viewer {
	return &Viewer{theme: theme.Default(), folded: map[int]bool{}, input: editor.NewLine(), stop: func() {}}
}

// readMsg is a document that was read by a command.
type readMsg struct {
	viewer     *Viewer
	generation int
	source     source
}

// SetJSON shows a document. The command that it returns for a large one reads
// it; nothing is shown before that. The viewer keeps data.
func (v *Viewer) SetJSON(data []byte) tea.Cmd {
	v.stop()
	v.generation++
	v.filter, v.filterNote, v.filtering, v.asking = "", "", false, none
	if len(data) <= readAtOnce {
		v.loading = 0
		v.source = read(data)
		v.show(v.source)
		return nil
	}
	v.loading = len(data)
	v.source = source{}
	v.show(v.source)
	generation := v.generation
	return func() tea.Msg { return readMsg{v, generation, read(data)} }
}

func read(data []byte) source {
	doc, err := jsondoc.ParseStream(data)
	if err == nil {
		return source{doc: doc}
	}
	return source{lines: strings.Split(string(data), "\n"), why: err.Message}
}

// show starts over with what is to be shown.
func (v *Viewer) show(s source) {
	v.shown = s
	v.cursor, v.sight.Top, v.left = 0, 0, 0
	clear(v.folded)
	v.layout()
	v.Search(v.query)
}

// SetTheme changes the inks and glyphs.
func (v *Viewer) SetTheme(th *theme.Theme) {
	v.theme = th
	v.input.SetTheme(th)
}

// SetSize sets the window in cells. Its last line, when there are more than
// two, is the status.
func (v *Viewer) SetSize(w, h int) {
	v.w, v.h = max(0, w), max(0, h)
	v.keepCursorInSight()
}

// IsJSON reports whether what was set is JSON, and why not.
func (v *Viewer) IsJSON() (ok bool, why string) {
	return v.source.doc != nil, v.source.why
}

// node returns the node under the cursor.
func (v *Viewer) node() (i int, ok bool) {
	if v.shown.doc == nil || v.cursor >= len(v.rows) {
		return 0, false
	}
	i = v.rows[v.cursor]
	if i < 0 {
		i = ^i
	}
	return i, true
}

// Path returns the jq path of the value under the cursor, empty when there is
// none.
func (v *Viewer) Path() string {
	if i, ok := v.node(); ok {
		return v.shown.doc.Path(i)
	}
	return ""
}

// Value returns the value under the cursor: a string without its quotes and
// escapes, anything else as the document has it.
func (v *Viewer) Value() string {
	i, ok := v.node()
	if !ok {
		if v.cursor < len(v.shown.lines) {
			return v.shown.lines[v.cursor]
		}
		return ""
	}
	raw := v.shown.doc.Value(i)
	if v.shown.doc.Nodes[i].Kind == jsondoc.String {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	}
	return string(raw)
}

// Position returns the cursor's row, counted from 1, and the number of rows.
func (v *Viewer) Position() (i, n int) {
	n = v.rowCount()
	return min(v.cursor+1, n), n
}
