package why

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

func (v *view) View() string {
	t := v.env.Theme
	switch {
	case v.answer != nil:
		return strings.Join(v.head(), "\n") + "\n\n" + v.route.View()
	case v.err != nil:
		return status.Failed(t, v.err.Error(), v.env.Hint(askAgain)+" asks again, "+v.env.Hint(keymap.AppBack)+" goes back.", v.width)
	case len(v.params) == 0:
		return status.Empty(t, "Nothing is asked.", "In the palette, why and an id: a user, an object as collection/id, a run, a trigger or a message. On any of these, "+v.env.Hint(askWhy)+" asks.", v.width)
	}
	return status.Loading(t, "the answer")
}

// look is how a kind of outcome is drawn, never by its colour alone.
func look(t *theme.Theme, k why.Kind) (glyph string, ink theme.Ink) {
	switch k {
	case why.Wrong:
		return t.Glyphs.Error, theme.Danger
	case why.Waiting:
		return t.Glyphs.Paused, theme.Attention
	case why.Nothing:
		return t.Glyphs.Cancelled, theme.Muted
	case why.Arrived:
		return t.Glyphs.Completed, theme.OK
	case why.Unknown:
		return t.Glyphs.Unconfirmed, theme.Attention
	}
	return t.Glyphs.Queued, theme.Muted
}

// head is what was found in few words, and the sentence.
func (v *view) head() []string {
	t, a := v.env.Theme, v.answer
	glyph, ink := look(t, a.Kind)
	sure := "likely: inferred, Knock does not say so"
	if a.Proven {
		sure = "proven: a record of Knock's says so"
	}
	lines := []string{" " + t.Style(ink).Render(glyph+" "+string(a.Kind)) + "  " + t.Key.Render(a.Cause) + "  " + t.Muted.Render(sure)}
	sentences := []string{a.Verdict}
	if v.both != nil {
		sentences = append(sentences, v.both.Right.Verdict)
	}
	for _, s := range sentences {
		lines = append(lines, "")
		for _, l := range termtext.Wrap(termtext.Clean(s), max(10, v.width-2)) {
			lines = append(lines, " "+t.Title.Render(l))
		}
	}
	if len(lines) > max(3, v.height/2) { // the route keeps half of the page
		lines = append(lines[:max(3, v.height/2)-1], " "+t.Muted.Render(termtext.Ellipsis+" "+v.env.Hint(rawJSON)+" shows all of it"))
	}
	return lines
}

// draw puts the route, or the two of a comparison, and what to do next in lines.
func (v *view) draw() {
	v.opens = map[string]func() tea.Cmd{}
	var entries []timeline.Entry
	if v.both != nil {
		entries = v.drawBoth()
	} else {
		for i, h := range v.answer.Route {
			entries = append(entries, v.hop(fmt.Sprint("hop ", i), h))
		}
	}
	add := func(id, title, text string, do func() tea.Cmd) {
		v.opens[id] = do
		entries = append(entries, timeline.Entry{ID: id, Glyph: v.env.Theme.Glyphs.Right, Ink: theme.Accent, Title: title, Text: text})
	}
	for i, next := range v.answer.Next {
		add(fmt.Sprint("next ", i), "next", next, func() tea.Cmd { return ui.Copy("the command", next) })
	}
	for i, r := range v.answer.Others {
		add(fmt.Sprint("other ", i), "other run", r.Workflow+", "+r.Status+", "+v.clock(r.At), func() tea.Cmd { return ui.Open(Name, ui.Params{Run: r.ID}) })
	}
	v.route.SetEntries(entries)
	v.layout()
}

// hop is a place on the route. What was found there is said beneath it, with what it rests on.
func (v *view) hop(id string, h why.Hop) timeline.Entry {
	glyph, ink := look(v.env.Theme, h.Kind)
	e := timeline.Entry{ID: id, Time: v.clock(h.At), Glyph: glyph, Ink: ink, State: h.Hop, Title: h.Title, Text: h.Text}
	if h.Hop == h.Title {
		e.Title = termtext.Middle(h.ID, 13)
	}
	switch {
	case h.Message != "":
		v.opens[id] = func() tea.Cmd { return nav.Message(h.Message) }
	case h.Hop == "run":
		v.opens[id] = func() tea.Cmd { return nav.Run(h.ID) }
	case h.Hop == "step":
		v.opens[id] = func() tea.Cmd { return nav.Run(v.answer.Run) }
	}
	for _, found := range v.answer.Findings {
		if h.Cause == "" || found.Cause != h.Cause {
			continue
		}
		for _, evidence := range found.Evidence {
			if evidence.ID == h.ID {
				sure := "likely"
				if found.Proven {
					sure = "proven"
				}
				e.Detail = append(e.Detail, fmt.Sprintf("%s, %s by %s %s", found.Cause, sure, evidence.Kind, evidence.ID))
			}
		}
	}
	return e
}

// drawBoth puts two routes side by side: a line for the one, and beneath it the other.
func (v *view) drawBoth() []timeline.Entry {
	var entries []timeline.Entry
	side := func(a why.Answer, h *why.Hop) string {
		if h == nil {
			return a.Recipient + ": " + v.env.Theme.Glyphs.Dash
		}
		return a.Recipient + ": " + v.clock(h.At) + " " + h.Text
	}
	for i, r := range v.both.Rows {
		e := timeline.Entry{ID: fmt.Sprint("row ", i), Glyph: v.env.Theme.Glyphs.Completed, Ink: theme.OK, State: "same", Title: r.Title,
			Text: side(v.both.Left, r.Left), Detail: []string{side(v.both.Right, r.Right)}}
		switch {
		case i == v.both.Parts:
			e.Glyph, e.Ink, e.State = v.env.Theme.Glyphs.Error, theme.Danger, "THEY PART"
		case r.Differs:
			e.Glyph, e.Ink, e.State = v.env.Theme.Glyphs.Queued, theme.Attention, "differs"
		}
		entries = append(entries, e)
	}
	return entries
}

func (v *view) clock(at time.Time) string {
	switch {
	case at.IsZero():
		return ""
	case v.session.Client.ServerNow().Sub(at).Abs() > 20*time.Hour:
		return at.Local().Format("2006-01-02 15:04")
	}
	return at.Local().Format("15:04:05")
}
