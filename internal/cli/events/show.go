package events

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

func showCmd(a *app.App) *cobra.Command {
	var curl bool
	var secrets []string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show an event with its headers and its body", Args: cobra.ExactArgs(1),
		Long: "--curl prints the event as a line for a shell that sends it to $URL, signed now; a signature is good for five\nminutes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := input.Number("ID", args[0])
			if err != nil {
				return err
			}
			p, err := a.JournalProfile()
			if err != nil {
				return err
			}
			j, err := a.OpenJournal(p.Name)
			if err != nil {
				return err
			}
			e, err := j.Event(cmd.Context(), id)
			if err != nil {
				return a.Absent(err, "event", id, "events list")
			}
			if !curl {
				return printEvent(a, e)
			}
			secret, err := signingSecret(cmd.Context(), p, secrets)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.Stdout, termtext.CleanLines(events.Curl(e, secret)))
			return err
		},
	}
	cmd.Flags().BoolVar(&curl, "curl", false, "print it as a line for a shell that sends it to $URL")
	secretFlag(cmd, &secrets)
	return cmd
}

func printEvent(a *app.App, e events.Event) error {
	last := ""
	if e.Repeats > 0 {
		last = fmt.Sprintf("%d, the last at %s", e.Repeats, output.Stamp(e.LastAt))
	}
	err := a.Item(events.RecordOf(e),
		output.Fact{"id", strconv.FormatInt(e.ID, 10)}, output.Fact{"type", e.Type}, output.Fact{"outcome", e.Outcome}, output.Fact{"verdict", events.Verdict(e)},
		output.Fact{"received_at", output.Stamp(e.ReceivedAt)}, output.Fact{"created_at", output.Stamp(e.CreatedAt)}, output.Fact{"repeats", last},
		output.Fact{"environment_id", e.EnvironmentID}, output.Fact{"workflow", e.Workflow}, output.Fact{"recipient", e.Recipient}, output.Fact{"tenant", e.Tenant},
		output.Fact{"workflow_run_id", e.WorkflowRunID}, output.Fact{"run_id", e.RunID}, output.Fact{"message_id", e.MessageID},
		output.Fact{"channel_id", e.ChannelID}, output.Fact{"channel_type", e.ChannelType}, output.Fact{"cancellation_key", e.CancellationKey},
	)
	if err != nil || a.Format != output.Table {
		return err
	}
	err = output.Section(a.Printer, "headers", output.NewLister(a.Printer,
		output.Col("NAME", func(h webhook.Header) string { return h.Name }),
		output.Col("VALUE", func(h webhook.Header) string { return h.Value }),
	), e.Header)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "\nbody\n%s\n", output.Escape(output.Indent(e.Body, "")))
	return err
}
