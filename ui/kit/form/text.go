package form

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/theme"
)

type textField struct {
	common
	edit     *editor.Editor
	validate func(string) error
	hidden   bool
	completion
}

func (s Text) field() field {
	f := &textField{
		common:     newCommon(s.ID, s.Label, s.Help),
		edit:       editor.NewLine(),
		validate:   s.Validate,
		hidden:     s.Hidden,
		completion: newCompletion(s.Suggest, s.About),
	}
	f.edit.SetPlaceholder(s.Placeholder)
	f.edit.SetValue(s.Value)
	return f
}

func (f *textField) setTheme(th *theme.Theme) {
	f.common.setTheme(th)
	f.edit.SetTheme(th)
}

func (f *textField) resize(w, h int) {
	f.common.resize(w, h)
	f.edit.SetSize(w, 1)
}

func (f *textField) focus(direction int) tea.Cmd {
	f.common.focus(direction)
	f.typed = false
	f.refresh()
	return f.edit.Focus()
}

func (f *textField) blur() {
	f.common.blur()
	f.edit.Blur()
	f.matches = nil
}

func (f *textField) value() string     { return f.edit.Value() }
func (f *textField) setValue(s string) { f.edit.SetValue(s) }

func (f *textField) check() error {
	if f.validate == nil {
		return nil
	}
	return f.validate(f.value())
}

func (f *textField) refresh() { f.look(f.value()) }

func (f *textField) handle(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		taken, took, used := f.choose(key.String())
		if took {
			f.edit.SetValue(taken)
		}
		if used {
			return nil, true
		}
	}
	version := f.edit.Version()
	used := f.edit.Handle(msg)
	if f.edit.Version() != version {
		f.typed = true
		f.refresh()
	}
	return nil, used
}

func (f *textField) lines() (drawn []string, cursor int) {
	if f.hidden && f.value() != "" {
		stars := strings.Repeat("*", min(len([]rune(f.value())), max(0, f.w-2)))
		if f.focused {
			stars += f.theme.Paint(theme.Accent, f.theme.Glyphs.Cursor)
		}
		return []string{" " + stars}, 0
	}
	drawn = []string{f.edit.View()}
	if !f.focused {
		return drawn, 0
	}
	list, cursor := f.completion.lines(f.theme, f.w)
	return append(drawn, list...), cursor
}
