package pulse

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/ui/kit/plot"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
)

// mostWakes is how many spans of the time to come have a line.
const mostWakes = 6

// wakes are the lines about what goes on by itself next: how many runs of which workflow, and how many of them a freeze
// until then would end.
func (v *view) wakes() []item {
	w := v.snapshot.Wakes
	if len(w.Next) == 0 && w.Later+w.Unknown == 0 {
		return nil
	}
	items := []item{note(""), {text: "Wakes by", tail: wakeTail("runs", "ends"), ink: theme.Plain}}
	for _, n := range w.Next[:min(len(w.Next), mostWakes)] {
		words, then := n.Workflow, ""
		switch {
		case slices.Contains(v.snapshot.Frozen, n.Workflow):
			words, then = v.env.Theme.Glyphs.Paused+" "+words, " ends: frozen"
		case n.Sends != "":
			then = " sends " + n.Sends
		}
		runs := termtext.Count(n.Runs)
		if n.About {
			runs = "~" + runs
		}
		items = append(items, item{
			id: "wake/" + n.Workflow + "/" + n.Sends + "/" + strconv.FormatInt(n.By.Unix(), 10), text: n.By.Local().Format("15:04 ") + words, more: then,
			tail: wakeTail(runs, termtext.Count(n.Ends)), workflow: n.Workflow, open: nav.Runs(nav.RunsOf{Workflow: n.Workflow}),
		})
	}
	return append(items, note(v.wakeWords(w)))
}

func wakeTail(runs, ends string) string { return fmt.Sprintf("%5s %6s", runs, ends) }

// wakeWords say what the lines mean, and what is not in them.
func (v *view) wakeWords(w ops.Wakes) string {
	var parts []string
	add := func(words string, when bool) {
		if when {
			parts = append(parts, words)
		}
	}
	add("ends: by a freeze until then", len(w.Next) > 0)
	add("~ by its steps", slices.ContainsFunc(w.Next, func(n ops.Wake) bool { return n.About }))
	add(fmt.Sprintf("%d more", len(w.Next)-mostWakes), len(w.Next) > mostWakes)
	add(termtext.Count(w.Later)+" later", w.Later > 0)
	add(termtext.Count(w.Unknown)+" not known", w.Unknown > 0)
	return strings.Join(parts, "; ")
}

// wakePlot is what goes on by itself in the next hours, by workflow.
func (v *view) wakePlot() *plotted {
	next := v.snapshot.Wakes.Next
	if len(next) == 0 {
		return nil
	}
	first := next[0].By
	if at := v.session.Client.ServerNow().Truncate(ops.WakeSpan).Add(ops.WakeSpan); at.Before(first) {
		first = at
	}
	var all []plot.Series
	for _, n := range next {
		i := slices.IndexFunc(all, func(s plot.Series) bool { return s.Name == n.Workflow })
		if i < 0 {
			i, all = len(all), append(all, plot.Series{Name: n.Workflow, Values: make([]float64, ops.WakeSpans)})
		}
		if at := int(n.By.Sub(first) / ops.WakeSpan); at < ops.WakeSpans {
			all[i].Values[at] += float64(n.Runs)
		}
	}
	p := v.areas("Wakes, next 3 hours", all)
	if p != nil {
		from := first.Add(-ops.WakeSpan)
		p.From, p.To = from.Local().Format("15:04"), from.Add(ops.WakeSpan*ops.WakeSpans).Local().Format("15:04")
	}
	return p
}

// wakeEvery is how often a run is read for it.
const wakeEvery = 1100 * time.Millisecond

// wakeReadMsg says whether one was read.
type wakeReadMsg struct{ read bool }

// readWake reads when one more run wakes, while this page is seen and there is one of which it is not known.
func (v *view) readWake() tea.Cmd {
	if v.reading || !v.env.Shown() || !v.session.Pulse.CanReadWakes() {
		return nil
	}
	v.reading = true
	return v.env.Go(func(ctx context.Context) tea.Msg {
		if wait.Sleep(ctx, wakeEvery) != nil {
			return nil
		}
		return wakeReadMsg{v.session.Pulse.ReadOneWake(ctx)}
	})
}
