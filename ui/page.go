// Package ui is the shell of the console: it routes keys and messages to
// pages, keeps the breadcrumbs, and draws what surrounds a page: header, title,
// footer, dialogs, palette, help and toasts. It knows no page by name.
package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/theme"
)

// View is one opened page. Update and View run on the program's loop and must
// not block: whatever waits goes through [Env.Go].
type View interface {
	// Init starts what the view needs to show itself.
	Init() tea.Cmd
	// Update takes everything that is not an action: answers to the view's own
	// commands, text keys while Editing, mouse events.
	Update(tea.Msg) tea.Cmd
	// View draws the body; the shell cuts it to the size given to SetSize.
	View() string
	SetSize(width, height int)
	// Crumb says what is shown, after the page's title: "pending · workflow welcome".
	Crumb() string
	// Note is the title line's right side: "18,402 known · reading on".
	Note() string
	// Editing reports that text is being entered, so printable keys are text.
	Editing() bool
}

// Placed is a view that can be opened again as it is: narrowed to the same.
type Placed interface{ Place() Params }

// Mover is a view with something to move in. It gets one of the arrows, the page
// keys, home or end, whatever key the operator pressed for it.
type Mover interface{ Move(tea.KeyPressMsg) tea.Cmd }

// Resumer is a view that wants to know when it is on top again, and when Knock
// answers again after the connection was lost.
type Resumer interface{ Resume() tea.Cmd }

// Page is what the shell knows of a view before it is opened.
type Page struct {
	// Name is the palette's word for it: "runs".
	Name string
	// Title is the breadcrumb's.
	Title string
	// Help is one sentence for palette and help.
	Help string
	// Scopes besides the page's own and [keymap.Global]; [keymap.List] for a page that lists rows.
	Scopes []string
	// Bindings are the page's actions, with what they run.
	Bindings []Binding
	// Hidden pages are opened by other pages alone and are not in the palette.
	Hidden bool
	// Arg is the parameter that a word behind the name in the palette fills: ":runs welcome". That of a hidden
	// page is the id of what it is about: ":user dana".
	Arg string
	// About makes the page one that tells about what is selected on any other; nil for a page that does not.
	About *About
	// Fields are what the page tells of what is selected on it, to programs of the operator's own.
	Fields Fields
	// Open makes a view. It must not do I/O.
	Open func(Env, Params) View
	// Dock makes the view of the pane that lies under or beside the other pages;
	// nil for a page that is none. It is made once, and must not do I/O.
	Dock func(Env) Docked
}

// Params are what a page is opened with: filters and ids.
type Params map[string]string

// Env is what a view may use of the shell.
type Env struct {
	// Theme is shared and changes in place when the terminal's colours become known.
	Theme *theme.Theme
	// Status is the profile's state now.
	Status func() Status

	ctx  context.Context
	app  *App
	view int
}

// Hint is the key of an action: the operator may have chosen another than its
// default. An action without one is found in the palette.
func (e Env) Hint(a keymap.Action) string {
	if e.app == nil { // a view of its own, without the shell
		return a.Label()
	}
	return e.app.key(a)
}

// Shown reports that the view is the page on top, or the preview beside it, so that what it reads is seen.
// One that is not can rest until [Resumer] says that it is again.
func (e Env) Shown() bool {
	if e.app == nil {
		return true
	}
	top, beside := e.app.top(), e.app.preview.frame
	return top != nil && top.id == e.view || beside != nil && beside.id == e.view
}

// Go runs f outside the program's loop and brings its message to this view,
// unless the view was closed meanwhile: then ctx ends and the message is dropped.
func (e Env) Go(f func(context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		msg := f(e.ctx)
		if msg == nil || e.ctx.Err() != nil {
			return nil
		}
		return toView{e.view, msg}
	}
}

// After brings msg to this view once d has passed.
func (e Env) After(d time.Duration, msg tea.Msg) tea.Cmd {
	return e.Go(func(ctx context.Context) tea.Msg {
		if wait.Sleep(ctx, d) != nil {
			return nil
		}
		return msg
	})
}

// Await brings the next value of a channel to this view, as the message that is made of it;
// more is false when the channel was closed.
func Await[T any](e Env, from <-chan T, message func(value T, more bool) tea.Msg) tea.Cmd {
	return e.Go(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case value, more := <-from:
			return message(value, more)
		}
	})
}

// Context ends when the view is closed.
func (e Env) Context() context.Context { return e.ctx }

// Status is what header and confirms say about the profile in use.
type Status struct {
	Profile, Environment string
	// Protected profiles want the workflow's key typed before anything destructive.
	Protected bool
	// ReadOnly is true while the client refuses every change.
	ReadOnly bool
	// CanArm is false when read-only was asked for on the command line.
	CanArm bool
	// ArmedUntil is when an armed profile becomes read-only again; zero when it is not armed.
	ArmedUntil time.Time
	// Link is the connection in words, "" before the first answer; LinkBad when
	// it is lost, and LinkSince when that began.
	Link      string
	LinkBad   bool
	LinkSince time.Time
	// Reads per second of the scarce run endpoints, and their limit.
	Reads, ReadLimit float64
	// Events is what arrives of its own accord in words, "" where nothing can;
	// EventsBad when it should and does not.
	Events    string
	EventsBad bool
	// Frozen counts the workflows that are known to be inactive.
	Frozen int
	// Task is what goes on for long, such as a sweep, in words; "" when nothing does. TaskPercent is how far it
	// is, and below 0 where that is not known.
	Task        string
	TaskPercent int
	// InProgress counts operations that are still under way.
	InProgress int
	// Unanswered names the requests among them that wait for Knock's answer: "freeze welcome".
	Unanswered []string
	// Unsent says which sweeps have cancels to send still, and how to go on with
	// them, "" when none has.
	Unsent string
}

// Send brings msg to this view, from a dialog that it opened.
func (e Env) Send(msg tea.Msg) tea.Cmd {
	return func() tea.Msg { return toView{e.view, msg} }
}

// Where names the place that an act changes: the environment, or the profile
// when it is not known which environment its key belongs to.
func (s Status) Where() string {
	if s.Environment == "" {
		return s.Profile
	}
	return s.Environment
}
