package ui

import (
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"
)

type browseMsg struct{ url string }

// Browse opens an address in the operator's browser. Where none opens, the
// address goes to the clipboard, and a toast shows it.
func Browse(url string) tea.Cmd {
	return func() tea.Msg { return browseMsg{url} }
}

var errNoBrowser = errors.New("no browser available")

func (a *App) browse(url string) tea.Cmd {
	open := a.cfg.Browse
	return func() tea.Msg {
		err := errNoBrowser
		if open != nil {
			err = open(url)
		}
		if err == nil {
			return Toast(Good, "opened %s", url)()
		}
		return copyMsg{what: fmt.Sprintf("the address (%v): %s", err, url), text: url}
	}
}
