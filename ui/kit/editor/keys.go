package editor

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Update edits the text for a key press or a paste. It starts nothing: the
// command is always nil.
func (e *Editor) Update(msg tea.Msg) tea.Cmd {
	e.Handle(msg)
	return nil
}

// Handle is Update that reports whether the message was one for an editor.
// Tab, escape and, in one line, enter and the vertical keys never are.
func (e *Editor) Handle(msg tea.Msg) bool {
	if !e.focused {
		return false
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		// Terminals send line feeds of a paste as carriage returns.
		e.Insert(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(msg.Content))
		return true
	case tea.KeyPressMsg:
		if e.move(msg.String()) || e.edit(msg.String()) || !e.single && e.moveLines(msg.String()) {
			return true
		}
		if msg.Text != "" {
			e.typeText(msg.Text)
			return true
		}
	}
	return false
}

func (e *Editor) move(key string) bool {
	switch key {
	case "left", "ctrl+b":
		e.goTo(e.left1())
	case "right", "ctrl+f":
		e.goTo(e.right1())
	case "ctrl+left", "alt+left", "alt+b":
		e.goTo(e.wordLeft())
	case "ctrl+right", "alt+right", "alt+f":
		e.goTo(e.wordRight())
	case "home", "ctrl+a":
		e.goTo(e.row, 0)
	case "end", "ctrl+e":
		e.goTo(e.row, len(e.lines[e.row]))
	default:
		return false
	}
	return true
}

func (e *Editor) moveLines(key string) bool {
	switch key {
	case "up", "ctrl+p":
		e.vertical(-1)
	case "down", "ctrl+n":
		e.vertical(1)
	case "pgup":
		e.vertical(-max(1, e.h))
	case "pgdown":
		e.vertical(max(1, e.h))
	case "ctrl+home":
		e.goTo(0, 0)
	case "ctrl+end":
		e.goTo(len(e.lines)-1, len(e.lines[len(e.lines)-1]))
	case "enter", "ctrl+j", "shift+enter":
		e.newline()
	default:
		return false
	}
	return true
}

func (e *Editor) edit(key string) bool {
	switch key {
	case "backspace", "shift+backspace", "ctrl+h":
		e.remove(e.left1())
	case "delete", "ctrl+d":
		e.remove(e.right1())
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		e.remove(e.wordLeft())
	case "alt+d", "ctrl+delete", "alt+delete":
		e.remove(e.wordRight())
	case "ctrl+u":
		e.remove(e.row, 0)
	case "ctrl+k":
		e.remove(e.row, len(e.lines[e.row]))
	case "ctrl+z":
		e.Undo()
	case "ctrl+y", "ctrl+shift+z":
		e.Redo()
	default:
		return false
	}
	return true
}
