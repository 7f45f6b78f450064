// Package form is a list of labelled fields.
package form

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/theme"
)

type Pair struct{ Key, Value string }

type Option struct{ Value, Label string }

type Text struct {
	ID, Label, Help, Placeholder, Value string
	Validate                            func(string) error
	Suggest                             func(typed string) []string
}
type Form struct{}

func New(specs ...Spec) *Form { return &Form{} }

type Spec interface{ spec() }

func (Text) spec() {}

type Area struct {
	ID, Label, Help, Placeholder, Value string
	Lines                               int
	Validate                            func(string) error
}

func (Area) spec() {}

type Choice struct {
	ID, Label, Help, Value string
	Options                []Option
}

func (Choice) spec() {}

type Toggle struct {
	ID, Label, Help string
	On              bool
}

func (Toggle) spec() {}

type Pairs struct {
	ID, Label, Help string
	Value           []Pair
	Validate        func([]Pair) error
}

func (Pairs) spec() {}

type Widget interface {
	Update(tea.Msg) tea.Cmd
	View() string
	SetSize(w, h int)
	SetTheme(*theme.Theme)
	Focus() tea.Cmd
	Blur()
	Value() string
	SetValue(string)
	AtTop() bool
	AtBottom() bool
}

type Custom struct {
	ID, Label, Help string
	Lines           int
	Widget          Widget
	Validate        func(string) error
}

func (Custom) spec() {}

type FieldError struct {
	ID, Label string
	Err       error
}

func (f *Form) SetTheme(*theme.Theme)            {}
func (f *Form) SetSize(w, h int)                 {}
func (f *Form) Update(tea.Msg) tea.Cmd           { return nil }
func (f *Form) View() string                     { return "" }
func (f *Form) Focus() tea.Cmd                   { return nil }
func (f *Form) Blur()                            {}
func (f *Form) Focused() string                  { return "" }
func (f *Form) FocusField(id string) bool        { return false }
func (f *Form) FocusFirstError() bool            { return false }
func (f *Form) Errors() []FieldError             { return nil }
func (f *Form) SetError(id string, err error)    {}
func (f *Form) Value(id string) string           { return "" }
func (f *Form) SetValue(id, value string)        {}
func (f *Form) Values() map[string]string        { return nil }
func (f *Form) On(id string) bool                { return false }
func (f *Form) Pairs(id string) []Pair           { return nil }
func (f *Form) SetPairs(id string, pairs []Pair) {}
func (f *Form) SetOptions(id string, o []Option) {}
