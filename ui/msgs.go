package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

type toView struct {
	view int
	msg  tea.Msg
}

type openMsg struct {
	page   string
	params Params
}

type dialogMsg struct{ dialog Dialog }

type toastMsg struct {
	tone Tone
	text string
}

type copyMsg struct{ what, text string }

// Open shows a page on top of the current one.
func Open(page string, params Params) tea.Cmd {
	return func() tea.Msg { return openMsg{page, params} }
}

// Show puts a dialog on top of everything.
func Show(d Dialog) tea.Cmd {
	return func() tea.Msg { return dialogMsg{d} }
}

// Tone says how a toast is meant.
type Tone int

// The tones, each with a word or a glyph of its own, never colour alone.
const (
	Info Tone = iota
	Good
	Warn
	Bad
)

// Toast shows a line for some seconds; a Bad one stays until a key is pressed.
func Toast(tone Tone, format string, args ...any) tea.Cmd {
	return func() tea.Msg { return toastMsg{tone, fmt.Sprintf(format, args...)} }
}

// Copy puts text on the clipboard and says so, naming what it was.
func Copy(what, text string) tea.Cmd {
	return func() tea.Msg { return copyMsg{what, text} }
}
