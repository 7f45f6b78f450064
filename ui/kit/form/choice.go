package form

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

type choiceField struct {
	common
	options []Option
	chosen  string
}

func (s Choice) field() field {
	f := &choiceField{newCommon(s.ID, s.Label, s.Help), s.Options, s.Value}
	if f.chosen == "" && len(f.options) > 0 {
		f.chosen = f.options[0].Value
	}
	return f
}

func (f *choiceField) value() string     { return f.chosen }
func (f *choiceField) setValue(s string) { f.chosen = s }
func (f *choiceField) check() error      { return nil }

// index returns the place of the chosen option, -1 when it is none of them.
func (f *choiceField) index() int {
	return slices.IndexFunc(f.options, func(o Option) bool { return o.Value == f.chosen })
}

func (f *choiceField) handle(msg tea.Msg) (tea.Cmd, bool) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || len(f.options) == 0 {
		return nil, false
	}
	switch key.String() {
	case "right", "space":
		f.cycle(1)
	case "left":
		f.cycle(-1)
	default:
		return nil, key.Text != "" && f.jump(key.Text)
	}
	return nil, true
}

func (f *choiceField) cycle(n int) {
	i := f.index()
	if i < 0 && n < 0 {
		i = 0
	}
	f.chosen = f.options[(i+n+len(f.options))%len(f.options)].Value
}

// jump goes to the next option whose label starts with what was typed.
func (f *choiceField) jump(typed string) bool {
	from := f.index() + 1
	for i := range f.options {
		o := f.options[(from+i)%len(f.options)]
		if strings.HasPrefix(strings.ToLower(o.label()), strings.ToLower(typed)) {
			f.chosen = o.Value
			return true
		}
	}
	return false
}

func (f *choiceField) lines() (drawn []string, cursor int) {
	label, place := f.chosen, ""
	if i := f.index(); i >= 0 {
		label = f.options[i].label()
		place = "  " + termtext.Count(i+1) + "/" + termtext.Count(len(f.options))
	}
	if !f.focused {
		return []string{" " + termtext.Truncate(label, f.w-1)}, 0
	}
	g := f.theme.Glyphs
	shown := f.theme.Paint(theme.Accent, g.Left+termtext.Truncate(label, f.w-2)+g.Right)
	return []string{shown + f.theme.Paint(theme.Muted, place)}, 0
}

func (o Option) label() string {
	if o.Label != "" {
		return o.Label
	}
	return o.Value
}

type toggleField struct {
	common
	on bool
}

func (s Toggle) field() field { return &toggleField{newCommon(s.ID, s.Label, s.Help), s.On} }

func (f *toggleField) setValue(s string) { f.on = s == "true" }
func (f *toggleField) check() error      { return nil }

func (f *toggleField) value() string {
	if f.on {
		return "true"
	}
	return "false"
}

func (f *toggleField) handle(msg tea.Msg) (tea.Cmd, bool) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	switch key.String() {
	case "space", "left", "right":
		f.on = !f.on
	case "y":
		f.on = true
	case "n":
		f.on = false
	default:
		return nil, false
	}
	return nil, true
}

func (f *toggleField) lines() (drawn []string, cursor int) {
	box, ink := "[ ] no", theme.Plain
	if f.on {
		box = "[x] yes"
	}
	if f.focused {
		ink = theme.Accent
	}
	return []string{" " + f.theme.Paint(ink, box)}, 0
}
