package sweep

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// sweepItem is a sweep of the journal as JSON.
type sweepItem struct {
	sweepResult
	At          string        `json:"at"`
	Who         string        `json:"who"`
	Profile     string        `json:"profile"`
	Environment string        `json:"environment"`
	Options     sweep.Options `json:"options"`
	Reason      string        `json:"reason,omitempty"`
	CarriedOut  *holder       `json:"carried_out_by,omitempty"`
}

// holder is the process that carries a sweep out.
type holder struct {
	Who   string `json:"who"`
	PID   int    `json:"pid"`
	Since string `json:"since"`
}

func itemOf(r sweep.Record) sweepItem {
	item := sweepItem{
		sweepResult: sweepResult{ID: r.ID, Scope: r.Scope, State: r.State(), Progress: r.Progress},
		At:          output.RFC3339(r.At), Who: r.Who, Profile: r.Profile, Environment: r.Environment, Options: r.Options, Reason: r.Options.Reason,
	}
	if h := r.Elsewhere; h != nil {
		item.CarriedOut = &holder{h.Who, h.PID, output.RFC3339(h.Since)}
	}
	return item
}

func listCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the sweeps of this machine's journal, the latest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			records, err := sweep.ReadAll(cmd.Context(), j)
			if err != nil {
				return err
			}
			l := output.NewLister(a.Printer,
				output.Col("ID", func(r sweepItem) string { return fmt.Sprint(r.ID) }),
				output.Col("BEGUN", func(r sweepItem) string { return output.StampText(r.At) }),
				output.Col("STATE", func(r sweepItem) string { return r.State }),
				output.Col("ENVIRONMENT", func(r sweepItem) string { return r.Environment }),
				output.Col("SCOPE", func(r sweepItem) string { return termtext.Truncate(termtext.Clean(r.Scope.String()), 48) }),
				output.Col("ACCEPTED", func(r sweepItem) string { return fmt.Sprintf("%d/%d", r.Progress.Accepted, r.Progress.Requests) }),
				output.Col("CONFIRMED", func(r sweepItem) string { return fmt.Sprintf("%d/%d", r.Progress.Confirmed, r.Progress.Runs) }),
			)
			for _, r := range records {
				if err := l.Add(itemOf(r)); err != nil {
					return err
				}
			}
			if len(records) == 0 && a.Format == output.Table {
				a.Say("no sweeps")
			}
			return l.End()
		},
	}
}

func showCmd(a *app.App) *cobra.Command {
	var runs bool
	var outcomes []string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a sweep and how it went, or what became of each of its runs", Args: cobra.ExactArgs(1),
		Example: "  knockops sweep show 7 --runs --outcome unconfirmed,shared -o ndjson",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := input.Number("ID", args[0])
			if err != nil {
				return err
			}
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			if err := checkOutcomes("--outcome", outcomes); err != nil {
				return err
			}
			r, err := sweep.Read(cmd.Context(), j, id)
			if err != nil {
				return a.Absent(err, "sweep", id, "sweep list")
			}
			if runs || len(outcomes) > 0 {
				return printRuns(cmd.Context(), a, j, id, outcomes)
			}
			if a.Format != output.Table {
				return a.Object(itemOf(r))
			}
			if err := printSweep(a, itemOf(r).sweepResult); err != nil {
				return err
			}
			carried := ""
			if h := r.Elsewhere; h != nil {
				carried = fmt.Sprintf("%s, process %d, since %s", h.Who, h.PID, output.Stamp(h.Since))
			}
			if err := a.Item(nil, output.Fact{"started", output.Stamp(r.At)}, output.Fact{"by", r.Who}, output.Fact{"carried out by", carried}, output.Fact{"environment", r.Environment}, output.Fact{"reason", r.Options.Reason}); err != nil {
				return err
			}
			return output.Section(a.Printer, "steps", output.NewLister(a.Printer,
				output.Col("TIME", func(s sweep.Step) string { return output.Stamp(s.At) }),
				output.Col("PROGRESS", func(s sweep.Step) string { return sweepWords(s.Progress) }),
				output.Col("DETAILS", func(s sweep.Step) string { return s.Text }),
			), r.Steps)
		},
	}
	cmd.Flags().BoolVar(&runs, "runs", false, "list its runs, each with its outcome and how that is known")
	cmd.Flags().StringSliceVar(&outcomes, "outcome", nil, "only runs of these outcomes: "+strings.Join(sweep.Outcomes(), ", "))
	return cmd
}
