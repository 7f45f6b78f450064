package ui

import "strings"

// KeyHint is a key of what is typed into, and what it does, in a word.
type KeyHint struct{ Key, Does string }

// Hinted is what has the keys for a while, as a dialog does, or a view with a prompt: the footer shows its
// keys instead of the page's. None are shown for one that has none now.
type Hinted interface{ KeyHints() []KeyHint }

// KeyHints are those of the line below a list, while it is typed into.
func (f *Find) KeyHints() []KeyHint {
	if !f.open {
		return nil
	}
	return []KeyHint{{"enter", "keeps it"}, {"esc", "clears it"}}
}

// KeyHints implements [Hinted].
func (d *picker) KeyHints() []KeyHint {
	hints := []KeyHint{{"enter", "choose"}, {"up down", "move"}}
	if len(d.found) > d.rows {
		hints = append(hints, KeyHint{"pgdown", "next page"})
	}
	return append(hints, KeyHint{"esc", "close"})
}

// KeyHints implements [Hinted].
func (d *confirm) KeyHints() []KeyHint {
	var hints []KeyHint
	if answer := map[string]string{"no": d.No, "yes": d.Yes}[d.focus]; answer != "" {
		hints = append(hints, KeyHint{"enter", answer})
	}
	hints = append(hints, KeyHint{"tab", "next"})
	if d.scrolls > 0 {
		hints = append(hints, KeyHint{"pgdown", "more"})
	}
	return append(hints, KeyHint{"esc", "close"})
}

// KeyHints implements [Hinted].
func (d *FormDialog) KeyHints() []KeyHint {
	enter := "enter"
	if d.form.InLines() {
		enter = "ctrl+s"
	}
	return []KeyHint{{enter, "go on"}, {"tab", "next"}, {"esc", "close"}}
}

// hints are the keys of what is on top: a dialog, or a prompt of the page or pane; nil for the page's own.
func (a *App) hints() []KeyHint {
	if top := len(a.dialogs) - 1; top >= 0 {
		if h, ok := a.dialogs[top].Dialog.(Hinted); ok {
			return h.KeyHints()
		}
		return nil
	}
	if h, ok := a.focus().view.(Hinted); ok {
		return h.KeyHints()
	}
	return nil
}

// hinted is a footer of hints.
func (a *App) hinted(hints []KeyHint) string {
	var words []string
	for _, h := range hints {
		words = append(words, a.theme.Key.Render(h.Key)+a.theme.Muted.Render(" "+h.Does))
	}
	return strings.Join(words, a.theme.Muted.Render(" · "))
}
