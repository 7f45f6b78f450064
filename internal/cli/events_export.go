package cli

import (
	"encoding/csv"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) eventExportCmd() *cobra.Command {
	var f eventFlags
	var as string
	cmd := &cobra.Command{
		Use: "export", Short: "Print all events that match, whole, the oldest first", Args: cobra.NoArgs,
		Example: "  knockops events export --since 24h --failures --format csv > failures.csv\n" +
			"  knockops events export --workflow invoice-due | jq -r .event.data.recipient",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.exportFormat(cmd, &as, "ndjson", "json", "csv"); err != nil {
				return err
			}
			j, filter, err := a.eventJournal(cmd, &f)
			if err != nil {
				return err
			}
			filter.Whole = true
			all := oldestFirst(cmd.Context(), j, filter)
			if as == "csv" {
				return a.exportEventsCSV(all)
			}
			a.Format = format(as)
			return list(a.Printer, all, 0, "event", eventColumns...)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&as, "format", "ndjson", "ndjson, json or csv")
	return cmd
}

func (a *app) exportEventsCSV(all iter.Seq2[printedEvent, error]) error {
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
			strconv.FormatInt(e.ID, 10), rfc3339(e.ReceivedAt), rfc3339(e.CreatedAt), strconv.FormatBool(e.Verified), strconv.Itoa(e.Repeats),
			e.Type, e.EnvironmentID, e.Workflow, e.WorkflowRunID, e.RunID, e.Recipient, e.Tenant, e.MessageID, e.ChannelID, e.ChannelType,
			e.CancellationKey, string(escape(e.Body)),
		)
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// exportFormat checks --format; -o says as much where it is given in its place.
func (a *app) exportFormat(cmd *cobra.Command, as *string, formats ...string) error {
	flag := "--format"
	if !cmd.Flags().Changed("format") && cmd.Flags().Changed("output") {
		flag, *as = "-o", string(a.Format)
	}
	if !slices.Contains(formats, *as) {
		return usage("%s %s: an export is one of %s", flag, strconv.Quote(*as), strings.Join(formats, ", "))
	}
	return nil
}
