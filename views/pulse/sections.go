package pulse

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/sparkline"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// How many lines the open-ended parts have.
const (
	mostTypes   = 10
	lastActions = 6
	mostMarks   = 20
)

func (v *view) pending() section {
	s := section{title: "Pending", tail: func(w int) string {
		if !charted(v.env.Theme, w) {
			return "runs"
		}
		return "last hour  runs"
	}}
	b := v.snapshot
	for _, l := range b.Loads {
		words := l.Workflow
		if slices.Contains(b.Frozen, l.Workflow) {
			words = v.env.Theme.Glyphs.Paused + " " + words
		}
		s.items = append(s.items, item{
			id: "pending/" + l.Workflow, text: words, spark: sparkline.Fold(l.Hour, sparkWidth), tail: termtext.FitRight(termtext.Count(l.Pending), 7),
			workflow: l.Workflow, open: nav.Runs(nav.RunsOf{Workflow: l.Workflow}),
		})
	}
	switch {
	case b.Err != nil:
		s.items = append(s.items, item{text: v.env.Theme.Glyphs.Error + " " + b.Err.Error(), ink: theme.Danger}, note("Retrying."))
	case b.ReadAt.IsZero():
		s.items = append(s.items, note("Loading pending runs "+v.env.Theme.Glyphs.Requested))
	case len(b.Loads) == 0 && b.Complete:
		s.items = append(s.items, note("Nothing is pending."))
		s.items = append(s.items, v.firstSteps()...)
	case len(b.Loads) == 0:
		s.items = append(s.items, note("Nothing is known to be pending so far."))
	}
	used, limit := v.session.Client.Budget("runs")
	return section{s.title, s.tail, append(s.items, note(""), note(fmt.Sprintf("API: %.0f of %.0f reads of runs a second", used, limit))), v.pendingPlots()}
}

func (v *view) deliveries() section {
	s := section{title: "Deliveries"}
	t := v.env.Theme
	switch {
	case v.eventsErr != nil:
		s.items = append(s.items, item{text: t.Glyphs.Error + " " + v.eventsErr.Error(), ink: theme.Danger})
		return s
	case v.events.Err != nil:
		s.items = append(s.items, item{text: t.Glyphs.Error + " Webhooks are not received: " + v.events.Err.Error(), ink: theme.Attention})
	case v.events.Receiving():
		s.tail = func(w int) string { return receivedAt(v.events.URL, w-len(s.title)-between) }
	case v.counts.Total == 0:
		s.items = append(s.items, note("No receiver: outbound webhooks tell what is delivered. knockops listen receives them, or a profile's webhook settings."))
		return s
	}
	if gap := v.events.GapWords(); gap != "" {
		s.items = append(s.items, item{text: t.Glyphs.Unconfirmed + " " + gap + ": " + v.session.Command("events backfill") + " restores what the API tells", ink: theme.Attention})
	}
	if v.counts.Total == 0 {
		s.items = append(s.items, note("No event has arrived yet."))
		return s
	}
	failed, decided := v.counts.Failures()
	glyph, ink, share := t.Glyphs.Dot, theme.Plain, "0"
	if failed > 0 {
		glyph, ink, share = t.Glyphs.Error, theme.Danger, termtext.Count(failed)+" of "+termtext.Count(decided)
	}
	s.items = append(s.items, item{
		id: "events/failed", ink: ink, text: glyph + " not delivered", tail: share,
		open: nav.Events(events.FailedWord),
	})
	s.items = append(s.items, v.failures()...)
	for _, kind := range v.mostTypes() {
		words, ink := status.Event(t, kind)
		s.items = append(s.items, item{
			id: "events/" + kind, text: words, ink: ink, tail: termtext.Count(v.counts.ByType[kind]),
			open: nav.Events("type:" + kind),
		})
	}
	if more := len(v.counts.ByType) - mostTypes; more > 0 {
		s.items = append(s.items, note("and "+termtext.Plural(more, "type")+" more"))
	}
	if n := v.counts.Unverified; n > 0 {
		s.items = append(s.items, item{id: "events/unverified", ink: theme.Attention, text: t.Glyphs.Unconfirmed + " not verified", tail: termtext.Count(n), open: nav.Events("verified:no")})
	}
	return section{s.title, s.tail, append(s.items, note(""), note("Counted since "+v.counted.Local().Format("15:04:05"))), v.eventPlots()}
}

// receivedAt names the receiver's address in w cells, or as much of it as finds room.
func receivedAt(address string, w int) string {
	host := ""
	if at, err := url.Parse(address); err == nil {
		host = "at " + at.Host
	}
	for _, words := range []string{"received at " + address, host} {
		if termtext.Width(words) <= w {
			return words
		}
	}
	return ""
}

