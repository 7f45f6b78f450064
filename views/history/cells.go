package history

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

var columns = []table.Column{
	{ID: "when", Title: "WHEN", Width: 12},
	{ID: "state", Title: "STATE", Width: 16, Min: 13},
	{ID: "kind", Title: "WHAT", Width: 9},
	{ID: "workflow", Title: "WORKFLOW", Width: 18, Min: 15, Flex: true, Priority: 6},
	{ID: "key", Title: "KEY", Width: 18, Min: 11, Flex: true, Priority: 5},
	{ID: "to", Title: "TO", Width: 20, Min: 13, Flex: true},
	{ID: "reason", Title: "WHY", Width: 20, Min: 12, Flex: true, Priority: 4},
	{ID: "who", Title: "WHO", Width: 16, Min: 10, Priority: 3},
	{ID: "status", Title: "HTTP", Width: 4, Right: true, Priority: 2},
	{ID: "request", Title: "REQUEST ID", Width: 14, Priority: 1},
}

func newTable(t *theme.Theme) *table.Table[ops.AuditEntry] {
	tab := table.New(columns, table.Options[ops.AuditEntry]{
		ID:   func(a ops.AuditEntry) string { return strconv.FormatInt(a.ID, 10) },
		Cell: func(a ops.AuditEntry, column string) (string, theme.Ink) { return cell(t, a, column) },
	})
	tab.SetTheme(t)
	return tab
}

func cell(t *theme.Theme, a ops.AuditEntry, column string) (string, theme.Ink) {
	switch column {
	case "when":
		return when(a.At), theme.Muted
	case "state":
		return state(t, a)
	case "kind":
		return string(a.Kind), theme.Plain
	case "workflow":
		return a.Workflow, theme.Plain
	case "key":
		return a.Key, theme.Plain
	case "to":
		return to(a), theme.Plain
	case "reason":
		return a.Reason, theme.Muted
	case "who":
		return a.Who, theme.Muted
	case "status":
		if a.Status == 0 {
			return "", theme.Muted
		}
		return strconv.Itoa(a.Status), theme.Muted
	}
	return termtext.Middle(a.RequestID, 13), theme.Muted
}

// when is a moment of today by its time, an older one with its day.
func when(at time.Time) string {
	at, now := at.Local(), time.Now()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return at.Format("Jan 02 15:04")
}

// state is how an action stands.
func state(t *theme.Theme, e ops.AuditEntry) (string, theme.Ink) {
	g, stands := t.Glyphs, e.Standing()
	glyph, ink := g.Unconfirmed, theme.Attention
	switch stands {
	case ops.StandsInProgress:
		glyph, ink = g.Requested, theme.Accent
	case ops.StandsRequested:
		glyph, ink = g.Requested, theme.Plain
	case ops.StandsDone, ops.StandsConfirmed:
		glyph, ink = g.Completed, theme.OK
	case ops.StandsFinishedFirst:
		glyph = g.FinishedFirst
	case ops.StandsFailed:
		glyph, ink = g.Error, theme.Danger
	}
	return glyph + " " + stands.String(), ink
}

func to(a ops.AuditEntry) string {
	if a.Everyone {
		return "EVERYONE"
	}
	if a.To > 2 {
		return fmt.Sprintf("%s and %s more", a.Recipients[0], termtext.Count(a.To-1))
	}
	return strings.Join(a.Recipients, ", ")
}

// haystack is what the filter's text is looked for in.
func haystack(a ops.AuditEntry) string {
	return strings.ToLower(strings.Join([]string{
		string(a.Kind), a.Workflow, a.Key, to(a), strings.Join(a.Recipients, "\x00"), a.Reason, a.Who, a.RequestID, a.WorkflowRunID, a.Outcome, a.Path,
	}, "\x00"))
}
