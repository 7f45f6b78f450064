// Package why holds the command that answers why something did or did not arrive.
package why

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/termtext"
)

// Command answers a question.
func Command(a *app.App) *cobra.Command {
	var q why.Question
	var since, compare, compareRun string
	cmd := &cobra.Command{
		Use: "why [USER|COLLECTION/ID|ANY-ID]", Short: "Say what became of a notification, and why, with the proof", Args: cobra.MaximumNArgs(1),
		Long: "What became of each channel, for whom, when and why: one sentence, then the route with its records, and what\n" +
			"to do next. The id may be a user's, an object's, a run's, a trigger's or a message's. What a record of Knock's\n" +
			"says is proven; what is inferred is likely. It costs 12 requests at most, and what Knock no longer keeps is\n" +
			"read from the webhooks in the journal. The exit code is 3 where nothing tells what became of it.",
		Example: "  knockops why user_1 --workflow invoice-due\n  knockops why --message 2nWvz7PJP8bFJuClyK5UZLvWhWn -o json\n" +
			"  knockops why user_1 --workflow invoice-due --compare user_2",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && q.Message+q.Run+q.Trigger+q.Workflow+q.Tenant+since == "" {
				q.ID = args[0] // nothing says what it is
			} else if len(args) == 1 {
				r, err := client.ParseRef(args[0])
				if err != nil {
					return exit.Usage("%w", err)
				}
				q.Recipient = r
			}
			if len(q.Message+q.Run+q.Trigger) > max(len(q.Message), len(q.Run), len(q.Trigger)) || compare != "" && compareRun != "" {
				return exit.Usage("give one of --message, --run and --trigger, and one of --compare and --compare-run")
			}
			if q == (why.Question{Workflow: q.Workflow, Tenant: q.Tenant}) {
				return exit.Usage("name a user, an object as COLLECTION/ID, or the id of a run, trigger or message")
			}
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if q.Since, err = input.When(cmd.Context(), "--since", since, s.Client); err != nil {
				return err
			}
			if compare+compareRun == "" {
				answer, err := why.Ask(cmd.Context(), s, q, progress(a))
				if err != nil {
					return err
				}
				return show(a, answer)
			}
			return both(cmd.Context(), a, s, q, compare, compareRun)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Workflow, "workflow", "", "of this workflow")
	f.StringVar(&q.Message, "message", "", "the message of this id")
	f.StringVar(&q.Run, "run", "", "the run of this id")
	f.StringVar(&q.Trigger, "trigger", "", "the trigger of this workflow_run_id; with a recipient, that one's run")
	f.StringVar(&q.Tenant, "tenant", "", "under this tenant")
	f.StringVar(&since, "since", "", "triggered then or later: 15m, 2h, 3d, 2026-11-21 14:02")
	f.StringVar(&compare, "compare", "", "put another recipient's route beside it: a user, or COLLECTION/ID")
	f.StringVar(&compareRun, "compare-run", "", "put another run's route beside it")
	return cmd
}

// progress tells a person of each request.
func progress(a *app.App) func(why.Progress) {
	if !a.Interactive {
		return nil
	}
	return func(p why.Progress) { a.Say("request %d of at most %d: %s", p.Requests, why.MaxRequests, p.What) }
}

// told is the exit for an answer.
func told(a why.Answer) error {
	if a.Cause == "unknown" {
		return exit.With(exit.CodePart, nil) // all is said already
	}
	return nil
}

func sure(f bool) string {
	if f {
		return "proven"
	}
	return "likely"
}

func show(a *app.App, x why.Answer) error {
	if a.Format != output.Table {
		if err := a.Object(x); err != nil {
			return err
		}
		return told(x)
	}
	if _, err := fmt.Fprintln(a.Stdout, termtext.Clean(x.Verdict)); err != nil {
		return err
	}
	lister := output.NewLister(a.Printer, hopColumns()...)
	if err := output.Section(a.Printer, "Route", lister, x.Route); err != nil {
		return err
	}
	found := output.NewLister(a.Printer,
		output.Col("CHANNEL", func(f why.Finding) string { return output.OrDash(f.Channel) }),
		output.Col("CAUSE", func(f why.Finding) string { return f.Cause }),
		output.Col("KIND", func(f why.Finding) string { return string(f.Kind) }),
		output.Col("SURE", func(f why.Finding) string { return sure(f.Proven) }),
		output.Col("EVIDENCE", func(f why.Finding) string { return evidence(f.Evidence) }),
	)
	if err := output.Section(a.Printer, "Found", found, x.Findings); err != nil {
		return err
	}
	next := output.NewLister(a.Printer, output.Col("COMMAND", func(s string) string { return s }))
	if err := output.Section(a.Printer, "Next", next, x.Next); err != nil {
		return err
	}
	return told(x)
}

func evidence(all []why.Evidence) string {
	var parts []string
	for _, e := range all {
		parts = append(parts, strings.Join(strings.Fields(e.Kind+" "+e.ID+" "+output.Stamp(e.At)), " "))
	}
	return strings.Join(parts, "; ")
}

func hopColumns() []output.Column[why.Hop] {
	return []output.Column[why.Hop]{
		output.Col("AT", func(h why.Hop) string { return output.Stamp(h.At) }),
		output.Col("HOP", func(h why.Hop) string { return h.Hop }),
		output.Col("WHERE", func(h why.Hop) string { return h.Title }),
		output.Col("WHAT", func(h why.Hop) string { return h.Text }),
		output.Col("CAUSE", func(h why.Hop) string { return h.Cause }),
		output.Col("ID", func(h why.Hop) string { return h.ID }),
	}
}

func both(ctx context.Context, a *app.App, s *ops.Session, q why.Question, recipient, run string) error {
	other := why.Question{Run: run}
	if recipient != "" {
		r, err := client.ParseRef(recipient)
		if err != nil {
			return exit.Usage("--compare: %w", err)
		}
		other.Recipient = r
	}
	c, err := why.AskBoth(ctx, s, q, other, progress(a))
	if err != nil {
		return err
	}
	if a.Format != output.Table {
		return a.Object(c)
	}
	if err := a.Item(c, output.Fact{"1", c.Left.Verdict}, output.Fact{"2", c.Right.Verdict}); err != nil {
		return err
	}
	row := -1
	side := func(h *why.Hop) string {
		if h == nil {
			return "-"
		}
		return h.Text
	}
	lister := output.NewLister(a.Printer,
		output.Col("HERE", func(r why.Row) string {
			row++
			switch {
			case row == c.Parts:
				return "THEY PART"
			case r.Differs:
				return "differs"
			}
			return "same"
		}),
		output.Col("WHERE", func(r why.Row) string { return r.Title }),
		output.Col(fmt.Sprintf("1 %s", c.Left.Recipient), func(r why.Row) string { return side(r.Left) }),
		output.Col(fmt.Sprintf("2 %s", c.Right.Recipient), func(r why.Row) string { return side(r.Right) }),
	)
	return output.Section(a.Printer, "Side by side", lister, c.Rows)
}
