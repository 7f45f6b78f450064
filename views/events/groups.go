package events

import (
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/status"
)

// grouping is what events are put together by.
type grouping int

const (
	byNothing grouping = iota
	byRecipient
	byRun
	groupings
)

func (g grouping) String() string { return [...]string{"", "by recipient", "by run"}[g] }

// of is what an event is put together with others by, "" when it has none.
func (g grouping) of(e *row) string {
	if g == byRecipient {
		return e.Recipient
	}
	return e.RunID
}

// word is the query's for one group.
func (g grouping) word(id string) string {
	switch {
	case g == byRecipient && strings.HasPrefix(id, `"`):
		return "to:" + id // a reference that is quoted already
	case g == byRecipient:
		return events.Word("to", id)
	}
	return events.Word("run", id)
}

// group is the events that have one recipient or run.
type group struct {
	id                       string
	newest                   *row
	events, failed, unproven int
}

// groups lists groups, the one that was heard of last first.
type groups struct {
	*listpage.List[*group]
	by grouping
}

func newGroups(l *list) *groups {
	return &groups{List: listpage.New(l.env, listpage.Spec[*group]{
		Noun: "group", ID: func(x *group) string { return x.id }, Columns: groupColumns(l.env.Theme), CopyOf: "group",
		AskFilter: l.openLine, Filtered: l.filtered, Unfilter: l.unfilter, Empty: l.nothing, Above: l.above, Notes: l.notes,
	})}
}

func groupColumns(t *theme.Theme) []table.Column[*group] {
	name := func(x *group) (string, theme.Ink) {
		if x.id == "" {
			return t.Glyphs.Dash + "  none", theme.Muted
		}
		return x.id, theme.Plain
	}
	proof := func(x *group) (string, theme.Ink) {
		if x.unproven > 0 {
			return t.Glyphs.Error + " " + strconv.Itoa(x.unproven) + " unverified", theme.Attention
		}
		return verdict(t, x.newest.Event)
	}
	return []table.Column[*group]{
		{Title: "GROUP", Width: 24, Min: 14, Flex: true, Cell: name},
		table.Count("EVENTS", 7, 0, theme.Plain, func(x *group) int { return x.events }),
		table.Nonzero("FAILED", 6, 0, theme.Danger, func(x *group) int { return x.failed }),
		{Title: "SIGNATURES", Width: 15, Priority: 4, Cell: proof},
		{Title: "NEWEST", Width: 28, Min: 18, Cell: func(x *group) (string, theme.Ink) { return status.Event(t, x.newest.Type) }},
		{Title: "WORKFLOW", Width: 18, Min: 12, Flex: true, Priority: 3, Cell: table.Text(theme.Plain, func(x *group) string { return x.newest.Workflow })},
		{
			Title: "AGE", Width: 4, Right: true, Priority: 2, Cell: table.Text(theme.Muted, func(x *group) string { return termtext.Age(time.Since(x.newest.ReceivedAt)) }),
			Order: func(a, b *group) int { return b.newest.ReceivedAt.Compare(a.newest.ReceivedAt) },
		},
	}
}

// set puts events, newest first, into groups.
func (g *groups) set(rows []*row) {
	if g.by == byNothing {
		return
	}
	known := map[string]*group{}
	var all []*group
	for _, r := range rows {
		id := g.by.of(r)
		x := known[id]
		if x == nil {
			x = &group{id: id, newest: r}
			known[id] = x
			all = append(all, x)
		}
		x.events++
		if events.Failed(r.Type) {
			x.failed++
		}
		if !r.Verified && !r.Reconstructed {
			x.unproven++
		}
	}
	g.Set(all, nil)
}
