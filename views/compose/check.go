package compose

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// checked is what a check said of a draft, as it was then.
type checked struct {
	draft  *draft
	values ops.Draft
	going  bool
	check  why.Check
	err    error
}

type checkMsg struct{ checked }

// check asks what a trigger would do, and shows it beside the form.
func (v *view) check() tea.Cmd {
	d := v.workspace.top()
	if d.form.FocusFirstError() {
		e := d.form.Errors()[0]
		return ui.Toast(ui.Warn, "not checked: %s: %s", e.Label, d.problem(e))
	}
	t, asked := d.trigger(), checked{draft: d, values: d.written(), going: true}
	v.checked, v.showing = asked, sideCheck
	return v.env.Go(func(ctx context.Context) tea.Msg {
		asked.check, asked.err = why.CheckTrigger(ctx, v.session, t)
		asked.going = false
		return checkMsg{asked}
	})
}

// take keeps the answer to the question that was asked last.
func (v *view) take(m checkMsg) {
	if m.draft == v.checked.draft && m.values == v.checked.values {
		v.checked = m.checked
	}
}

func (v *view) checkLines() []requestpane.Line {
	c, g := v.checked, v.env.Theme.Glyphs
	switch {
	case c.going:
		return []requestpane.Line{{Text: g.Requested + " looking at what would be sent", Ink: theme.Muted}}
	case c.err != nil:
		return []requestpane.Line{{Text: g.Error + " " + c.err.Error(), Ink: theme.Danger}}
	}
	var lines []requestpane.Line
	add := func(ink theme.Ink, text string) { lines = append(lines, requestpane.Line{Text: text, Ink: ink}) }
	if c.values != c.draft.written() {
		add(theme.Attention, g.Unconfirmed+" the draft has changed since: "+v.env.Hint(checkIt)+" checks it again")
	}
	add(theme.Muted, c.check.Workflow+" · "+c.check.RunsWords()+" · nothing was sent")
	for _, s := range c.check.Stops {
		add(theme.Danger, g.Error+" "+s.Text)
	}
	for _, w := range c.check.Warnings {
		add(theme.Attention, g.Unconfirmed+" "+w)
	}
	for _, r := range c.check.Recipients {
		add(theme.Plain, "")
		add(theme.Accent, strings.Join(append([]string{r.Recipient}, r.Words()...), " · "))
		for _, ch := range r.Channels {
			glyph, ink := g.Completed, theme.OK
			switch ch.Would {
			case why.WouldStop:
				glyph, ink = g.Error, theme.Danger
			case why.Depends:
				glyph, ink = g.Unconfirmed, theme.Attention
			}
			add(ink, "  "+glyph+" "+strings.Join(append([]string{ch.Channel + " " + ch.Would}, ch.Words()...), ": "))
		}
	}
	return lines
}
