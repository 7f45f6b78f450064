package form

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/theme"
)

// maxSuggestions are shown at once.
const maxSuggestions = 6

type textField struct {
	common
	edit     *editor.Editor
	validate func(string) error
	suggest  func(string) []string
	hidden   bool

	matches []string
	pick    int // the suggestion that enter takes, -1 none
	closed  bool
}

func (s Text) field() field {
	f := &textField{
		common:   newCommon(s.ID, s.Label, s.Help),
		edit:     editor.NewLine(),
		validate: s.Validate,
		suggest:  s.Suggest,
		hidden:   s.Hidden,
		pick:     -1,
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
	f.look()
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

// look asks for suggestions anew.
func (f *textField) look() {
	f.pick, f.closed = -1, false
	f.matches = nil
	if f.suggest == nil {
		return
	}
	f.matches = f.suggest(f.value())
	if len(f.matches) == 1 && f.matches[0] == f.value() {
		f.matches = nil
	}
}

func (f *textField) handle(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok && f.choose(key.String()) {
		return nil, true
	}
	version := f.edit.Version()
	used := f.edit.Handle(msg)
	if f.edit.Version() != version {
		f.look()
	}
	return nil, used
}

// choose handles the keys that work in the list of suggestions.
func (f *textField) choose(key string) bool {
	if f.closed || len(f.matches) == 0 {
		return false
	}
	switch key {
	case "down", "ctrl+n":
		if f.pick == len(f.matches)-1 {
			return false
		}
		f.pick++
	case "up", "ctrl+p":
		if f.pick < 0 {
			return false
		}
		f.pick--
	case "enter":
		if f.pick < 0 {
			return false
		}
		f.edit.SetValue(f.matches[f.pick])
		f.closed = true
	case "esc":
		f.closed = true
	default:
		return false
	}
	return true
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
	if !f.focused || f.closed {
		return drawn, 0
	}
	first := max(0, f.pick-maxSuggestions+1)
	for i := first; i < min(len(f.matches), first+maxSuggestions); i++ {
		// The list stands under the text, which starts one cell in.
		line := " " + termtext.Truncate(f.matches[i], f.w-1)
		if i == f.pick {
			line = f.theme.PaintSelected(theme.Accent, line)
		} else {
			line = f.theme.Paint(theme.Muted, line)
		}
		drawn = append(drawn, line)
	}
	if rest := len(f.matches) - first - maxSuggestions; rest > 0 {
		drawn = append(drawn, f.theme.Paint(theme.Muted, termtext.Truncate(fmt.Sprintf(" %s more", termtext.Count(rest)), f.w)))
	}
	return drawn, max(0, f.pick+1-first)
}
