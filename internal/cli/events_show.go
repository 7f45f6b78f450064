package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

func (a *app) eventShowCmd() *cobra.Command {
	var curl bool
	var secrets []string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show an event with its headers and its body", Args: cobra.ExactArgs(1),
		Long: "--curl prints the event as a line for a shell that sends it to $URL, signed now; a signature is good for five\nminutes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("ID", args[0])
			if err != nil {
				return err
			}
			p, err := a.journalProfile()
			if err != nil {
				return err
			}
			j, err := a.openJournal(p.Name)
			if err != nil {
				return err
			}
			e, err := j.Event(cmd.Context(), id)
			if err != nil {
				return a.absent(err, "event", id, "events list")
			}
			if !curl {
				return a.printEvent(e)
			}
			secret, err := signingSecret(cmd.Context(), p, secrets)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.Stdout, termtext.CleanLines(ops.EventCurl(e, secret)))
			return err
		},
	}
	cmd.Flags().BoolVar(&curl, "curl", false, "print it as a line for a shell that sends it to $URL")
	secretFlag(cmd, &secrets)
	return cmd
}

func (a *app) printEvent(e ops.Event) error {
	last := ""
	if e.Repeats > 0 {
		last = fmt.Sprintf("%d, the last at %s", e.Repeats, stamp(e.LastAt))
	}
	err := a.Item(ops.Record(e),
		fact{"id", strconv.FormatInt(e.ID, 10)}, fact{"type", e.Type}, fact{"verdict", ops.EventVerdict(e)},
		fact{"received_at", stamp(e.ReceivedAt)}, fact{"created_at", stamp(e.CreatedAt)}, fact{"repeats", last},
		fact{"environment_id", e.EnvironmentID}, fact{"workflow", e.Workflow}, fact{"recipient", e.Recipient}, fact{"tenant", e.Tenant},
		fact{"workflow_run_id", e.WorkflowRunID}, fact{"run_id", e.RunID}, fact{"message_id", e.MessageID},
		fact{"channel_id", e.ChannelID}, fact{"channel_type", e.ChannelType}, fact{"cancellation_key", e.CancellationKey},
	)
	if err != nil || a.Format != table {
		return err
	}
	err = section(a.Printer, "headers", newLister(a.Printer,
		column[webhook.Header]{"NAME", func(h webhook.Header) string { return h.Name }},
		column[webhook.Header]{"VALUE", func(h webhook.Header) string { return h.Value }},
	), e.Header)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "\nbody\n%s\n", escape(indent(e.Body, "")))
	return err
}
