package runs

import (
	"strconv"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

var columns = []table.Column{
	{ID: "status", Title: "STATUS", Width: 16, Min: 11, Sortable: true},
	{ID: "workflow", Title: "WORKFLOW", Width: 20, Min: 10, Flex: true, Sortable: true},
	{ID: "recipient", Title: "RECIPIENT", Width: 20, Min: 12, Flex: true, Sortable: true},
	{ID: "key", Title: "KEY", Width: 20, Min: 12, Flex: true, Sortable: true},
	{ID: "source", Title: "SOURCE", Width: 11, Priority: 3, Sortable: true},
	{ID: "tenant", Title: "TENANT", Width: 12, Min: 8, Priority: 1, Sortable: true},
	{ID: "errors", Title: "ERRORS", Width: 6, Right: true, Priority: 2, Sortable: true},
	{ID: "age", Title: "AGE", Width: 4, Right: true, Sortable: true},
}

func newTable(env ui.Env, s *ops.Session) *table.Table[*client.Run] {
	t := table.New(columns, table.Options[*client.Run]{
		ID:   func(r *client.Run) string { return r.ID },
		Cell: func(r *client.Run, column string) (string, theme.Ink) { return cell(env.Theme, s, r, column) },
		Less: less,
	})
	t.SetTheme(env.Theme)
	return t
}

func cell(t *theme.Theme, s *ops.Session, r *client.Run, column string) (string, theme.Ink) {
	switch column {
	case "status":
		return status.Run(t, s, r)
	case "workflow":
		return r.Workflow, theme.Plain
	case "recipient":
		return r.Recipient.String(), theme.Plain
	case "key":
		if key := r.TriggerSource.CancellationKey; key != "" {
			return key, theme.Plain
		}
		return t.Glyphs.Dash + "  no key", theme.Muted
	case "source":
		return r.TriggerSource.Type, theme.Muted
	case "tenant":
		return r.Tenant, theme.Muted
	case "errors":
		if r.ErrorCount == 0 {
			return "", theme.Muted
		}
		return strconv.Itoa(r.ErrorCount), theme.Danger
	case "age":
		return termtext.Age(s.Client.ServerNow().Sub(r.InsertedAt)), theme.Muted
	}
	return "", theme.Plain
}

func less(a, b *client.Run, column string) bool {
	switch column {
	case "status":
		return a.Status < b.Status
	case "workflow":
		return a.Workflow < b.Workflow
	case "recipient":
		return a.Recipient.String() < b.Recipient.String()
	case "key":
		return a.TriggerSource.CancellationKey < b.TriggerSource.CancellationKey
	case "source":
		return a.TriggerSource.Type < b.TriggerSource.Type
	case "tenant":
		return a.Tenant < b.Tenant
	case "errors":
		return a.ErrorCount < b.ErrorCount
	}
	return a.InsertedAt.After(b.InsertedAt) // by age: the youngest first
}

// findIn is what find looks through.
func findIn(r *client.Run) []string {
	return []string{r.ID, r.WorkflowRunID, r.Workflow, r.Recipient.String(), r.TriggerSource.CancellationKey, r.TriggerSource.Type, r.Tenant, string(r.Status)}
}
