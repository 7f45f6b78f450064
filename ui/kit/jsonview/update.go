package jsonview

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/ui/kit/editor"
)

// prompt is the line that the viewer asks for something on.
type prompt uint8

const (
	none prompt = iota
	forSearch
	forFilter
)

// StartSearch opens the line to type a search into.
func (v *Viewer) StartSearch() tea.Cmd { return v.ask(forSearch, v.query) }

// StartFilter opens the line to type a jq filter into.
func (v *Viewer) StartFilter() tea.Cmd { return v.ask(forFilter, v.filter) }

func (v *Viewer) ask(p prompt, value string) tea.Cmd {
	v.asking = p
	v.input = editor.NewLine()
	v.input.SetTheme(v.theme)
	v.input.SetValue(value)
	return v.input.Focus()
}

// Editing reports whether the viewer has a line open: keys belong to it then.
func (v *Viewer) Editing() bool { return v.asking != none }

// Update handles the keys of the viewer and the documents that its commands read.
func (v *Viewer) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		if msg.viewer == v && msg.generation == v.generation {
			v.loading = 0
			v.source = msg.source
			v.show(v.source)
		}
	case filterMsg:
		if msg.viewer == v && msg.generation == v.generation {
			v.filtered(msg)
		}
	case tea.KeyPressMsg:
		if v.Editing() {
			return v.answer(msg)
		}
		return v.key(msg.String())
	case tea.PasteMsg:
		if v.Editing() {
			return v.input.Update(msg)
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			v.Down(-3)
		case tea.MouseWheelDown:
			v.Down(3)
		}
	}
	return nil
}

// answer handles a key while a line is open.
func (v *Viewer) answer(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		v.asking = none
		return nil
	case "enter":
		asked := v.asking
		v.asking = none
		if asked == forFilter {
			return v.Filter(v.input.Value())
		}
		v.Search(v.input.Value())
		v.Next()
		return nil
	}
	return v.input.Update(msg)
}

func (v *Viewer) key(key string) tea.Cmd {
	switch key {
	case "up", "k":
		v.Down(-1)
	case "down", "j":
		v.Down(1)
	case "pgup":
		v.Down(-max(1, v.height()))
	case "pgdown":
		v.Down(max(1, v.height()))
	case "home", "g":
		v.Home()
	case "end", "G":
		v.End()
	case "left", "h":
		v.Fold()
	case "right", "l":
		v.Unfold()
	case "enter", "space":
		v.Toggle()
	case "-":
		v.FoldAll()
	case "+":
		v.UnfoldAll()
	case "<":
		v.Scroll(-max(1, v.w/2))
	case ">":
		v.Scroll(max(1, v.w/2))
	case "/":
		return v.StartSearch()
	case "|":
		return v.StartFilter()
	case "n":
		v.Next()
	case "N":
		v.Prev()
	}
	return nil
}
