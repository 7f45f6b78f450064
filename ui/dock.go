package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// Subject is what an operator looks at: a thing that a docked pane can follow.
// The zero Subject is nothing.
type Subject struct {
	// Kind is one of the kinds below, ID what tells it from others of its kind.
	Kind, ID string
}

// Kinds of subjects.
const (
	SubjectRecipient = "recipient" // a reference: a user's id, or an object as collection/id
	SubjectRun       = "run"
	SubjectTrigger   = "trigger" // all runs of one trigger
	SubjectWorkflow  = "workflow"
	SubjectMessage   = "message"
)

// Pointed is a view that tells what is selected on it.
type Pointed interface{ Subject() Subject }

// Docked is a page's view that can lie under or beside any other page.
type Docked interface {
	View
	// Follow narrows the pane to a subject; the zero Subject takes that back.
	Follow(Subject) tea.Cmd
}

// dock is the pane under or beside the page.
type dock struct {
	page    Page   // the page that can be docked; without a name there is none
	frame   *frame // nil until the pane is opened for the first time
	shown   bool
	beside  bool
	focused bool
	follow  bool
	subject Subject // that it follows
}

// What a page and the pane need at least, in cells; the pane's title is counted with it.
const (
	pageRows    = 8
	paneRows    = 5
	paneColumns = 55
)

// dockBindings are the actions of the pane that a page can be docked as.
func dockBindings(p Page) []Binding {
	word := strings.ToLower(p.Title)
	bind := func(a keymap.Action, run func(*App) tea.Cmd, cannot ...func(*App) string) Binding {
		a.Title = fmt.Sprintf(a.Title, word)
		return shellAction(a, run, append([]func(*App) string{(*App).shownWhole}, cannot...)...)
	}
	toggle := keymap.DockToggle
	toggle.Short = word
	return []Binding{
		bind(toggle, func(a *App) tea.Cmd { return a.showDock(!a.dock.shown) }),
		bind(keymap.DockFocus, (*App).switchFocus, (*App).noDock, (*App).noRoomForDock),
		bind(keymap.DockFollow, (*App).toggleFollow),
		bind(keymap.DockPlace, (*App).placeDock, (*App).noDock),
	}
}

// area is a part of the body, in cells from its upper left corner.
type area struct{ x, y, w, h int }

