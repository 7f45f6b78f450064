package events

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/sparkline"
)

// roomForCounts is from how many cells on the pane's title has the receiver's counts.
const roomForCounts = 70

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.layout()
}

func (l *list) layout() {
	h := max(1, l.height-l.line.height())
	l.events.SetSize(l.width, h)
	l.groups.SetSize(l.width, h)
}

// above is the lines over the rows: the counters of the page, and the chips.
func (l *list) above() []string { return append(l.counters(), l.chips()...) }

// filtered is the query in words.
func (l *list) filtered() string { return l.query.String() }

func (l *list) unfilter() tea.Cmd { return l.ask(events.Query{}) }

func (l *list) Crumb() string {
	var parts []string
	if l.subject != (ui.Subject{}) {
		parts = append(parts, followed(l.subject))
	}
	if l.docked && len(l.query.Words) > 0 {
		parts = append(parts, termtext.Truncate(l.query.String(), 40))
	}
	if q := l.events.Searched(); q != "" && !l.events.Editing() {
		parts = append(parts, termtext.Truncate(fmt.Sprintf("with %q", q), 40))
	}
	if by := l.groups.by.String(); by != "" {
		parts = append(parts, by)
	}
	return strings.Join(parts, " · ")
}

// Note implements [ui.View]: the pane has no room for the counts of a page.
func (l *list) Note() string {
	if l.docked {
		return strings.Join(l.notes(), " · ")
	}
	return l.listing.Note()
}

func (l *list) notes() []string {
	var parts []string
	switch {
	case l.err != nil:
		parts = append(parts, "the journal cannot be read: retrying")
	case l.paused:
		parts = append(parts, "paused", termtext.Count(l.news)+" new")
	case l.news > 0 && l.docked:
		parts = append(parts, termtext.Count(l.news)+" new")
	case l.news > 0:
		parts = append(parts, termtext.Count(l.news)+" new · "+l.env.Hint(keymap.Home)+" follows again")
	case l.docked:
		parts = append(parts, "0 new")
	}
	if s := l.state; l.docked && s.Receiving() && l.width >= roomForCounts {
		parts = append(parts, fmt.Sprintf("%s refused · %s", termtext.Count(s.Stats.RefusedAll()), termtext.Plural(s.Stats.Repeats, "repeat")))
	}
	if !l.docked && l.more && len(l.rows) >= deepest {
		parts = append(parts, "until: reaches older ones")
	}
	return parts
}

// Editing implements [ui.View].
func (l *list) Editing() bool { return l.line.open || l.listing.Editing() }

// View implements [ui.View].
func (l *list) View() string {
	view := l.listing.View()
	if l.line.open {
		view = termtext.Clip(view, l.width, max(1, l.height-l.line.height()))
		view += strings.Repeat("\n", max(1, l.height-l.line.height()-strings.Count(view, "\n"))) + l.line.view(l.env.Theme, l.width)
	}
	return view
}

// chips are the parts of the query, in a line of the page.
func (l *list) chips() []string {
	if l.docked || len(l.query.Words) == 0 {
		return nil
	}
	t := l.env.Theme
	var chips []string
	for _, w := range l.query.Words {
		chips = append(chips, t.Banner.Render(" "+termtext.Truncate(w, 48)+" "))
	}
	return []string{ansi.Truncate("   "+strings.Join(chips, " ")+t.Muted.Render("   "+l.env.Hint(keymap.RowsFilter)+" changes · "+l.env.Hint(keymap.RowsClear)+" clears"), l.width, "")}
}

