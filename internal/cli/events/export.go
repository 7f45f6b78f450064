package events

import (
	"encoding/csv"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
)

func exportCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var as string
	cmd := &cobra.Command{
		Use: "export", Short: "Print all events that match, whole, the oldest first", Args: cobra.NoArgs,
		Example: "  knockops events export --since 24h --failures --format csv > failures.csv\n" +
			"  knockops events export --workflow invoice-due | jq -r .event.data.recipient",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.ExportFormat(cmd, &as, "ndjson", "json", "csv"); err != nil {
				return err
			}
			j, filter, err := openJournal(a, cmd, &f)
			if err != nil {
				return err
			}
			all := oldestFirst(cmd.Context(), j, filter)
			if as == "csv" {
				return exportCSV(a, all)
			}
			a.Format = output.Format(as)
			return output.List(a.Printer, all, 0, "event", columns...)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&as, "format", "ndjson", "ndjson, json or csv")
	return cmd
}

func exportCSV(a *app.App, all iter.Seq2[printedEvent, error]) error {
	w := csv.NewWriter(a.Stdout)
	row := []string{
		"id", "received_at", "created_at", "verified", "repeats", "type", "environment_id", "workflow", "workflow_run_id", "run_id", "recipient", "tenant",
		"message_id", "channel_id", "channel_type", "cancellation_key", "body",
	}
	if err := w.Write(row); err != nil {
		return err
	}
	for x, err := range all {
		if err != nil {
			w.Flush()
			return err
		}
		e := x.event
		row = append(row[:0],
			strconv.FormatInt(e.ID, 10), output.RFC3339(e.ReceivedAt), output.RFC3339(e.CreatedAt), strconv.FormatBool(e.Verified), strconv.Itoa(e.Repeats),
			e.Type, e.EnvironmentID, e.Workflow, e.WorkflowRunID, e.RunID, e.Recipient, e.Tenant, e.MessageID, e.ChannelID, e.ChannelType,
			e.CancellationKey, string(output.Escape(e.Body)),
		)
		for i := range row {
			row[i] = output.Cell(row[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