func (r area) holds(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// split divides the body between a page and the pane. The pane has no rows
// where it is not shown, and where there is no room for it.
func (a *App) split(p Page) (page, pane area) {
	w, h := a.width, a.bodyHeight()
	page = area{w: w, h: h}
	switch {
	case !a.dock.shown || p.Name == a.dock.page.Name:
	case a.dock.beside && !a.theme.Options.Accessible && w > MinWidth+paneColumns:
		pw := max(paneColumns, w*2/5)
		page.w = w - pw - 1
		pane = area{x: w - pw, y: 1, w: pw, h: h - 1}
	case h >= pageRows+paneRows:
		rows := max(paneRows, h*3/10)
		page.h = h - rows
		pane = area{y: page.h + 1, w: w, h: rows - 1}
	}
	return page, pane
}

// docked reports that the pane is in sight.
func (a *App) docked() bool {
	top := a.top()
	if top == nil || a.dock.frame == nil {
		return false
	}
	_, pane := a.split(top.page)
	return pane.h > 0
}

// focus is what gets the keys: the page on top, or the pane.
func (a *App) focus() *frame {
	if a.dock.focused && a.docked() {
		return a.dock.frame
	}
	return a.top()
}

// shownWhole says that the page is the pane's own.
func (a *App) shownWhole() string {
	if a.top().page.Name == a.dock.page.Name {
		return "this page shows what the pane would: it is docked on the other pages"
	}
	return ""
}

func (a *App) noDock() string {
	if !a.dock.shown {
		return "the pane is not shown: " + a.key(keymap.DockToggle) + " shows it"
	}
	return ""
}

func (a *App) noRoomForDock() string {
	if !a.docked() {
		return a.noRoom()
	}
	return ""
}

// hidden says that the pane is wanted and not in sight, "" otherwise.
func (a *App) hidden() string {
	if !a.dock.shown || a.docked() || a.top().page.Name == a.dock.page.Name {
		return ""
	}
	return strings.ToLower(a.dock.page.Title) + " pane: no room"
}

func (a *App) noRoom() string {
	return "there is no room for the " + strings.ToLower(a.dock.page.Title) + " pane: it shows once the window is larger"
}

func (a *App) switchFocus() tea.Cmd {
	a.dock.focused = !a.dock.focused
	return nil
}

func (a *App) placeDock() tea.Cmd {
	a.dock.beside = !a.dock.beside
	a.layout()
	if a.dock.beside && a.width <= MinWidth+paneColumns {
		return Toast(Info, "the pane goes beside the page once the window is wider")
	}
	return nil
}

func (a *App) toggleFollow() tea.Cmd {
	d := &a.dock
	d.follow = !d.follow
	if d.follow {
		return a.showDock(true)
	}
	d.subject = Subject{}
	if d.frame != nil {
		return d.view().Follow(Subject{})
	}
	return nil
}

func (d *dock) view() Docked { return d.frame.view.(Docked) }

// showDock opens or hides the pane. Hidden it lives on: its filter and what it
// counted are there when it comes back.
func (a *App) showDock(on bool) tea.Cmd {
	d := &a.dock
	d.shown, d.focused = on, false
	var start tea.Cmd
	if on && d.frame == nil {
		d.frame = a.newFrame(d.page, func(env Env) View { return d.page.Dock(env) })
		start = d.frame.view.Init()
	}
	a.layout()
	if on && !a.docked() {
		start = tea.Batch(start, Toast(Warn, "%s", a.noRoom()))
	}
	return start
}

// followSelection tells the pane what is selected by now. Where nothing is, it
// stays with what was.
func (a *App) followSelection() tea.Cmd {
	d, top := &a.dock, a.top()
	if !d.follow || d.frame == nil || top == nil {
		return nil
	}
	p, ok := top.view.(Pointed)
	if !ok {
		return nil
	}
	s := p.Subject()
	if s == (Subject{}) || s == d.subject {
		return nil
	}
	d.subject = s
	return d.view().Follow(s)
}

// under is what lies under the pointer, and where on it that is. The position
// is the body's.
func (a *App) under(m tea.Mouse) (*frame, tea.Mouse) {
	page := a.top()
	if p := a.previewArea(); a.preview.frame != nil && p.holds(m.X, m.Y) {
		m.X, m.Y = m.X-p.x, m.Y-p.y
		return a.preview.frame, m
	}
	_, pane := a.split(page.page)
	title := area{x: pane.x, y: pane.y - 1, w: pane.w, h: 1}
	if pane.h == 0 || a.dock.frame == nil || !pane.holds(m.X, m.Y) && !title.holds(m.X, m.Y) {
		return page, m
	}
	m.X, m.Y = m.X-pane.x, m.Y-pane.y
	return a.dock.frame, m
}

// withDock puts the pane to the lines of the page, which fill the page's area.
func (a *App) withDock(lines []string, page, pane area) []string {
	view := block(a.dock.frame.view.View(), pane)
	ink := a.theme.Title
	if a.dock.focused {
		ink = a.theme.Key
	}
	title := a.paneTitle(a.dock.frame, pane.w, ink)
	if pane.x == 0 {
		return append(append(lines, title), view...)
	}
	bar := a.frameInk().Render(a.theme.Glyphs.Bar)
	for i, line := range append([]string{title}, view...) {
		lines[i] = termtext.FitStyled(lines[i], page.w) + bar + line
	}
	return lines
}

// paneTitle is the rule above a pane: what it shows on the left, its counts on the right.
func (a *App) paneTitle(f *frame, w int, ink lipgloss.Style) string {
	t := a.theme
	rule := func(n int) string { return a.frameInk().Render(strings.Repeat(t.Glyphs.Rule, max(0, n))) }
	left := rule(2) + ink.Render(" "+f.page.Title+" ")
	if c := f.view.Crumb(); c != "" {
		left += t.Muted.Render(t.Glyphs.Dot) + t.Plain.Render(" "+c+" ")
	}
	right := ""
	if n := f.view.Note(); n != "" {
		right = t.Muted.Render(" "+n+" ") + rule(2)
	}
	gap := w - ansi.StringWidth(left) - ansi.StringWidth(right)
	if gap < 0 { // what it shows gives way to the counts
		left = ansi.Truncate(left, max(0, w-ansi.StringWidth(right)-1), termtext.Ellipsis)
		gap = w - ansi.StringWidth(left) - ansi.StringWidth(right)
	}
	return ansi.Truncate(left+rule(gap)+right, w, "")
}

// block cuts and fills a view to an area.
func block(view string, r area) []string {
	lines := strings.Split(view, "\n")
	lines = lines[:min(len(lines), r.h)]
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, r.w, "")
	}
	for len(lines) < r.h {
		lines = append(lines, "")
	}
	return lines
}
