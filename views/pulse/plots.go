package pulse

import (
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
	title, aside string // aside explains the marks
	plot.Plot
}

// pendingPlots are what was pending in the last hour by workflow, with what was done about it.
func (v *view) pendingPlots() []plotted {
	var all []plot.Series
	for _, l := range v.snapshot.Loads {
		all = append(all, plot.Series{Name: l.Workflow, Values: l.Trend})
	}
	var plots []plotted
	if p := v.areas("Pending, last hour", all); p != nil {
		p.Marks, p.aside = v.marks()
		plots = append(plots, *p)
	}
	if p := v.wakePlot(); p != nil {
		plots = append(plots, *p)
	}
	return plots
}

// eventPlots are the webhooks of each minute by type, and what was not delivered by kind of channel.
func (v *view) eventPlots() []plotted {
	var plots []plotted
	for _, of := range []struct {
		title string
		*minutes
	}{{"Webhooks a minute", &v.types}, {"Not delivered, a minute", &v.failed}} {
		if p := v.areas(of.title, of.series(time.Now())); p != nil {
			plots = append(plots, *p)
		}
	}
	return plots
}

// series are the last hour's counts of each kind.
func (m *minutes) series(now time.Time) []plot.Series {
	var all []plot.Series
	for _, kind := range slices.Sorted(maps.Keys(m.counts)) {
		all = append(all, plot.Series{Name: strings.TrimPrefix(kind, "workflow_recipient_"), Values: m.of(kind, now)})
	}
	return all
}

// flowPlots hold what arrives against what is pending no more, completed or cancelled, on one scale.
func (v *view) flowPlots() []plotted {
	b := v.snapshot
	if len(b.Arrived) == 0 || b.Known == 0 {
		return nil
	}
	from, scale := time.Now().Add(-time.Hour).Local().Format("15:04"), max(slices.Max(b.Arrived), slices.Max(b.Ended))
	of := func(title string, values []float64, ink theme.Ink) plotted {
		return plotted{title, "", plot.Plot{Series: []plot.Series{{Name: title, Values: values, Ink: ink}}, From: from, To: "now", AtLeast: scale}}
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
	series := plot.Largest(all, mostAreas, func(n int) string { return termtext.Plural(n, "other") })
	for i := range series {
		series[i].Ink = areaInks[i]
	}
	return &plotted{title, "", plot.Plot{Series: series, From: time.Now().Add(-time.Hour).Local().Format("15:04"), To: "now"}}
}

// marks are where a workflow was frozen or thawed, a sweep began, or something was committed, and what their signs say.
func (v *view) marks() (all []plot.Mark, words string) {
	var seen []string
	add := func(at time.Time, sign, what string) {
		ago := int(time.Since(at) / time.Minute)
		if ago >= hour {
			return
		}
		all = append(all, plot.Mark{At: hour - 1 - max(0, ago), Sign: sign})
		if said := sign + " " + what; !slices.Contains(seen, said) {
			seen = append(seen, said)
		}
	}
	for _, c := range v.snapshot.Commits {
		add(c.CreatedAt, "c", "committed")
	}
	for _, r := range v.sweeps { // over a commit in the same minute
		add(r.At, "S", "swept")
	}
	for _, a := range v.freezes { // over a sweep that began with it
		if a.Kind == ops.ActionFreeze {
			add(a.At, "z", "frozen")
		} else {
			add(a.At, "Z", "thawed")
		}
	}
	if why, _ := ops.Unmanaged(v.snapshot.CommitsErr); v.snapshot.CommitsErr != nil && why == "" {
		seen = append(seen, "commits not known")
	}
	return all, strings.Join(seen, "  ")
}

// spread are the plots of each column. One that has none takes the last of another that has several.
func (b *board) spread() [][]plotted {
	columns := make([][]plotted, len(b.sections))
	for i, s := range b.sections {
		columns[i] = s.plots
	}
	for i := range columns {
		from := slices.IndexFunc(columns, func(of []plotted) bool { return len(of) > 1 })
		if last := len(columns[max(0, from)]) - 1; len(columns[i]) == 0 && from >= 0 {
			columns[i], columns[from] = columns[from][last:], columns[from][:last]
		}
	}
	return columns
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

func (p plotted) equal(q plotted) bool {
	return p.title == q.title && p.aside == q.aside && p.Equal(q.Plot)
}

// drawPlots draws the plots of a section over each other, h lines in all; nil where there is no room.
// Where the screen is read aloud there are none: the numbers stand in the lists.
func (b *board) drawPlots(all []plotted, w, h int) []string {
	if len(all) == 0 || b.theme.Options.Accessible {
		return nil
	}
	each := h / len(all)
	if slices.ContainsFunc(all, func(p plotted) bool { return each < plot.Least+2+len(b.names(p, w-1)) }) {
		all, each = all[:1], h
	}
	var lines []string
	for _, p := range all {
		names := b.names(p, w-1)
		names = names[:min(len(names), max(0, each-2-plot.Least))]
		drawn := p.Lines(b.theme, w-1, each-2-len(names))
		if drawn == nil {
			return nil
		}
		room := w - 1 - termtext.Width(p.title) - between
		lines = append(lines, " "+b.theme.Title.Render(termtext.Fit(p.title, w-1-max(0, room)))+b.theme.Muted.Render(termtext.Fit(p.aside, max(0, room))))
		for _, l := range append(drawn, names...) {
			lines = append(lines, " "+l)
		}
		lines = append(lines, "")
	}
	return lines
}

// mostLegend is how many lines the names of a plot's areas may take.
const mostLegend = 3

// names are the lines that tell which area is whose, w cells wide; none where there is but one.
func (b *board) names(p plotted, w int) []string {
	if len(p.Series) < 2 {
		return nil
	}
	lines, used := []string{""}, 0
	for i, s := range p.Series {
		name := termtext.Clean(s.Name)
		need := termtext.Width(name) + 4
		if used > 0 && used+need > w && len(lines) < mostLegend {
			lines, used = append(lines, ""), 0
		}
		lines[len(lines)-1] += b.theme.Style(s.Ink).Render(plot.Shade(b.theme, i)) + " " + b.theme.Muted.Render(name) + "  "
		used += need
	}
	for i, l := range lines {
		lines[i] = termtext.FitStyled(l, w)
	}
	return lines
}