// counters are the page's figures: how fast events come and how they fare, and
// below that the types, the most frequent first.
func (l *list) counters() []string {
	if l.docked || l.height < 10 {
		return nil
	}
	t := l.env.Theme
	rates := l.counts.Rates(time.Now())
	parts := []string{fmt.Sprintf("%.1f/s", mean(rates[len(rates)-5:]))}
	if gap := l.state.GapWords(); gap != "" {
		parts = append(parts, t.Glyphs.Unconfirmed+" "+gap)
	}
	if team := l.state.Team.String(); team != "" {
		parts = append(parts, t.Glyphs.Unconfirmed+" "+termtext.Clean(team))
	}
	if failed, decided := l.counts.Failures(); decided > 0 {
		deliveries := "deliveries"
		if l.filtered() != "" || l.subject.ID != "" {
			deliveries = "the deliveries in this filter"
		}
		parts = append(parts, fmt.Sprintf("%.1f %% of %s failed, %s of %s", 100*float64(failed)/float64(decided), deliveries, termtext.Count(failed), termtext.Count(decided)))
	}
	if n := l.counts.Unverified; n > 0 {
		parts = append(parts, termtext.Count(n)+" unverified")
	}
	if s := l.state.Stats; l.state.Receiving() {
		parts = append(parts, termtext.Count(s.Stored)+" received", termtext.Count(s.RefusedAll())+" refused", termtext.Plural(s.Repeats, "repeat"))
		if s.Unavailable > 0 {
			parts = append(parts, termtext.Count(s.Unavailable)+" not stored")
		}
	}
	facts := strings.Join(parts, " "+t.Glyphs.Dot+" ")
	rate := sparkline.Line(t, rates, min(30, l.width/4))
	return []string{
		"   " + t.Accent.Render(rate) + strings.Repeat(" ", min(1, termtext.Width(rate))) + t.Plain.Render(termtext.Truncate(facts, l.width-termtext.Width(rate)-5)),
		"   " + t.Muted.Render(termtext.Truncate(l.types(), l.width-4)),
	}
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}

func (l *list) types() string {
	types := slices.Collect(maps.Keys(l.counts.ByType))
	slices.SortFunc(types, func(a, b string) int {
		return cmp.Or(cmp.Compare(l.counts.ByType[b], l.counts.ByType[a]), cmp.Compare(a, b))
	})
	for i, kind := range types {
		types[i] = strings.TrimPrefix(kind, "workflow_recipient_") + " " + termtext.Count(l.counts.ByType[kind])
	}
	return strings.Join(types, " "+l.env.Theme.Glyphs.Dot+" ")
}

// nothing says why there is nothing, and what helps.
func (l *list) nothing() (what, help string) {
	switch s := l.state; {
	case l.subject != (ui.Subject{}):
		return "No events for the selection yet: " + strings.TrimPrefix(followed(l.subject), "following ") + ".", l.env.Hint(keymap.DockFollow) + " shows all events."
	case len(l.query.Words) > 0:
		return "No event matches " + l.query.String() + ".", l.env.Hint(keymap.RowsFilter) + " changes the filter, " + l.env.Hint(keymap.RowsClear) + " takes it away."
	case s.Err != nil:
		return "Webhooks are not received here: " + s.Err.Error() + ".", "What another program writes to this profile's journal appears here all the same."
	case s.Receiving():
		return "No webhook has come yet.", "They are received at " + s.URL + "."
	}
	return "No webhook has come yet, and this console receives none.",
		"A signing secret under `webhook` in the profile makes it; `knockops listen` receives them beside it, into the same journal."
}

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	if r, ok := l.cursor(); ok {
		return subjectOf(r.Event)
	}
	return ui.Subject{}
}

// subjectOf is what an event is most about.
func subjectOf(e events.Event) ui.Subject {
	switch {
	case e.RunID != "":
		return ui.Subject{Kind: ui.SubjectRun, ID: e.RunID}
	case e.Recipient != "":
		return ui.Subject{Kind: ui.SubjectRecipient, ID: e.Recipient}
	case e.Workflow != "":
		return ui.Subject{Kind: ui.SubjectWorkflow, ID: e.Workflow}
	}
	return ui.Subject{}
}
