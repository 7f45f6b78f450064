package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// Above the body: header, title, rule. Below: rule, footer.
const (
	bodyTop    = 3
	chromeRows = 5
)

func (a *App) bodyHeight() int { return max(0, a.height-chromeRows) }

func (a *App) layout() {
	for _, f := range a.stack {
		page, pane := a.split(f.page)
		list, _ := a.beside(f, page)
		f.view.SetSize(list.w, list.h)
		if a.dock.frame != nil && pane.h > 0 {
			a.dock.frame.view.SetSize(pane.w, pane.h)
		}
	}
	if p := a.previewArea(); a.preview.frame != nil && p.h > 0 {
		a.preview.frame.view.SetSize(p.w, p.h)
	}
}

// View implements [tea.Model].
func (a *App) View() tea.View {
	screen := a.theme.Frame(a.screen())
	v := tea.NewView(screen)
	v.Cursor = a.readHere(screen)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = a.windowTitle()
	v.ProgressBar = a.progressBar()
	return v
}

func (a *App) screen() string {
	if a.width == 0 {
		return "" // the terminal has not said its size yet
	}
	if a.tooSmall() {
		return a.askForRoom()
	}
	var drawn []string // first, so that the footer knows what scrolls in them
	for _, d := range a.dialogs {
		drawn = append(drawn, a.draw(d))
	}
	page := a.withToast(strings.Join([]string{a.header(), a.title(), a.belowTitle(), a.body(), a.rule(), a.footer()}, "\n"))
	for _, d := range drawn {
		page = a.overlay(page, d)
	}
	return page
}

// readHere is where a screen reader should read: the selected row or choice, or
// what is being typed. The terminal's cursor is put there in accessible mode.
func (a *App) readHere(screen string) *tea.Cursor {
	if !a.theme.Options.Accessible {
		return nil
	}
	for y, line := range strings.Split(screen, "\n") {
		if before, _, found := strings.Cut(ansi.Strip(line), a.theme.Glyphs.Cursor); found {
			return tea.NewCursor(termtext.Width(before), y)
		}
	}
	return nil
}

func (a *App) tooSmall() bool { return a.width < MinWidth || a.height < MinHeight }

func (a *App) askForRoom() string {
	lines := termtext.Wrap(fmt.Sprintf("knockops needs %d×%d; this window is %d×%d. Make it larger, or press ctrl+c.",
		MinWidth, MinHeight, a.width, a.height), a.width)
	return strings.Join(lines[:min(len(lines), a.height)], "\n")
}

// draw draws a dialog: header and footer stay in sight above and below it.
func (a *App) draw(d Dialog) string { return d.View(a.width-4, a.height-2) }

// overlay centres a dialog over the page. In accessible mode it takes the
// page's place, so that there is one thing to read.
func (a *App) overlay(page, dialog string) string {
	if a.theme.Options.Accessible {
		lines := strings.Split(dialog, "\n")
		for len(lines) < a.height-1 {
			lines = append(lines, "")
		}
		return a.withToast(strings.Join(append(lines[:a.height-1], a.footer()), "\n"))
	}
	x, y := a.place(dialog)
	return lipgloss.NewCompositor(
		lipgloss.NewLayer(page).Z(0),
		lipgloss.NewLayer(dialog).X(x).Y(y).Z(1),
	).Render()
}

// place is where a dialog's upper left corner lies.
func (a *App) place(dialog string) (x, y int) {
	if a.theme.Options.Accessible {
		return 0, 0
	}
	free := a.height - lipgloss.Height(dialog)
	return max(0, (a.width-lipgloss.Width(dialog))/2), max(min(1, free), free/3)
}

// frameInk colours the rules: the profile's colour while a protected profile can be changed.
func (a *App) frameInk() lipgloss.Style {
	if a.status.Protected && !a.status.ReadOnly {
		return a.theme.Danger
	}
	return a.theme.Rule
}

func (a *App) header() string {
	t, s := a.theme, a.status
	left := " " + t.Title.Render("knockops") + "   " + t.Accent.Render(termtext.Clean(s.Profile))
	if s.Environment != "" && s.Environment != s.Profile {
		left += t.Plain.Render(" · " + termtext.Clean(s.Environment))
	}
	if word, ink := a.mode(); word != "" {
		left += "   " + ink.Render(word)
	}
	var right []string
	if s.Frozen > 0 {
		right = append(right, t.Attention.Render(fmt.Sprintf("%s %d frozen", t.Glyphs.Paused, s.Frozen)))
	}
	if s.InProgress > 0 {
		right = append(right, t.Accent.Render(fmt.Sprintf("%d in progress", s.InProgress)))
	}
	if s.Link != "" {
		ink := t.Muted
		if s.LinkBad {
			ink = t.Danger
		}
		right = append(right, ink.Render(termtext.Clean(s.Link)))
	}
	if s.ReadLimit > 0 {
		right = append(right, t.Muted.Render(fmt.Sprintf("reads %.0f/%.0f per s", s.Reads, s.ReadLimit)))
	}
	if s.Events != "" {
		ink := t.Muted
		if s.EventsBad {
			ink = t.Attention
		}
		right = append(right, ink.Render(termtext.Clean(s.Events)))
	}
	right = append(right, t.Muted.Render(time.Now().Format("15:04:05")))
	sep := t.Muted.Render(" · ")
	for len(right) > 1 && lipgloss.Width(left)+lipgloss.Width(strings.Join(right, sep))+2 > a.width {
		right = right[:len(right)-1] // the profile and its mode stay whole
	}
	line := spread(left, strings.Join(right, sep)+" ", a.width)
	if s.Protected {
		return t.Banner.Render(ansi.Strip(line)) // it must look different from across the room
	}
	return line
}

