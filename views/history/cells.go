package history

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

func columns(t *theme.Theme) []table.Column[ops.AuditEntry] {
	type entry = ops.AuditEntry
	return []table.Column[entry]{
		{
			Title: "WHEN", Width: 12, Cell: table.Text(theme.Muted, func(a entry) string { return when(a.At) }),
			Order: func(a, b entry) int { return a.At.Compare(b.At) },
		},
		{Title: "STATE", Width: 16, Min: 13, Cell: func(a entry) (string, theme.Ink) { return status.Action(t, a) }},
		{Title: "RUNS", Width: 22, Min: 11, Flex: true, Priority: 7, Cell: table.Text(theme.Plain, ops.AuditEntry.VerdictWords)},
		{Title: "WHAT", Width: 9, Cell: table.Text(theme.Plain, func(a entry) string { return string(a.Kind) })},
		{Title: "WORKFLOW", Width: 18, Min: 15, Flex: true, Priority: 6, Cell: table.Text(theme.Plain, ops.AuditEntry.WorkflowWords)},
		{Title: "KEY", Width: 18, Min: 11, Flex: true, Priority: 5, Identifies: true, Cell: table.Text(theme.Plain, ops.AuditEntry.KeyWords)},
		{Title: "TO", Width: 12, Identifies: true, Cell: table.Text(theme.Plain, to)},
		{Title: "WHY", Width: 20, Min: 12, Flex: true, Priority: 4, Cell: table.Text(theme.Muted, func(a entry) string { return a.Reason })},
		{Title: "WHO", Width: 16, Min: 10, Priority: 3, Cell: table.Text(theme.Muted, func(a entry) string { return a.Who })},
		table.Nonzero("HTTP", 4, 2, theme.Muted, func(a entry) int { return a.Status }),
		{Title: "REQUEST ID", Width: 14, Priority: 1, Cell: table.Text(theme.Muted, func(a entry) string { return termtext.Middle(a.RequestID, 13) })},
	}
}

// when is a moment of today by its time, an older one with its day.
func when(at time.Time) string {
	at, now := at.Local(), time.Now()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return at.Format("Jan 02 15:04")
}

func to(a ops.AuditEntry) string {
	switch {
	case a.Everyone:
		return "EVERYONE"
	case a.Swept != nil:
		return cmp.Or(a.Swept.Scope.Words(), "all pending")
	case a.To > 2 || a.Together != nil && a.To > len(a.Recipients):
		return fmt.Sprintf("%s +%s", a.Recipients[0], termtext.Count(a.To-1))
	}
	return strings.Join(a.Recipients, ", ")
}

// searched is what find looks through besides the columns.
func searched(a ops.AuditEntry) []string {
	return append([]string{a.WorkflowRunID, a.Outcome, a.Path}, a.Recipients...)
}
