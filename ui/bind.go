package ui

import (
	"fmt"
	"slices"

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
	return bind(a, func(_ *App, v View) V { return v.(V) }, run, cannot)
}

// When says why of every view for which a condition holds.
func When[V any](holds func(V) bool, why string) func(V) string {
	return func(v V) string {
		if holds(v) {
			return why
		}
		return ""
	}
}

// shellAction is an action of the console itself.
func shellAction(a keymap.Action, run func(*App) tea.Cmd, cannot ...func(*App) string) Binding {
	return bind(a, func(app *App, _ View) *App { return app }, run, cannot)
}

// bind ties an action to what it is done with. One that runs nothing is a mistake
// in the program, so it panics at start.
func bind[T any](a keymap.Action, with func(*App, View) T, run func(T) tea.Cmd, cannot []func(T) string) Binding {
	if run == nil {
		panic(fmt.Sprintf("ui: action %q runs nothing", a.ID))
	}
	return Binding{
		Action: a,
		run:    func(app *App, v View) tea.Cmd { return run(with(app, v)) },
		why: func(app *App, v View) string {
			for _, why := range cannot {
				if said := why(with(app, v)); said != "" {
					return said
				}
			}
			return ""
		},
	}
}

// shell is what works everywhere.
var shell []Binding

func init() { // what it refers to refers to it
	shell = []Binding{
		shellAction(keymap.AppPalette, func(a *App) tea.Cmd { return Show(a.palette()) }),
		shellAction(keymap.AppHelp, func(a *App) tea.Cmd { return Show(a.help()) }),
		shellAction(keymap.AppBack, (*App).back),
		shellAction(keymap.AppArm, (*App).arm, (*App).cannotArm),
		shellAction(keymap.AppProfile, (*App).switchProfile, (*App).cannotSwitch),
		shellAction(keymap.AppKeepView, (*App).keepView, (*App).cannotKeep),
		shellAction(keymap.AppDropView, (*App).dropView, (*App).noViews),
		shellAction(keymap.AppPreview, (*App).togglePreview, (*App).noPreview),
		shellAction(keymap.AppRedraw, func(*App) tea.Cmd { return tea.ClearScreen }),
		shellAction(keymap.AppSuspend, func(*App) tea.Cmd { return tea.Suspend }),
		shellAction(keymap.AppQuit, (*App).quit),
	}
}

// moves are what moves, with the keys that they stand for.
var moves = []Binding{
	move(keymap.Up, tea.KeyUp), move(keymap.Down, tea.KeyDown),
	move(keymap.PageUp, tea.KeyPgUp), move(keymap.PageDown, tea.KeyPgDown),
	move(keymap.Home, tea.KeyHome), move(keymap.End, tea.KeyEnd),
}

func move(a keymap.Action, code rune) Binding {
	return Bind(a, func(v View) tea.Cmd {
		if m, ok := v.(Mover); ok {
			return m.Move(tea.KeyPressMsg{Code: code})
		}
		return nil
	})
}

// bindings are all there are: what works everywhere, in lists and in details, and
// what the pages bring.
func bindings(pages []Page) []Binding {
	all := slices.Concat(shell, moves, rows, details)
	opened := 0
	for _, p := range pages {
		for _, b := range p.Bindings {
			if b.Scope == "" {
				b.Scope = p.Name
			}
			all = append(all, b)
		}
		if p.Dock != nil {
			all = append(all, dockBindings(p)...)
		}
		if p.About != nil {
			all = append(all, aboutBinding(p))
		}
		if !p.Hidden {
			opened++
			all = append(all, openBinding(p, opened))
		}
	}
	return all
}