// mode names the guard: a protected profile is read-only or armed, never silent.
func (a *App) mode() (string, lipgloss.Style) {
	s := a.status
	switch {
	case s.ReadOnly:
		return "READ-ONLY", a.theme.Attention
	case !s.ArmedUntil.IsZero():
		left := time.Until(s.ArmedUntil).Round(time.Second)
		return fmt.Sprintf("ARMED %d:%02d", int(left.Minutes()), int(left.Seconds())%60), a.theme.Danger
	}
	return "", a.theme.Plain
}

func (a *App) title() string {
	top := a.top()
	if top == nil {
		return ""
	}
	t := a.theme
	var crumbs []string
	for _, f := range a.stack[max(0, len(a.stack)-3) : len(a.stack)-1] {
		crumbs = append(crumbs, t.Muted.Render(f.page.Title))
	}
	crumbs = append(crumbs, t.Title.Render(top.page.Title))
	if c := top.view.Crumb(); c != "" {
		crumbs = append(crumbs, t.Plain.Render(c))
	}
	left := " " + strings.Join(crumbs, t.Muted.Render("  "+t.Glyphs.Crumb+"  "))
	note := top.view.Note()
	if why := a.hidden(); why != "" {
		note = strings.TrimPrefix(note+" · "+why, " · ")
	}
	return spread(left, t.Muted.Render(note)+" ", a.width)
}

// body is the page's, cut and filled to exactly its rows.
func (a *App) body() string {
	top := a.top()
	if top == nil {
		return strings.Repeat("\n", max(0, a.bodyHeight()-1))
	}
	page, pane := a.split(top.page)
	list, beside := a.beside(top, page)
	lines := a.dim(block(top.view.View(), list))
	if beside.h > 0 {
		lines = a.withPreview(lines, list, beside)
	}
	if a.docked() {
		lines = a.withDock(lines, page, pane)
	}
	return strings.Join(lines, "\n")
}

// footer lists what works here and now: the page's own actions, then the palette and help.
func (a *App) footer() string {
	top := a.focus()
	if top == nil {
		return ""
	}
	if hints := a.hints(); len(hints) > 0 {
		return ansi.Truncate(" "+a.hinted(hints), a.width, "")
	}
	editing := top.view.Editing()
	var local, global []string
	for _, action := range a.cfg.Keys.On(top.page.Name) {
		if editing {
			action.Keys = inText(action)
		}
		switch {
		case action.Short == "" || len(action.Keys) == 0 || a.disabled(action.ID) != "":
		case action.Scope == keymap.Global && !editing: // what is typed into has keys enough of its own
			global = append(global, a.hint(action))
		case action.ID == keymap.RowsFind.ID: // of what every list has, it must not be cut off
			local = slices.Insert(local, min(1, len(local)), a.hint(action))
		default:
			local = append(local, a.hint(action))
		}
	}
	sep := a.theme.Muted.Render(" · ")
	tail := strings.Join(global, sep)
	line := " "
	for i, h := range local {
		next := h
		if i > 0 {
			next = sep + h
		}
		if lipgloss.Width(line)+lipgloss.Width(next)+lipgloss.Width(tail)+4 > a.width {
			break
		}
		line += next
	}
	if tail != "" {
		if line != " " {
			line += sep
		}
		line += tail
	}
	return ansi.Truncate(line, a.width, "")
}

func (a *App) hint(action keymap.Action) string {
	ink := a.theme.Key
	if action.ID == keymap.AppArm.ID && !a.status.ReadOnly {
		action.Short = "disarm"
	}
	if action.Danger == keymap.Destroys {
		ink = a.theme.Danger
	}
	return ink.Render(action.Label()) + a.theme.Muted.Render(" "+action.Short)
}

// inText are the keys of an action that are no text.
func inText(action keymap.Action) []string {
	if !action.InText {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(action.Keys), printable)
}

func printable(key string) bool { return len([]rune(key)) == 1 }

// spread puts left and right at the two ends of a line; the left one gives way.
func spread(left, right string, width int) string {
	rw := lipgloss.Width(right)
	if rw > width {
		return ansi.Truncate(right, width, "")
	}
	left = ansi.Truncate(left, max(0, width-rw-1), "…")
	return left + strings.Repeat(" ", max(0, width-rw-lipgloss.Width(left))) + right
}
