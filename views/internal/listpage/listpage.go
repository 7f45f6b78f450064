// Package listpage is the page of every list: it reads the rows, finds as one
// types, marks, sorts, copies and exports them, and says why there are none. A
// view brings the columns, where the rows come from, and what is done to them.
package listpage

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
)

// Scopes are the actions that every list has besides its own.
var Scopes = []string{keymap.Rows, keymap.List}

// Read returns a page of rows and where the next one begins, "" after the last;
// after is "" for the first. It runs outside of the program's loop, so what it
// needs of the view it must have been given.
type Read[R any] func(ctx context.Context, after string) (rows []R, next string, err error)

// Spec is what a view brings. Fields without a word are needed.
type Spec[R any] struct {
	// Noun is what a row is: "run".
	Noun    string
	ID      func(R) string
	Columns []table.Column[R]

	// Read reads the rows. A view that is told of its rows brings none, and calls [List.Set].
	Read Read[R]
	// Every is how often the first page is read again; 0 for never.
	Every time.Duration
	// First is how many rows are read without anybody coming near their end.
	First int

	// Copied is what copying copies, named by CopyOf: "run id". By default it is the ID.
	CopyOf string
	Copied func(R) string
	// Searched are words besides the cells that find looks through; nil for none.
	Searched func(R) []string
	// Search is the text that find begins with.
	Search string
	// LookUp asks Knock for what find found no row for; nil when nobody can.
	LookUp func(text string) tea.Cmd

	// AskFilter asks what the list is narrowed to, nil when it has no filter; Filtered
	// says what it is, "" for nothing, and Unfilter takes that back.
	AskFilter func() tea.Cmd
	Filtered  func() string
	Unfilter  func() tea.Cmd

	// Empty says that there are no rows and what helps.
	Empty func() (what, help string)
	// NoMatch says that find hides all of the rows that were read; nil for the usual words.
	NoMatch func(text, of string) (what, help string)
	// Join makes what is listed of the rows that were read, for a view that knows more
	// of them; nil lists them as they are.
	Join func(rows []R) []R
	// Expected tells errors by which nothing can be read here, and that Empty words;
	// nil knows of none.
	Expected func(error) bool
	// Why words an error that rows could not be read for; nil for its own words.
	Why func(error) string
	// Above are lines over the rows; nil for none.
	Above func() []string
	// Notes come before the counts in the title line; nil for none.
	Notes func() []string
	// Preview opens a row's own page, which shows beside the list; nil for rows without one.
	Preview func(R) tea.Cmd
	// AskExport takes the place of the usual export; nil for that.
	AskExport func() tea.Cmd
}

// List is a page of rows of R. A view embeds it.
type List[R any] struct {
	Table *table.Table[R]
	Env   ui.Env
	spec  Spec[R]
	find  ui.Find
	keep  func(R) bool
	bad   error // why the filter cannot be used

	source[R]
	width, height int
}

// New makes a list that has read nothing.
func New[R any](env ui.Env, s Spec[R]) *List[R] {
	if s.Copied == nil {
		s.Copied = s.ID
	}
	l := &List[R]{Table: table.New(env.Theme, s.ID, s.Columns...), Env: env, spec: s, find: ui.NewFind(env.Theme, s.Search)}
	l.narrow()
	return l // not laid out: what lies above the rows may need the view, which has no list yet
}

// Init implements [ui.View].
func (l *List[R]) Init() tea.Cmd { return l.restart() }

// Keep shows only rows that keep is true for; nil shows all.
func (l *List[R]) Keep(keep func(R) bool) {
	l.keep = keep
	l.narrow()
	l.layout()
}

// narrow shows the rows that the view keeps and find finds.
func (l *List[R]) narrow() {
	if l.find.Text() == "" {
		l.Table.SetFilter(l.keep)
	} else {
		l.Table.SetFilter(func(r R) bool { return (l.keep == nil || l.keep(r)) && l.find.In(l.searched(r)...) })
	}
}

// searched is what find looks through: all columns, shown or not, and ids in full.
func (l *List[R]) searched(r R) []string {
	words := append(l.Table.Cells(r, func(string) bool { return true }), l.spec.ID(r), l.spec.Copied(r))
	if l.spec.Searched != nil {
		words = append(words, l.spec.Searched(r)...)
	}
	return words
}

// Update implements [ui.View].
func (l *List[R]) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return l.typed(msg)
	case tea.PasteMsg:
		return l.search(msg)
	case tea.MouseWheelMsg:
		l.Table.Update(msg)
		return l.readOn()
	case tea.MouseClickMsg:
		y := msg.Y - len(l.above())
		if !l.Table.ClickTitle(msg.X, y) {
			l.Table.ClickRow(y)
		}
		return nil
	}
	return l.update(msg)
}

// typed takes the keys while text is found by.
func (l *List[R]) typed(key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "up", "down":
		return l.Move(key)
	case "enter":
		text := l.find.Text()
		cmd := l.search(key)
		if text != "" && l.Table.Len() == 0 && l.spec.LookUp != nil {
			return tea.Batch(cmd, l.spec.LookUp(text))
		}
		return cmd
	}
	return l.search(key)
}

func (l *List[R]) search(msg tea.Msg) tea.Cmd {
	cmd := l.find.Update(msg)
	l.narrow()
	l.layout()
	if l.Table.CursorLost() {
		l.Table.Home() // the operator hid the row: the first one left is meant
	}
	return tea.Batch(cmd, l.readOn())
}

// Move implements [ui.Mover].
func (l *List[R]) Move(key tea.KeyPressMsg) tea.Cmd {
	return tea.Batch(l.Table.Update(key), l.readOn())
}

// SetSize implements [ui.View].
func (l *List[R]) SetSize(w, h int) {
	l.width, l.height = w, h
	l.find.SetWidth(w)
	l.layout()
}

// Relayout takes into account that what stands above the rows has another height.
func (l *List[R]) Relayout() { l.layout() }

// Width is how many cells the list may take.
func (l *List[R]) Width() int { return l.width }

func (l *List[R]) layout() {
	l.Table.SetSize(l.width, max(1, l.height-len(l.above())-l.find.Height()))
}

func (l *List[R]) above() []string {
	if l.spec.Above == nil {
		return nil
	}
	return l.spec.Above()
}

// Editing implements [ui.View].
func (l *List[R]) Editing() bool { return l.find.Active() }

// KeyHints implements [ui.Hinted].
func (l *List[R]) KeyHints() []ui.KeyHint { return l.find.KeyHints() }

// Searched is the text that rows are found by.
func (l *List[R]) Searched() string { return l.find.Text() }

// Selected is the row under the cursor, or why there is none to act on: a
// neighbour that came in its place is not meant.
func (l *List[R]) Selected() (r R, whyNot string) {
	r, ok := l.Table.Cursor()
	switch {
	case !ok:
		return r, "no " + l.spec.Noun + " selected"
	case l.Table.CursorLost():
		return r, "the " + l.spec.Noun + " under the cursor left the list: select one"
	}
	return r, ""
}

// Chosen are the marked rows, or the one under the cursor.
func (l *List[R]) Chosen() (rows []R, whyNot string) {
	if marked := l.Table.Marked(); len(marked) > 0 {
		return marked, ""
	}
	r, whyNot := l.Selected()
	if whyNot != "" {
		return nil, whyNot
	}
	return []R{r}, ""
}

func joined(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}
