package ui

import (
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
)

// Previewer is a view whose rows have a preview.
type Previewer interface {
	// Previewed reports whether its rows have one.
	Previewed() bool
	// Preview opens what is selected, nil when nothing is.
	Preview() tea.Cmd
}

// preview is the page of what is selected, beside its list or below it. It is
// only looked at: keys are the list's, and enter opens the page itself.
type preview struct {
	off   bool
	frame *frame  // nil while nothing is selected
	under int     // the view whose selection it shows
	of    openMsg // what it shows, or will once the cursor rests
	seq   int     // of what the cursor came to last
}

// restsFor is how long the cursor stays on a row before its preview is read, so
// that moving through a list costs no request.
const restsFor = 200 * time.Millisecond

type restedMsg struct {
	seq  int
	open openMsg
}

// What a list and its preview need at least, in cells. Beside each other they
// need previewWidth, one above the other previewHeight rows of body.
const (
	previewWidth   = 140
	previewHeight  = 30
	previewListW   = 78
	previewColumns = 60
	previewListH   = 12
)

// beside divides the area of a page between its list and the preview, which has
// no rows where there is none.
func (a *App) beside(f *frame, page area) (list, pane area) {
	list = page
	if a.preview.off || !previews(f) || a.theme.Options.Accessible {
		return list, pane
	}
	switch {
	case page.w >= previewWidth:
		w := max(previewColumns, page.w-max(previewListW, page.w*3/5)-1)
		list.w -= w + 1
		pane = area{x: list.w + 1, w: w, h: page.h}
	case page.h >= previewHeight:
		h := max(page.h-max(previewListH, page.h/2), 0)
		list.h -= h
		pane = area{y: list.h + 1, w: page.w, h: h - 1}
	}
	return list, pane
}

func previews(f *frame) bool {
	p, ok := f.view.(Previewer)
	return ok && p.Previewed()
}

// previewArea is where the page on top has its preview, an area without rows where it has none.
func (a *App) previewArea() area {
	if a.top() == nil {
		return area{}
	}
	page, _ := a.split(a.top().page)
	_, pane := a.beside(a.top(), page)
	return pane
}

// togglePreview shows or hides the preview, in this session and the next.
func (a *App) togglePreview() tea.Cmd {
	p := &a.preview
	p.off = !p.off
	a.dropPreview()
	a.layout()
	var keep tea.Cmd
	if remember, on := a.cfg.Remember, !p.off; remember != nil {
		keep = func() tea.Msg {
			remember(on)
			return nil
		}
	}
	if !p.off && a.previewArea().h == 0 {
		return tea.Batch(keep, Toast(Info, "the preview shows beside a list from %d columns, and below it from %d rows", previewWidth, previewHeight+chromeRows))
	}
	return keep
}

func (a *App) noPreview() string {
	switch {
	case !previews(a.top()):
		return "nothing on this page has a preview"
	case a.theme.Options.Accessible:
		return "there is one thing to read at a time in accessible mode"
	}
	return ""
}

// dropPreview closes what is shown; what is selected is read anew.
func (a *App) dropPreview() {
	p := &a.preview
	if p.frame != nil {
		p.frame.cancel()
	}
	p.frame, p.of = nil, openMsg{}
	p.seq++
}

// previewSelection has the preview follow the cursor, once it rests. What is not selected any more goes at once.
func (a *App) previewSelection() tea.Cmd {
	p := &a.preview
	var selected tea.Cmd
	if a.previewArea().h > 0 {
		selected = a.top().view.(Previewer).Preview()
	}
	if p.of.page != "" && (selected == nil || p.under != a.top().id) {
		a.dropPreview()
	}
	if selected == nil {
		return nil
	}
	open, ok := selected().(openMsg)
	if !ok || open.page == p.of.page && maps.Equal(open.params, p.of.params) {
		return nil
	}
	p.under = a.top().id
	p.of = open
	p.seq++
	rested := restedMsg{p.seq, open}
	return tea.Tick(restsFor, func(time.Time) tea.Msg { return rested })
}

// rested opens the preview of the row that the cursor rests on.
func (a *App) rested(m restedMsg) tea.Cmd {
	p := &a.preview
	page, ok := a.pages[m.open.page]
	if m.seq != p.seq || !ok {
		return nil
	}
	if p.frame != nil {
		p.frame.cancel()
	}
	p.frame = a.newFrame(page, func(env Env) View { return page.Open(env, m.open.params) })
	a.layout()
	return p.frame.view.Init()
}

// withPreview puts the preview to the lines of the list, which fill the list's area.
func (a *App) withPreview(lines []string, list, pane area) []string {
	f := a.preview.frame
	if f == nil {
		return append(lines, make([]string, max(0, pane.y+pane.h-len(lines)))...)
	}
	view := block(f.view.View(), pane)
	if pane.x == 0 {
		return append(append(lines, a.paneTitle(f, pane.w, a.theme.Title)), view...)
	}
	bar := a.frameInk().Render(a.theme.Glyphs.Bar)
	for i, line := range view {
		lines[i] = termtext.FitStyled(lines[i], list.w) + bar + line
	}
	return lines
}
