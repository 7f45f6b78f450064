package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// deepest is how many pages can lie on top of each other; opening another
// drops the oldest but the first, so that wandering about costs no memory.
const deepest = 20

func (a *App) top() *frame {
	if len(a.stack) == 0 {
		return nil
	}
	return a.stack[len(a.stack)-1]
}

// newFrame makes the next view, with what it may use until it is cancelled.
func (a *App) newFrame(page Page, open func(Env) View) *frame {
	ctx, cancel := context.WithCancel(context.Background())
	a.nextView++
	f := &frame{id: a.nextView, page: page, ctx: ctx, cancel: cancel}
	f.view = open(a.env(f))
	return f
}

// env is what the view of a frame may use.
func (a *App) env(f *frame) Env {
	return Env{Theme: a.theme, Status: func() Status { return a.status }, ctx: f.ctx, app: a, view: f.id}
}

func (a *App) open(name string, params Params) tea.Cmd {
	page, ok := a.pages[name]
	if !ok {
		return Toast(Bad, "there is no page named %q · %s lists them", name, a.key(keymap.AppPalette))
	}
	f := a.newFrame(page, func(env Env) View { return page.Open(env, params) })
	if v, ok := f.view.(Arranged); ok {
		v.Arrange(params)
	}
	if len(a.stack) == deepest {
		a.stack[1].cancel()
		a.stack = slices.Delete(a.stack, 1, 2)
	}
	a.stack = append(a.stack, f)
	a.dock.focused = false
	a.went(page, params)
	a.layout()
	return f.view.Init()
}

// goTo opens a page from the keyboard or the palette: one that is open already
// is returned to instead of being opened twice.
func (a *App) goTo(name string) tea.Cmd {
	for i, f := range a.stack {
		if f.page.Name == name {
			return a.cutTo(i)
		}
	}
	return a.open(name, nil)
}

func (a *App) back() tea.Cmd {
	if a.dock.focused {
		a.dock.focused = false
		return nil
	}
	if len(a.stack) <= 1 {
		return Toast(Info, "this is the first page · %s quits", a.key(keymap.AppQuit))
	}
	return a.cutTo(len(a.stack) - 2)
}

// cutTo closes everything above the frame at i.
func (a *App) cutTo(i int) tea.Cmd {
	for _, f := range a.stack[i+1:] {
		f.cancel()
	}
	a.stack = a.stack[:i+1]
	a.dock.focused = false
	a.layout()
	return a.resume()
}

func (a *App) resume() tea.Cmd {
	if top := a.top(); top != nil {
		if r, ok := top.view.(Resumer); ok {
			return r.Resume()
		}
	}
	return nil
}

// deliver brings an answer to the view that asked; one that was closed gets nothing.
func (a *App) deliver(m toView) tea.Cmd {
	for _, f := range a.stack {
		if f.id == m.view {
			return f.view.Update(m.msg)
		}
	}
	for _, f := range []*frame{a.dock.frame, a.preview.frame} {
		if f != nil && f.id == m.view {
			return f.view.Update(m.msg)
		}
	}
	return nil
}

// do carries out an action, or says why it cannot be done.
func (a *App) do(id string) tea.Cmd {
	if why := a.disabled(id); why != "" {
		return Toast(Warn, "%s", why)
	}
	return a.bindings[id].run(a, a.focus().view)
}

func (a *App) disabled(id string) string {
	b, ok := a.bindings[id]
	switch {
	case !ok:
		return "there is no action named " + id
	case b.Danger != keymap.Safe && a.status.ReadOnly && a.status.CanArm && !b.Arms:
		return a.status.Profile + " is read-only: " + a.key(keymap.AppArm) + " arms it for a while"
	case b.Danger != keymap.Safe && a.status.ReadOnly && !a.status.CanArm:
		return a.status.Profile + " is read-only: it was opened so, and nothing here can change that"
	}
	return b.why(a, a.focus().view)
}

func (a *App) quit() tea.Cmd {
	a.status = a.cfg.Status() // what was started a moment ago counts too
	if a.status.InProgress == 0 || a.asksToQuit() {
		return tea.Quit
	}
	return Show(NewConfirm(a.theme, Confirm{
		Title: quitTitle,
		Lines: append([]string{termtext.Plural(a.status.InProgress, "operation") + " still in progress."}, a.leftOpen()...),
		Yes:   "Quit", No: "Stay",
		OnYes: func(string) tea.Cmd { return tea.Quit },
	}))
}

const quitTitle = "Quit with work in progress"

// asksToQuit reports that the dialog on top is the one that asks before the console ends.
func (a *App) asksToQuit() bool {
	if len(a.dialogs) == 0 {
		return false
	}
	c, ok := a.dialogs[len(a.dialogs)-1].Dialog.(*confirm)
	return ok && c.Title == quitTitle
}

// leftOpen says what becomes of the work in progress when the console is left.
func (a *App) leftOpen() []string {
	var lines []string
	if len(a.status.Unanswered) > 0 {
		lines = append(lines, "Not answered yet: "+strings.Join(a.status.Unanswered, ", ")+". The answers are waited for, for a few seconds; what has none by then is in the history as unknown.")
	}
	switch {
	case a.status.Unsent != "":
		lines = append(lines, "What was sent stays sent, and what was not sent yet is not: "+a.status.Unsent+".")
	case len(a.status.Unanswered) < a.status.InProgress:
		lines = append(lines, "What was sent stays sent; only the proof is not waited for.")
	}
	return lines
}
