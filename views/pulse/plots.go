package pulse

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/plot"
	"github.com/knockops/knockops/ui/theme"
)

// How many areas are told apart, and in which inks.
const mostAreas = 3

var areaInks = []theme.Ink{theme.Accent, theme.Attention, theme.OK, theme.Muted}

// plotted is what a section is drawn over: several plots that share its room, one below the other.
type plotted struct {
	title string
	plot.Plot
}

// pendingPlots are what was pending in the last hour by workflow, with what was done about it.
func (v *view) pendingPlots() []plotted {
	var all []plot.Series
	for _, l := range v.snapshot.Loads {
		all = append(all, plot.Series{Name: l.Workflow, Values: l.Trend})
	}
	p := v.areas("Pending, last hour", all)
	if p == nil {
		return nil
	}
	p.Marks = v.marks()
	return []plotted{*p}
}

// typePlots are the webhooks of each minute by type.
func (v *view) typePlots() []plotted {
	now := time.Now()
	var all []plot.Series
	for _, kind := range slices.Sorted(maps.Keys(v.types.counts)) {
		all = append(all, plot.Series{Name: strings.TrimPrefix(kind, "workflow_recipient_"), Values: v.types.of(kind, now)})
	}
	if p := v.areas("Webhooks a minute", all); p != nil {
		return []plotted{*p}
	}
	return nil
}

// flowPlots hold what arrives against what is pending no more: completed, or cancelled.
func (v *view) flowPlots() []plotted {
	b := v.snapshot
	if len(b.Arrived) == 0 || b.Known == 0 {
		return nil
	}
	from := time.Now().Add(-time.Hour).Local().Format("15:04")
	of := func(title string, values []float64, ink theme.Ink) plotted {
		return plotted{title, plot.Plot{Series: []plot.Series{{Name: title, Values: values, Ink: ink}}, From: from, To: "now"}}
	}
	return []plotted{of("Arrived, every 2 min", b.Arrived, theme.Accent), of("Completed or cancelled", b.Ended, theme.OK)}
}

// areas are the largest series on each other, each named in the title with what fills it; nil where
// there is nothing to draw.
func (v *view) areas(title string, all []plot.Series) *plotted {
	if !slices.ContainsFunc(all, func(s plot.Series) bool {
		return slices.ContainsFunc(s.Values, func(n float64) bool { return n > 0 })
	}) {
		return nil
	}
	series := plot.Largest(all, mostAreas, func(n int) string { return fmt.Sprintf("%d others", n) })
	for i := range series {
		series[i].Ink = areaInks[i]
	}
	return &plotted{title, plot.Plot{Series: series, From: time.Now().Add(-time.Hour).Local().Format("15:04"), To: "now"}}
}

// marks are where a workflow was frozen (z) or thawed (Z), or a sweep began (S).
func (v *view) marks() []plot.Mark {
	var all []plot.Mark
	add := func(at time.Time, sign string) {
		if ago := int(time.Since(at) / time.Minute); ago < hour {
			all = append(all, plot.Mark{At: hour - 1 - ago, Sign: sign})
		}
	}
	for _, r := range v.sweeps {
		add(r.At, "S")
	}
	for _, a := range v.freezes { // over a sweep that began with it
		add(a.At, map[bool]string{true: "z", false: "Z"}[a.Kind == ops.ActionFreeze])
	}
	return all
}

// overlay is plots as they were drawn, for as long as they say the same in the same room.
type overlay struct {
	of    []plotted
	dark  bool
	w, h  int
	lines []string
}

// plotsOver are the lines over the ith section, h of them and w cells wide.
func (b *board) plotsOver(i int, of []plotted, w, h int) []string {
	for len(b.over) <= i {
		b.over = append(b.over, overlay{})
	}
	o := &b.over[i]
	if o.w == w && o.h == h && o.dark == b.theme.Options.Dark && slices.EqualFunc(o.of, of, plotted.equal) {
		return o.lines
	}
	lines := make([]string, h)
	copy(lines, b.drawPlots(of, w, h))
	for i, l := range lines {
		lines[i] = termtext.FitStyled(l, w)
	}
	*o = overlay{of, b.theme.Options.Dark, w, h, lines}
	return lines
}

func (p plotted) equal(q plotted) bool { return p.title == q.title && p.Equal(q.Plot) }

// drawPlots draws the plots of a section over each other, h lines in all; nil where there is no room.
// Where the screen is read aloud there are none: the numbers stand in the lists.
func (b *board) drawPlots(all []plotted, w, h int) []string {
	if len(all) == 0 || b.theme.Options.Accessible {
		return nil
	}
	each := h / len(all)
	if each < plot.Least+3 {
		all, each = all[:1], h
	}
	var lines []string
	for _, p := range all {
		drawn := p.Lines(b.theme, w-1, each-2-b.legend(p))
		if drawn == nil {
			return nil
		}
		lines = append(lines, " "+b.theme.Title.Render(termtext.Fit(p.title, w-1)))
		for _, l := range drawn {
			lines = append(lines, " "+l)
		}
		if b.legend(p) > 0 {
			lines = append(lines, " "+termtext.FitStyled(b.names(p), w-1))
		}
		lines = append(lines, "")
	}
	return lines
}

// legend is how many lines the names of a plot's areas take.
func (b *board) legend(p plotted) int { return min(1, len(p.Series)-1) }

// names tell which area is whose.
func (b *board) names(p plotted) string {
	var parts []string
	for i, s := range p.Series {
		parts = append(parts, b.theme.Style(s.Ink).Render(plot.Shade(b.theme, i))+" "+b.theme.Muted.Render(termtext.Clean(s.Name)))
	}
	return strings.Join(parts, "  ")
}
