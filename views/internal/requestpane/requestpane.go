// Package requestpane shows a request beside the form that makes it, exactly as it
// will be sent.
package requestpane

import (
	"net/url"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Line is a line of a pane; what is longer than the pane is wrapped.
type Line struct {
	Text string
	Ink  theme.Ink
}

// Lines splits text into lines of one ink.
func Lines(ink theme.Ink, s string) []Line {
	var out []Line
	for line := range strings.SplitSeq(s, "\n") {
		out = append(out, Line{line, ink})
	}
	return out
}

// Head is the request's first line and the headers that say what it does.
func Head(r client.Request) []Line {
	where := r.URL
	if u, err := url.Parse(r.URL); err == nil {
		where = u.RequestURI()
	}
	out := []Line{{r.Method + " " + where, theme.Muted}}
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		out = append(out, Line{"Idempotency-Key: " + key, theme.Muted})
	}
	return out
}

// Pane is a window on lines.
type Pane struct {
	lines []Line
	drawn []Line // lines, wrapped for width
	width int
	h     int // as it was drawn last
	sight scroll.Window
}

// Set replaces the lines. The window stays where it is.
func (p *Pane) Set(lines []Line) { p.lines, p.drawn = lines, nil }

// Scroll moves the window n lines down, up when n is negative.
func (p *Pane) Scroll(n int) { p.sight.By(n, p.h, len(p.drawn)) }

// Update scrolls for the usual keys and the wheel.
func (p *Pane) Update(msg tea.Msg) { p.Scroll(pager.Step(msg, p.h)) }

// View draws the lines in sight, and the count of those below.
func (p *Pane) View(t *theme.Theme, width, height int) string {
	width, height = max(1, width), max(1, height)
	p.h = height
	if p.drawn == nil || p.width != width {
		p.drawn, p.width = nil, width
		for _, l := range p.lines {
			for _, part := range wrap(l.Text, width) {
				p.drawn = append(p.drawn, Line{part, l.Ink})
			}
		}
	}
	p.sight.By(0, height, len(p.drawn))
	from, end := p.sight.Range(height, len(p.drawn))
	more := ""
	if below := len(p.drawn) - end; below > 0 {
		end--
		more = "\n" + t.Paint(theme.Muted, termtext.Truncate(termtext.Plural(below+1, "line")+" more", width))
	}
	var b strings.Builder
	for i, l := range p.drawn[from:end] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(t.Paint(l.Ink, l.Text))
	}
	return b.String() + more
}

// wrap breaks a line so that what follows stands further in than it began.
func wrap(s string, width int) []string {
	if termtext.Width(s) <= width {
		return termtext.Wrap(s, width)
	}
	body := strings.TrimLeft(s, " ")
	in := min(len(s)-len(body), width/2)
	parts := termtext.Wrap(body, width-in-2)
	for i := range parts {
		if i == 0 {
			parts[i] = termtext.Spaces(in) + parts[i]
		} else {
			parts[i] = termtext.Spaces(in+2) + parts[i]
		}
	}
	return parts
}

// Beside puts two blocks side by side with a thin rule between them; the left
// one is left cells wide.
func Beside(t *theme.Theme, a, b string, left, height int) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	rule := " " + t.Rule.Render(t.Glyphs.Bar) + " "
	lines := make([]string, height)
	for i := range lines {
		var l, r string
		if i < len(as) {
			l = as[i]
		}
		if i < len(bs) {
			r = bs[i]
		}
		lines[i] = termtext.FitStyled(l, left) + rule + r
	}
	return strings.Join(lines, "\n")
}
