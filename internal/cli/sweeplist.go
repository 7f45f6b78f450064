package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// currentJournal opens the journal of the current profile alone: what was done can
// be read without a key.
func (a *app) currentJournal() (*journal.Journal, error) {
	p, err := a.journalProfile()
	if err != nil {
		return nil, err
	}
	return a.openJournal(p.Name)
}

// absent says that an id is not in the profile's journal, and what lists those that are.
func (a *app) absent(err error, what string, id int64, list string) error {
	for _, none := range []error{journal.ErrNoAction, journal.ErrNoEvent, journal.ErrNoSweep, journal.ErrNoFlowRun} {
		if errors.Is(err, none) {
			p, _ := a.journalProfile() // it was read before
			return fmt.Errorf("there is no %s %d in the journal of profile %s; `%s` lists what is there", what, id, p.Name, a.suggest(list))
		}
	}
	return err
}

// number reads an id of the journal.
func number(what, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, usage("%s %s: give a number, as the list shows it", what, strconv.Quote(s))
	}
	return n, nil
}

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
		At:          rfc3339(r.At), Who: r.Who, Profile: r.Profile, Environment: r.Environment, Options: r.Options, Reason: r.Options.Reason,
	}
	if h := r.Elsewhere; h != nil {
		item.CarriedOut = &holder{h.Who, h.PID, rfc3339(h.Since)}
	}
	return item
}

func (a *app) sweepListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the sweeps of this machine's journal, the latest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			j, err := a.currentJournal()
			if err != nil {
				return err
			}
			records, err := sweep.ReadAll(cmd.Context(), j)
			if err != nil {
				return err
			}
			l := newLister(a.Printer,
				column[sweepItem]{"ID", func(r sweepItem) string { return fmt.Sprint(r.ID) }},
				column[sweepItem]{"BEGUN", func(r sweepItem) string { return stampText(r.At) }},
				column[sweepItem]{"STATE", func(r sweepItem) string { return r.State }},
				column[sweepItem]{"ENVIRONMENT", func(r sweepItem) string { return r.Environment }},
				column[sweepItem]{"SCOPE", func(r sweepItem) string { return termtext.Truncate(termtext.Clean(r.Scope.String()), 48) }},
				column[sweepItem]{"ACCEPTED", func(r sweepItem) string { return fmt.Sprintf("%d/%d", r.Progress.Accepted, r.Progress.Requests) }},
				column[sweepItem]{"CONFIRMED", func(r sweepItem) string { return fmt.Sprintf("%d/%d", r.Progress.Confirmed, r.Progress.Runs) }},
			)
			for _, r := range records {
				if err := l.add(itemOf(r)); err != nil {
					return err
				}
			}
			if len(records) == 0 && a.Format == table {
				a.Say("no sweeps")
			}
			return l.end()
		},
	}
}

func (a *app) sweepShowCmd() *cobra.Command {
	var runs bool
	var outcomes []string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a sweep and how it went, or what became of each of its runs", Args: cobra.ExactArgs(1),
		Example: "  knockops sweep show 7 --runs --outcome unconfirmed,shared -o ndjson",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("ID", args[0])
			if err != nil {
				return err
			}
			j, err := a.currentJournal()
			if err != nil {
				return err
			}
			if err := checkOutcomes("--outcome", outcomes); err != nil {
				return err
			}
			r, err := sweep.Read(cmd.Context(), j, id)
			if err != nil {
				return a.absent(err, "sweep", id, "sweep list")
			}
			if runs || len(outcomes) > 0 {
				return a.printRuns(cmd.Context(), j, id, outcomes)
			}
			if a.Format != table {
				return a.Object(itemOf(r))
			}
			if err := a.printSweep(itemOf(r).sweepResult); err != nil {
				return err
			}
			carried := ""
			if h := r.Elsewhere; h != nil {
				carried = fmt.Sprintf("%s, process %d, since %s", h.Who, h.PID, stamp(h.Since))
			}
			if err := a.Item(nil, fact{"started", stamp(r.At)}, fact{"by", r.Who}, fact{"carried out by", carried}, fact{"environment", r.Environment}, fact{"reason", r.Options.Reason}); err != nil {
				return err
			}
			return section(a.Printer, "steps", newLister(a.Printer,
				column[sweep.Step]{"TIME", func(s sweep.Step) string { return stamp(s.At) }},
				column[sweep.Step]{"PROGRESS", func(s sweep.Step) string { return sweepWords(s.Progress) }},
				column[sweep.Step]{"DETAILS", func(s sweep.Step) string { return s.Text }},
			), r.Steps)
		},
	}
	cmd.Flags().BoolVar(&runs, "runs", false, "list its runs, each with its outcome and how that is known")
	cmd.Flags().StringSliceVar(&outcomes, "outcome", nil, "only runs of these outcomes: "+strings.Join(sweep.Outcomes(), ", "))
	return cmd
}
