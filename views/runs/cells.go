package runs

import (
	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

func columns(t *theme.Theme, s *ops.Session) []table.Column[*client.Run] {
	type run = *client.Run
	key := func(r run) (string, theme.Ink) {
		if key := r.TriggerSource.CancellationKey; key != "" {
			return key, theme.Plain
		}
		return t.Glyphs.Dash + "  no key", theme.Muted
	}
	columns := []table.Column[run]{
		{Title: "STATUS", Width: 12, Min: 11, Cell: func(r run) (string, theme.Ink) { return status.Run(t, s, r) }},
		{Title: "WORKFLOW", Width: 20, Min: 14, Flex: true, Cell: table.Text(theme.Plain, func(r run) string { return r.Workflow })},
		{Title: "RECIPIENT", Width: 20, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(r run) string { return r.Recipient.String() })},
		{Title: "KEY", Width: 20, Min: 12, Flex: true, Identifies: true, Cell: key},
	}
	return append(append(columns, placeColumns(s)...), []table.Column[run]{
		{Title: "SOURCE", Width: 11, Priority: 3, Cell: table.Text(theme.Muted, func(r run) string { return r.TriggerSource.Type })},
		{Title: "TENANT", Width: 12, Min: 8, Priority: 1, Cell: table.Text(theme.Muted, func(r run) string { return r.Tenant })},
		table.Nonzero("ERRORS", 6, 2, theme.Danger, func(r run) int { return r.ErrorCount }),
		{
			Title: "AGE", Width: 4, Right: true,
			Cell:  table.Text(theme.Muted, func(r run) string { return termtext.Age(s.Client.ServerNow().Sub(r.InsertedAt)) }),
			Order: func(a, b run) int { return b.InsertedAt.Compare(a.InsertedAt) }, // the youngest first
		},
	}...)
}
