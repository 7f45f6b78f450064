package events

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
)

// replayed is what became of one event, as it is printed.
type replayed struct {
	ID       int64  `json:"id"`
	Type     string `json:"type"`
	Status   int    `json:"status,omitempty"`
	Millis   int64  `json:"ms"`
	Response string `json:"response,omitempty"`
	Error    string `json:"error,omitempty"`
}

func replayCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var secrets []string
	cmd := &cobra.Command{
		Use: "replay URL [ID ...]", Short: "Send events to a URL as Knock sent them, signed anew", Args: cobra.MinimumNArgs(1),
		Long: "The events are those named, or all that match, the oldest first. They are sent one after the other, with the\n" +
			"headers and the body that they came with and a signature of now. Nothing is sent to Knock, so a read-only profile\n" +
			"may replay. Over plain http they are sent to this machine alone.",
		Example: "  knockops events replay http://127.0.0.1:3000/hook 4711\n" +
			"  knockops events replay http://127.0.0.1:3000/hook --type message.bounced --since 1h",
		RunE: func(cmd *cobra.Command, args []string) error {
			to := args[0]
			if err := events.CheckReplay(to); err != nil {
				return exit.Usage("%s: %w", strconv.Quote(to), err)
			}
			if len(args) == 1 && !f.given(cmd) {
				return exit.Usage("say which events: by their ids, or by flags such as --since 1h")
			}
			if len(args) > 1 && f.given(cmd) {
				return exit.Usage("name events, or say which with flags, not both")
			}
			ids := make([]int64, len(args)-1)
			for i, arg := range args[1:] {
				var err error
				if ids[i], err = input.Number("ID", arg); err != nil {
					return err
				}
			}
			j, filter, err := openJournal(a, cmd, &f)
			if err != nil {
				return err
			}
			p, err := a.JournalProfile()
			if err != nil {
				return err
			}
			secret, err := signingSecret(cmd.Context(), p, secrets)
			if err != nil {
				return err
			}
			if secret == "" {
				a.Say("note: there is no signing secret, so the signatures are those they came with")
			}
			events := oldestFirst(cmd.Context(), j, filter)
			if len(ids) > 0 {
				if events, err = byID(cmd.Context(), a, j, ids); err != nil {
					return err
				}
			}
			return replay(cmd.Context(), a, events, to, secret)
		},
	}
	f.add(cmd)
	secretFlag(cmd, &secrets)
	return cmd
}

func replay(ctx context.Context, a *app.App, chosen iter.Seq2[printedEvent, error], to, secret string) error {
	out := output.NewLister(a.Printer,
		output.Col("ID", func(r replayed) string { return fmt.Sprint(r.ID) }),
		output.Col("TYPE", func(r replayed) string { return r.Type }),
		output.Col("ANSWER", func(r replayed) string {
			if r.Error != "" {
				return r.Error
			}
			return fmt.Sprint(r.Status)
		}),
		output.Col("TOOK", func(r replayed) string { return (time.Duration(r.Millis) * time.Millisecond).String() }),
		output.Col("RESPONSE", func(r replayed) string { return termtext.Truncate(r.Response, 80) }),
	)
	failed := 0
	cutOff := func(err error) error {
		if err = output.Closing(out, err); out.Count > 0 {
			err = exit.Part("%w", err)
		}
		return err
	}
	for e, err := range chosen {
		if err != nil {
			return cutOff(err)
		}
		result, err := events.Replay(ctx, e.event, to, secret)
		if ctx.Err() != nil {
			return cutOff(ctx.Err())
		}
		line := replayed{ID: e.ID, Type: e.event.Type, Status: result.Status, Millis: result.Latency.Milliseconds(), Response: string(result.Response)}
		if err != nil {
			failed++
			line.Error = err.Error()
		}
		if err := out.Add(line); err != nil {
			return err
		}
	}
	if err := out.End(); err != nil {
		return err
	}
	switch {
	case out.Count == 0:
		a.Say("no events")
	case failed == out.Count:
		return fmt.Errorf("none of %s was accepted there", termtext.Plural(failed, "event"))
	case failed > 0:
		return exit.Part("%d of %s were not accepted there", failed, termtext.Plural(out.Count, "event"))
	}
	return nil
}

// byID reads the events of these ids, whole. All of them have to be there: one that is not is known before the first is sent.
func byID(ctx context.Context, a *app.App, j *journal.Journal, ids []int64) (iter.Seq2[printedEvent, error], error) {
	for _, id := range ids {
		if _, err := j.Event(ctx, id); err != nil {
			return nil, a.Absent(err, "event", id, "events list")
		}
	}
	return func(yield func(printedEvent, error) bool) {
		for _, id := range ids {
			e, err := j.Event(ctx, id)
			if !yield(printed(e), a.Absent(err, "event", id, "events list")) {
				return
			}
		}
	}, nil
}

func secretFlag(cmd *cobra.Command, secrets *[]string) {
	cmd.Flags().StringArrayVar(secrets, "secret", nil, "the signing secret (default: "+app.WebhookSecretVariable+", or the profile's);\nothers on this machine see a flag in the list of processes")
}

// signingSecret is what replays are signed with, "" when there is none.
func signingSecret(ctx context.Context, p config.Profile, given []string) (string, error) {
	secrets, err := app.WebhookSecrets(ctx, p, given)
	if err != nil || len(secrets) == 0 {
		return "", err
	}
	return secrets[0], nil
}
