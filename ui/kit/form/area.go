package form

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/theme"
)

// widgetField is a field that is a widget of several lines.
type widgetField struct {
	common
	widget   Widget
	height   int
	validate func(string) error
}

// areaField is a field of several lines of text, each of which can be completed.
type areaField struct {
	widgetField
	edit *editor.Editor
	completion
}

func (s Area) field() field {
	e := editor.New()
	e.SetPlaceholder(s.Placeholder)
	e.SetValue(s.Value)
	height := s.Lines
	if height <= 0 {
		height = 4
	}
	return &areaField{widgetField{newCommon(s.ID, s.Label, s.Help), e, height, s.Validate}, e, newCompletion(s.Suggest, s.About)}
}

func (f *areaField) refresh() { f.look(f.edit.Line()) }

func (f *areaField) blur() {
	f.widgetField.blur()
	f.matches = nil
}

func (f *areaField) handle(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		taken, took, used := f.choose(key.String())
		if took {
			f.edit.SetLine(taken)
		}
		if used {
			return nil, true
		}
	}
	line, _ := f.edit.Position()
	version := f.edit.Version()
	cmd, used := f.widgetField.handle(msg)
	if now, _ := f.edit.Position(); f.edit.Version() != version {
		f.typed = true
		f.refresh()
	} else if now != line {
		f.matches = nil // what is typed there is offered once it changes
	}
	return cmd, used
}

func (f *areaField) lines() (drawn []string, cursor int) {
	drawn, cursor = f.widgetField.lines()
	if !f.focused {
		return drawn, cursor
	}
	list, at := f.completion.lines(f.theme, f.w)
	return append(drawn, list...), cursor + at
}

func (s Custom) field() field {
	height := s.Lines
	if height <= 0 {
		height = 6
	}
	return &widgetField{newCommon(s.ID, s.Label, s.Help), s.Widget, height, s.Validate}
}

func (f *widgetField) setTheme(th *theme.Theme) {
	f.common.setTheme(th)
	f.widget.SetTheme(th)
}

func (f *widgetField) resize(w, h int) {
	f.common.resize(w, h)
	f.widget.SetSize(w, f.shown())
}

func (f *widgetField) focus(direction int) tea.Cmd {
	f.common.focus(direction)
	return f.widget.Focus()
}

func (f *widgetField) blur() {
	f.common.blur()
	f.widget.Blur()
}

func (f *widgetField) value() string     { return f.widget.Value() }
func (f *widgetField) setValue(s string) { f.widget.SetValue(s) }

func (f *widgetField) check() error {
	if f.validate == nil {
		return nil
	}
	return f.validate(f.value())
}

// handle leaves to the form the keys that lead out of the widget.
func (f *widgetField) handle(msg tea.Msg) (tea.Cmd, bool) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return f.widget.Update(msg), true
	}
	switch key.String() {
	case "up":
		if f.widget.AtTop() {
			return nil, false
		}
	case "down":
		if f.widget.AtBottom() {
			return nil, false
		}
	case "esc":
		return nil, false
	}
	return f.widget.Update(msg), true
}

// shown returns the lines that the widget has: fewer in a window that could not
// show it with its label.
func (f *widgetField) shown() int { return max(1, min(f.height, f.h-2)) }

// lines always takes the field's whole height, so that what is below does not
// move while one types.
func (f *widgetField) lines() (drawn []string, cursor int) {
	drawn = strings.Split(f.widget.View(), "\n")
	for len(drawn) < f.shown() {
		drawn = append(drawn, "")
	}
	return drawn, len(drawn) - 1
}
