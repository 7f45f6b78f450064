package form

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

// Spec describes a field: Text, Area, Choice, Toggle, Pairs or Custom.
type Spec interface{ field() field }

// Text is a field of one line.
type Text struct {
	ID, Label   string
	Help        string // shown while the field has the cursor
	Placeholder string
	Value       string
	// Hidden draws a star for each character: what is typed is nobody's to read.
	Hidden bool
	// Validate says what is wrong with a value, nil when nothing is.
	Validate func(string) error
	// Suggest returns what may be meant by what was typed so far, best first.
	Suggest func(typed string) []string
	// About is shown beside a suggestion; it may be nil.
	About func(suggestion string) string
}

// Area is a field of several lines.
type Area struct {
	ID, Label   string
	Help        string
	Placeholder string
	Value       string
	Lines       int // shown at once; 0 is 4
	Validate    func(string) error
	// Suggest and About are those of a Text, about the line with the cursor.
	Suggest func(typed string) []string
	About   func(suggestion string) string
}

// Option is one of the values of a Choice.
type Option struct{ Value, Label string }

// Choice is a field that takes one of several values.
type Choice struct {
	ID, Label string
	Help      string
	Value     string // empty is the first option's
	Options   []Option
}

// Toggle is a field that is on or off.
type Toggle struct {
	ID, Label string
	Help      string
	On        bool
}

// Pair is a key with its value.
type Pair struct{ Key, Value string }

// Pairs is a field of keys and values. A value without a key and a key that
// comes twice are errors.
type Pairs struct {
	ID, Label string
	Help      string
	Value     []Pair
	Validate  func([]Pair) error
}

// Widget is what a Custom field shows, such as an editor for JSON.
type Widget interface {
	Update(tea.Msg) tea.Cmd
	View() string
	SetSize(w, h int)
	SetTheme(*theme.Theme)
	Focus() tea.Cmd
	Blur()
	Value() string
	SetValue(string)
	// AtTop and AtBottom report that up and down lead out of the widget.
	AtTop() bool
	AtBottom() bool
}

// Custom is a field with a widget of its own.
type Custom struct {
	ID, Label string
	Help      string
	Lines     int // 0 is 6
	Widget    Widget
	Validate  func(string) error
}
