package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// Detailer is a view that shows one thing. Every such view can do all of this.
type Detailer interface {
	Refresh() tea.Cmd
	Copy() tea.Cmd
	Raw() tea.Cmd
	// NothingToCopy and NoRaw say why something cannot be done, "" when it can.
	NothingToCopy() string
	NoRaw() string
}

// details is what works on every page that shows one thing.
var details = []Binding{
	Bind(keymap.DetailRaw, Detailer.Raw, Detailer.NoRaw),
	Bind(keymap.DetailRefresh, Detailer.Refresh),
	Bind(keymap.DetailCopy, Detailer.Copy, Detailer.NothingToCopy),
}
