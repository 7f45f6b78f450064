package events

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/backfill"
	"github.com/knockops/knockops/internal/termtext"
)

// backfilled is what came of a backfill, as it is printed.
type backfilled struct {
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Runs     int       `json:"runs"`
	Messages int       `json:"messages"`
	Events   int       `json:"events"`
	Restored int       `json:"restored"`
}

func backfillCmd(a *app.App) *cobra.Command {
	var since, until string
	var lookback time.Duration
	cmd := &cobra.Command{
		Use: "backfill", Short: "Restore events that never arrived from what Knock's API still tells", Args: cobra.NoArgs,
		Long: "What arrived since a time is compared with the runs and messages that the API tells, and what is missing is put\n" +
			"into the journal: marked as reconstructed, never as verified, and once. An event that arrives late after all takes\n" +
			"the place of what stood for it. The API finds runs and messages by when they began; --lookback says how much\n" +
			"earlier than --since. Without --since it fills the gaps of the last day in which nothing stood ready to receive.\n\n" +
			"It reads 250 runs and the events of 60 messages a second, from the limits that all in the environment share.",
		Example: "  knockops events backfill --since 2h\n  knockops events backfill",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s, _, err := a.Session(ctx)
			if err != nil {
				return err
			}
			var scopes []backfill.Scope
			if since == "" {
				if until != "" {
					return exit.Usage("--until goes with --since")
				}
				gaps, err := s.Journal.Gaps(ctx, time.Now().AddDate(0, 0, -1))
				if err != nil {
					return err
				}
				scopes = backfill.ScopesOf(gaps, lookback, s.Client)
			} else {
				one := backfill.Scope{Lookback: lookback}
				if one.Since, err = input.When(ctx, "--since", since, s.Client); err != nil {
					return err
				}
				if one.Until, err = input.When(ctx, "--until", until, s.Client); err != nil {
					return err
				}
				if one.Until.IsZero() {
					one.Until = s.Client.ServerNow()
				}
				if err := input.CheckSpan(one.Since, one.Until); err != nil {
					return err
				}
				scopes = append(scopes, one)
			}
			if len(scopes) == 0 {
				a.Say("there is no gap in the last day that was not filled: --since compares a time all the same")
			}
			for _, one := range scopes {
				if err := fill(ctx, a, s, one); err != nil {
					return err
				}
			}
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&since, "since", "", "compare from then on: an age such as 15m, 2h, 3d, or a time such as 2026-11-21 14:02")
	fs.StringVar(&until, "until", "", "until then, written like --since (default: now)")
	fs.DurationVar(&lookback, "lookback", backfill.DefaultLookback, "how much earlier runs and messages may have begun")
	return cmd
}

// fill fills one time and says what came of it.
func fill(ctx context.Context, a *app.App, session *ops.Session, s backfill.Scope) error {
	told := time.Now()
	p, err := backfill.Run(ctx, session.Client, session.Journal, s, func(p backfill.Progress) {
		if time.Since(told) >= reportEvery {
			told = time.Now()
			a.Say("%s and %s read, %s restored so far", termtext.Plural(p.Runs, "run"), termtext.Plural(p.Messages, "message"), termtext.Plural(p.Restored, "event"))
		}
	})
	if err != nil {
		return fmt.Errorf("%s restored, then: %w", termtext.Plural(p.Restored, "event"), err)
	}
	a.Say("%s to %s: %s of %s were missing and are restored", output.Stamp(s.Since), output.Stamp(s.Until), termtext.Count(p.Restored), termtext.Plural(p.Events, "event"))
	return a.Item(backfilled{s.Since.UTC(), s.Until.UTC(), p.Runs, p.Messages, p.Events, p.Restored},
		output.Fact{"since", output.Stamp(s.Since)}, output.Fact{"until", output.Stamp(s.Until)}, output.Fact{"runs", fmt.Sprint(p.Runs)}, output.Fact{"messages", fmt.Sprint(p.Messages)},
		output.Fact{"events", fmt.Sprint(p.Events)}, output.Fact{"restored", fmt.Sprint(p.Restored)})
}
