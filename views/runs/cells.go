package runs

import (
	"strconv"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

var columns = []table.Column{
	{ID: "status", Title: "STATUS", Width: 16, Min: 12, Sortable: true},
	{ID: "workflow", Title: "WORKFLOW", Width: 20, Min: 12, Flex: true, Sortable: true},
	{ID: "recipient", Title: "RECIPIENT", Width: 20, Min: 12, Flex: true, Sortable: true},
	{ID: "key", Title: "KEY", Width: 20, Min: 12, Flex: true, Sortable: true},
	{ID: "source", Title: "SOURCE", Width: 11, Priority: 3, Sortable: true},
	{ID: "tenant", Title: "TENANT", Width: 12, Min: 8, Priority: 1, Sortable: true},
	{ID: "errors", Title: "ERR", Width: 4, Right: true, Priority: 2, Sortable: true},
	{ID: "age", Title: "AGE", Width: 5, Right: true, Sortable: true},
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
		return statusOf(t, s, r)
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
		return text.Age(s.Client.ServerNow().Sub(r.InsertedAt)), theme.Muted
	}
	return "", theme.Plain
}

// statusOf is the run's status, or what became of the cancel that was asked for here.
func statusOf(t *theme.Theme, s *ops.Session, r *client.Run) (string, theme.Ink) {
	if f := s.Cancels.Of(r.ID); f.Verdict != ops.NoVerdict {
		glyph, ink := verdictLook(t, f.Verdict)
		return glyph + " " + f.Verdict.String(), ink
	}
	glyph, ink := statusLook(t, r.Status)
	return glyph + " " + string(r.Status), ink
}

func statusLook(t *theme.Theme, s client.RunStatus) (string, theme.Ink) {
	g := t.Glyphs
	switch s {
	case client.RunQueued:
		return g.Queued, theme.Muted
	case client.RunProcessing:
		return g.Processing, theme.Plain
	case client.RunPaused:
		return g.Paused, theme.Plain
	case client.RunCompleted:
		return g.Completed, theme.OK
	case client.RunCancelled:
		return g.Cancelled, theme.Muted
	}
	return g.Unconfirmed, theme.Attention
}

func verdictLook(t *theme.Theme, v ops.Verdict) (string, theme.Ink) {
	g := t.Glyphs
	switch v {
	case ops.Waiting, ops.Requested:
		return g.Requested, theme.Accent
	case ops.Confirmed:
		return g.Confirmed, theme.OK
	case ops.FinishedFirst:
		return g.FinishedFirst, theme.Attention
	case ops.Unconfirmed:
		return g.Unconfirmed, theme.Attention
	}
	return g.Error, theme.Danger
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

// haystack is what find looks through.
func haystack(r *client.Run) string {
	return strings.ToLower(strings.Join([]string{r.ID, r.WorkflowRunID, r.Workflow, r.Recipient.String(), r.TriggerSource.CancellationKey, r.TriggerSource.Type, r.Tenant, string(r.Status)}, "\x00"))
}
