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
)

// Command sends a source event.
func Command(a *app.App) *cobra.Command {
	var source, properties, at string
	var agreed prompt.Agreement
	var dryRun bool
	e := client.TrackEvent{}
	cmd := &cobra.Command{
		Use: "track EVENT --source URL", Short: "Send a source event, as an application would", Args: cobra.ExactArgs(1),
		Long: "The source's ingestion URL stands on its page in Knock's dashboard. Whoever has it can send events, so it is\n" +
			"treated as a secret: it is not printed and not kept. With --message-id Knock takes the event once.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if source == "" {
				return exit.Usage("which source? Give its ingestion URL with --source")
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
			r, err := s.Client.TrackRequest(source, e)
			if err != nil {
				return err
			}
			if dryRun {
				return a.DryRun(r, nil)
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.TrackPrompt(e.Event, source)); err != nil {
				return err
			}
			if _, err := s.Track(source, e).Wait(cmd.Context()); err != nil {
				return err
			}
			a.Say("Knock accepted event %s", e.Event)
			return a.Item(struct {
				Event     string `json:"event"`
				UserID    string `json:"userId,omitempty"`
				MessageID string `json:"messageId,omitempty"`
			}{e.Event, e.UserID, e.MessageID}, output.Fact{"event", e.Event}, output.Fact{"userId", e.UserID}, output.Fact{"messageId", e.MessageID})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&source, "source", "", "the source's ingestion URL")
	fs.StringVar(&e.UserID, "user", "", "the id of the user it is about")
	fs.StringVar(&properties, "properties", "", "a JSON object: itself, @FILE, or - for stdin")
	fs.StringVar(&e.MessageID, "message-id", "", "the event's own id; Knock takes an event of the same id once")
	fs.StringVar(&at, "timestamp", "", "when it happened, such as 2026-11-21T14:02:00Z (default: now)")
	fs.BoolVar(&dryRun, "dry-run", false, "print the request, without the secret part of its URL, and send nothing")
	prompt.Flags(cmd, &agreed)
	return cmd
}
