package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// Binding is an action with what it runs and why it cannot be done now.
type Binding struct {
	keymap.Action
	run func(*App, View) tea.Cmd
	why func(*App, View) string
}

// Bind ties an action to views of one type, or that can do one thing. cannot
// says why it cannot be done now, "" when it can.
func Bind[V any](a keymap.Action, run func(V) tea.Cmd, cannot ...func(V) string) Binding {
	b := Binding{Action: a, why: func(_ *App, v View) string {
		for _, why := range cannot {
			if said := why(v.(V)); said != "" {
				return said
			}
		}
		return ""
	}}
	if run != nil {
		b.run = func(_ *App, v View) tea.Cmd { return run(v.(V)) }
	}
	return b
}

// of is the binding's action on a page. One that runs nothing is a mistake in the
// program, so it panics at start.
func (b Binding) of(p Page) keymap.Action {
	if b.run == nil {
		panic(fmt.Sprintf("ui: action %q runs nothing", b.ID))
	}
	if b.Scope == "" {
		b.Scope = p.Name
	}
	return b.Action
}

// shellAction is an action of the console itself.
func shellAction(a keymap.Action, run func(*App) tea.Cmd, cannot func(*App) string) Binding {
	return Binding{
		Action: a,
		run:    func(app *App, _ View) tea.Cmd { return run(app) },
		why: func(app *App, _ View) string {
			if cannot == nil {
				return ""
			}
			return cannot(app)
		},
	}
}

// shell is what works everywhere.
var shell []Binding

func init() { // what it refers to refers to it
	shell = []Binding{
		shellAction(keymap.AppPalette, func(a *App) tea.Cmd { return Show(a.palette()) }, nil),
		shellAction(keymap.AppHelp, func(a *App) tea.Cmd { return Show(a.help()) }, nil),
		shellAction(keymap.AppBack, (*App).back, nil),
		shellAction(keymap.AppArm, (*App).arm, (*App).cannotArm),
		shellAction(keymap.AppProfile, (*App).switchProfile, (*App).cannotSwitch),
		shellAction(keymap.AppPreview, (*App).togglePreview, (*App).noPreview),
		shellAction(keymap.AppRedraw, func(*App) tea.Cmd { return tea.ClearScreen }, nil),
		shellAction(keymap.AppSuspend, func(*App) tea.Cmd { return tea.Suspend }, nil),
		shellAction(keymap.AppQuit, (*App).quit, nil),
	}
}

// moves are the keys that the actions which move stand for.
var moves = map[string]rune{
	keymap.Up.ID: tea.KeyUp, keymap.Down.ID: tea.KeyDown, keymap.PageUp.ID: tea.KeyPgUp,
	keymap.PageDown.ID: tea.KeyPgDown, keymap.Home.ID: tea.KeyHome, keymap.End.ID: tea.KeyEnd,
}

// ListKey is the key press that a list's action stands for, for a widget that
// moves by keys of its own; nil for other actions.
func ListKey(action string) tea.Msg {
	if code, ok := moves[action]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return nil
}

func bindings(pages []Page) map[string]Binding {
	all := map[string]Binding{}
	add := func(of []Binding) {
		for _, b := range of {
			all[b.ID] = b
		}
	}
	add(shell)
	add(rows)
	add(details)
	for _, p := range pages {
		add(p.Bindings)
	}
	return all
}
