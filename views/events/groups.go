package events

import (
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
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
		return ops.EventWord("to", id)
	}
	return ops.EventWord("run", id)
}

// group is the events that have one recipient or run.
type group struct {
	id                       string
	newest                   *row
	events, failed, unproven int
}

// groups lists groups, the one that was heard of last first.
type groups struct {
	by    grouping
	theme *theme.Theme
	table *table.Table[*group]
}

var groupColumns = []table.Column{
	{ID: "id", Title: "GROUP", Width: 24, Min: 14, Flex: true},
	{ID: "events", Title: "EVENTS", Width: 7, Right: true},
	{ID: "failed", Title: "FAILED", Width: 6, Right: true},
	{ID: "verdict", Title: "SIGNATURES", Width: 15, Priority: 4},
	{ID: "newest", Title: "NEWEST", Width: 28, Min: 18},
	{ID: "workflow", Title: "WORKFLOW", Width: 18, Min: 12, Flex: true, Priority: 3},
	{ID: "age", Title: "AGE", Width: 4, Right: true, Priority: 2},
}

func newGroups(t *theme.Theme) *groups {
	g := &groups{theme: t}
	g.table = table.New(groupColumns, table.Options[*group]{ID: func(x *group) string { return x.id }, Cell: g.cell})
	g.table.SetTheme(t)
	return g
}

func (g *groups) cell(x *group, column string) (string, theme.Ink) {
	switch column {
	case "id":
		if x.id == "" {
			return g.theme.Glyphs.Dash + "  none", theme.Muted
		}
		return x.id, theme.Plain
	case "events":
		return termtext.Count(x.events), theme.Plain
	case "failed":
		if x.failed == 0 {
			return "", theme.Muted
		}
		return termtext.Count(x.failed), theme.Danger
	case "verdict":
		if x.unproven > 0 {
			return g.theme.Glyphs.Error + " " + strconv.Itoa(x.unproven) + " unverified", theme.Attention
		}
		return verdict(g.theme, x.newest.Event)
	case "newest":
		return status.Event(g.theme, x.newest.Type)
	case "workflow":
		return x.newest.Workflow, theme.Plain
	}
	return termtext.Age(time.Since(x.newest.ReceivedAt)), theme.Muted
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
		if ops.FailedEvent(r.Type) {
			x.failed++
		}
		if !r.Verified && !r.Reconstructed {
			x.unproven++
		}
	}
	g.table.SetRows(all)
}
