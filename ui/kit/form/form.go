// Package form is a list of labelled fields that scrolls when it is taller
// than its window.
//
// A field checks its value as it is typed and shows what is wrong beneath it,
// once the operator has been there. Nothing that was typed is ever changed or
// dropped by the form.
package form

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Form is a list of fields. Make it with New.
type Form struct {
	fields  []field
	at      int // the field that has or had the focus
	focused bool
	theme   *theme.Theme
	w, h    int
	sight   scroll.Window // on the lines of all fields
}

// New makes a form of the given fields, in order.
func New(specs ...Spec) *Form {
	f := &Form{theme: theme.Default()}
	for _, s := range specs {
		f.fields = append(f.fields, s.field())
	}
	return f
}

// FieldError is what is wrong with a field.
type FieldError struct {
	ID, Label string
	Err       error
}

// SetTheme changes the inks and glyphs.
func (f *Form) SetTheme(th *theme.Theme) {
	f.theme = th
	for _, fd := range f.fields {
		fd.setTheme(th)
	}
}

// SetSize sets the window in cells.
func (f *Form) SetSize(w, h int) {
	f.w, f.h = max(0, w), max(0, h)
	for _, fd := range f.fields {
		fd.resize(f.contentWidth(), f.h)
	}
}

// Focus gives the cursor to the field that had it last.
func (f *Form) Focus() tea.Cmd {
	f.focused = true
	if len(f.fields) == 0 {
		return nil
	}
	return f.fields[f.at].focus(0)
}

// Blur takes the cursor away.
func (f *Form) Blur() {
	f.focused = false
	if len(f.fields) > 0 {
		f.leave()
	}
}

// Focused returns the id of the field with the cursor, empty when there is none.
func (f *Form) Focused() string {
	if !f.focused || len(f.fields) == 0 {
		return ""
	}
	return f.fields[f.at].shared().id
}

// InLines reports that the field in focus holds several lines, so that enter begins a new one.
func (f *Form) InLines() bool {
	switch f.find(f.Focused()).(type) {
	case *widgetField, *areaField:
		return true
	}
	return false
}

// FocusField gives the cursor to a field and reports whether there is such one.
func (f *Form) FocusField(id string) bool {
	for i, fd := range f.fields {
		if fd.shared().id == id {
			f.focusAt(i, 0)
			return true
		}
	}
	return false
}

// FocusFirstError shows all errors, gives the cursor to the first field that
// has one, and reports whether there is any.
func (f *Form) FocusFirstError() bool {
	for _, fd := range f.fields {
		fd.shared().visited = true
	}
	for i, fd := range f.fields {
		if problem(fd) != nil {
			f.focusAt(i, 0)
			return true
		}
	}
	return false
}

// Errors returns what is wrong, in the order of the fields, shown or not.
func (f *Form) Errors() []FieldError {
	var all []FieldError
	for _, fd := range f.fields {
		if err := problem(fd); err != nil {
			c := fd.shared()
			all = append(all, FieldError{c.id, c.label, err})
		}
	}
	return all
}

// SetError shows an error at a field until its value changes, such as what a
// server had to say about it. It reports whether there is such a field.
func (f *Form) SetError(id string, err error) bool {
	fd := f.find(id)
	if fd == nil {
		return false
	}
	c := fd.shared()
	c.given, c.givenFor, c.visited = err, fd.value(), true
	return true
}

// Value returns a field's value, empty when there is no such field. A toggle's
// is "true" or "false".
func (f *Form) Value(id string) string {
	if fd := f.find(id); fd != nil {
		return fd.value()
	}
	return ""
}

// SetValue sets a field's value.
func (f *Form) SetValue(id, value string) {
	if fd := f.find(id); fd != nil {
		fd.setValue(value)
	}
}

// Values returns the values of all fields by their ids.
func (f *Form) Values() map[string]string {
	all := make(map[string]string, len(f.fields))
	for _, fd := range f.fields {
		all[fd.shared().id] = fd.value()
	}
	return all
}

// On reports whether a toggle is on.
func (f *Form) On(id string) bool { return f.Value(id) == "true" }

// Pairs returns the pairs of a Pairs field that are not empty, in order.
func (f *Form) Pairs(id string) []Pair {
	if p, ok := f.find(id).(*pairsField); ok {
		return p.pairs()
	}
	return nil
}

// SetPairs replaces the pairs of a Pairs field.
func (f *Form) SetPairs(id string, pairs []Pair) {
	if p, ok := f.find(id).(*pairsField); ok {
		p.setPairs(pairs)
	}
}

// SetOptions replaces the options of a Choice and keeps its value.
func (f *Form) SetOptions(id string, options []Option) {
	if c, ok := f.find(id).(*choiceField); ok {
		c.options = options
	}
}

// Refresh asks for the suggestions at the cursor anew, after what they are
// taken from has changed.
func (f *Form) Refresh() {
	if len(f.fields) == 0 {
		return
	}
	if c, ok := f.fields[f.at].(interface{ refresh() }); ok && f.fields[f.at].shared().focused {
		c.refresh()
	}
}

func (f *Form) find(id string) field {
	for _, fd := range f.fields {
		if fd.shared().id == id {
			return fd
		}
	}
	return nil
}

// problem returns what is wrong with a field: what it was told, or what its
// own check says.
func problem(fd field) error {
	c := fd.shared()
	if c.given != nil && c.givenFor == fd.value() {
		return c.given
	}
	return fd.check()
}

// ErrRequired says that a field may not be empty.
var ErrRequired = errors.New("must not be empty")