// mostTypes are those that came most.
func (v *view) mostTypes() []string {
	kinds := slices.SortedFunc(maps.Keys(v.counts.ByType), func(a, b string) int {
		return cmp.Or(v.counts.ByType[b]-v.counts.ByType[a], strings.Compare(a, b))
	})
	return kinds[:min(len(kinds), mostTypes)]
}

func (v *view) inProgress() section {
	s := section{title: "In progress", plots: v.flowPlots()}
	g := v.env.Theme.Glyphs
	for _, w := range v.session.Sweeps.Running() {
		p, id := w.Progress(), strconv.FormatInt(w.ID(), 10)
		s.items = append(s.items, item{
			id: "sweep/" + id, ink: theme.Accent, text: g.Processing + " sweep of " + w.Scope().Workflow, workflow: w.Scope().Workflow,
			tail: p.Phase + " " + ofTotal(p), open: nav.Sweeping(w.ID()),
		})
	}
	for _, r := range v.cutOff {
		id := strconv.FormatInt(r.ID, 10)
		s.items = append(s.items, item{
			id: "cutoff/" + id, ink: theme.Attention, text: g.Unconfirmed + " sweep " + id + " of " + r.Scope.Workflow + "  " + r.State(), workflow: r.Scope.Workflow,
			tail: ofTotal(r.Progress) + "  " + v.env.Hint(resumeIt) + " resumes", open: nav.Sweeping(r.ID), sweep: &r,
		})
	}
	if n := v.session.Cancels.InProgress(); n > 0 {
		s.items = append(s.items, item{id: "cancels", ink: theme.Accent, text: g.Requested + " " + termtext.Plural(n, "cancel") + " to be proven", open: nav.Runs(nav.RunsOf{})})
	}
	for _, what := range v.session.Changes() {
		s.items = append(s.items, item{id: "change/" + what, ink: theme.Accent, text: g.Requested + " " + what, tail: "no answer yet", open: nav.History()})
	}
	for _, key := range v.snapshot.Frozen {
		s.items = append(s.items, item{
			id: "frozen/" + key, ink: theme.Attention, text: g.Paused + " frozen  " + key, workflow: key,
			tail: waiting(v.snapshot.Load(key).Pending), open: nav.WorkflowDetail(key),
		})
	}
	if len(s.items) == 0 {
		s.items = append(s.items, note("Nothing in progress."))
	}
	if why, _ := ops.Unmanaged(v.snapshot.FrozenErr); why != "" {
		s.items = append(s.items, note("Frozen workflows are not known: "+why+"."))
	}
	s.items = append(s.items, v.wakes()...)
	s.items = append(s.items, note(""), item{text: "Last actions", ink: theme.Plain})
	if v.recentErr != nil {
		s.items = append(s.items, item{text: g.Error + " " + v.recentErr.Error(), ink: theme.Danger})
		return s
	}
	for _, a := range v.recent {
		s.items = append(s.items, v.action(a))
	}
	if len(v.recent) == 0 {
		s.items = append(s.items, note("No actions yet."))
	}
	return s
}

// ofTotal is how many of a sweep's runs are accounted for, of those that are known or were promised.
func ofTotal(p sweep.Progress) string {
	return fmt.Sprintf("%s/%s", termtext.Count(p.Accounted()), termtext.Count(max(p.Runs, p.Expected)))
}

func waiting(n int) string {
	if n == 0 {
		return ""
	}
	return termtext.Count(n) + " pending"
}

func (v *view) action(a ops.AuditEntry) item {
	glyph, ink := status.Standing(v.env.Theme, a.Standing())
	if ink == theme.OK {
		ink = theme.Plain
	}
	about := a.WorkflowWords()
	if about == "" && len(a.Recipients) > 0 {
		about = a.Recipients[0]
	}
	return item{
		id: fmt.Sprint("action/", a.Sweep, "/", a.ID), ink: ink, text: glyph + " " + strings.TrimSpace(string(a.Kind)+" "+about+" "+a.KeyWords()), tail: tail(a.Standing(), a.At),
		workflow: a.Workflow, open: nav.Entry(a),
	}
}

// tail is how an action stands, where that is not plain, and how long ago it was.
func tail(stands ops.Standing, at time.Time) string {
	age := termtext.Age(time.Since(at))
	if stands == ops.StandsDone || stands == ops.StandsConfirmed {
		return age
	}
	return stands.String() + "  " + age
}
