// Package track holds the command that sends a source event.
package track

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
)

// Command sends a source event.
func Command(a *app.App) *cobra.Command {
	var source, properties, at string
	var agreed prompt.Agreement
	var dryRun, follows bool
	e := client.TrackEvent{}
	cmd := &cobra.Command{
		Use: "track EVENT --source KEY", Short: "Send a source event, as an application would", Args: cobra.ExactArgs(1),
		Long: "The source is named by its key, and its ingestion URL comes from the profile's sources or from Knock's management\n" +
			"API; or the URL itself is given, as it stands on the source's page in the dashboard. Whoever has it can send events,\n" +
			"so it is treated as a secret: it is not printed and not kept. With --message-id Knock takes the event once.\n\n" +
			"--follow waits for the event in the source's log, says what came of it, and names the runs that began. It ends\n" +
			"with 3 when nothing was mapped to the event, when Knock had its message id already, or when Knock refused what was\n" +
			"mapped to it; in JSON, outcome is acted, unmatched, inactive, duplicate, refused or idle.",
		Example: "  knockops track 'Order Shipped' --source shop --user dana --properties '{\"order_id\": \"ord_1\"}' --follow",
		RunE: func(cmd *cobra.Command, args []string) error {
			if source == "" {
				return exit.Usage("which source? Give its key, or its ingestion URL, with --source")
			}
			if follows && isURL(source) {
				return exit.Usage("--follow reads the source's log: name the source by its key")
			}
			e.Event = args[0]
			var err error
			if e.Properties, err = a.JSON("--properties", properties); err != nil {
				return err
			}
			if at != "" {
				if e.Timestamp, err = time.Parse(time.RFC3339, at); err != nil {
					return exit.Usage("--timestamp %s: write it like 2026-11-21T14:02:00Z", strconv.Quote(at))
				}
			}
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			endpoint, err := ingestionURL(cmd.Context(), s, p, source)
			if err != nil {
				return err
			}
			r, err := s.Client.TrackRequest(endpoint, e)
			if err != nil {
				return err
			}
			if dryRun {
				return a.DryRun(r, nil)
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.TrackPrompt(e.Event, endpoint)); err != nil {
				return err
			}
			sent := ops.SentEvent{TrackEvent: e}
			if follows {
				if sent, err = sending(cmd.Context(), s, source, e); err != nil {
					return err
				}
			}
			if _, err := s.Track(endpoint, sent.TrackEvent).Wait(cmd.Context()); err != nil {
				return err
			}
			a.Say("Knock accepted event %s", e.Event)
			if follows {
				return follow(cmd.Context(), a, s, sent)
			}
			return a.Item(struct {
				Event     string `json:"event"`
				UserID    string `json:"userId,omitempty"`
				MessageID string `json:"messageId,omitempty"`
			}{e.Event, e.UserID, e.MessageID}, output.Fact{"event", e.Event}, output.Fact{"userId", e.UserID}, output.Fact{"messageId", e.MessageID})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&source, "source", "", "the source's key, or its ingestion URL")
	fs.StringVar(&e.UserID, "user", "", "the id of the user it is about")
	fs.StringVar(&properties, "properties", "", "a JSON object: itself, @FILE, or - for stdin")
	fs.StringVar(&e.MessageID, "message-id", "", "the event's own id; Knock takes an event of the same id once")
	fs.StringVar(&at, "timestamp", "", "when it happened, such as 2026-11-21T14:02:00Z (default: now)")
	fs.BoolVar(&dryRun, "dry-run", false, "print the request, without the secret part of its URL, and send nothing")
	fs.BoolVar(&follows, "follow", false, "wait for the event in the source's log, and say what came of it")
	prompt.Flags(cmd, &agreed)
	return cmd
}
