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
	{ID: "state", Title: "STATE", Width: 11},
	{ID: "kind", Title: "WHAT", Width: 9},
	{ID: "workflow", Title: "WORKFLOW", Width: 18, Min: 15, Flex: true, Priority: 6},
	{ID: "key", Title: "KEY", Width: 18, Min: 12, Flex: true, Priority: 5},
	{ID: "to", Title: "TO", Width: 20, Min: 14, Flex: true},
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
		return state(t, a.Action)
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

// cutOffAfter is how long a request may be under way. One that was begun before
// that and has no outcome was cut off with its program.
const cutOffAfter = 5 * time.Minute

// state is how far an action got.
func state(t *theme.Theme, a ops.Action) (string, theme.Ink) {
	switch {
	case a.State == ops.ActionDone:
		return t.Glyphs.Completed + " done", theme.OK
	case a.State == ops.ActionFailed:
		return t.Glyphs.Error + " failed", theme.Danger
	case a.State == ops.ActionBegun && time.Since(a.At) < cutOffAfter:
		return t.Glyphs.Requested + " started", theme.Accent
	case a.State == ops.ActionBegun:
		return t.Glyphs.Unconfirmed + " cut off", theme.Attention
	}
	return t.Glyphs.Unconfirmed + " no answer", theme.Attention
}

// meaning is a state in a sentence.
func meaning(a ops.Action) string {
	switch {
	case a.State == ops.ActionDone && a.Kind == "cancel":
		return "Knock accepted it. That is not proof: what became of each run stands below, and in the runs themselves."
	case a.State == ops.ActionDone:
		return "Knock accepted it."
	case a.State == ops.ActionFailed:
		return "Knock refused it, or it never left."
	case a.State == ops.ActionBegun && time.Since(a.At) < cutOffAfter:
		return "It is in progress."
	case a.State == ops.ActionBegun:
		return "The program ended before an answer came: whether it reached Knock is not known."
	}
	return "No answer came: it may have reached Knock."
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
