package sweep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// writePlan keeps a plan in a file that nobody else can read: it names recipients.
func writePlan(a *app.App, s *ops.Session, p sweep.Plan, path string) error {
	f, err := s.Sweeps.File(p)
	if err != nil {
		return exit.Guarded(err)
	}
	if err := f.Write(path); err != nil {
		return exit.Usage("--plan-out: %w", err)
	}
	a.Say("the plan of %s under %s is in %s (hash %s…); nothing was changed. To carry it out: %s",
		termtext.Plural(f.Runs, "run"), termtext.Plural(len(f.Keys), "key"), path, f.Hash[:12], s.Command("sweep apply "+termtext.ShellWord(path)))
	return nil
}

func applyCmd(a *app.App) *cobra.Command {
	var f flags
	var most int
	cmd := &cobra.Command{
		Use: "apply FILE", Short: "Carry out a plan that `sweep --plan-out` wrote, exactly that", Args: cobra.ExactArgs(1),
		Long: "It cancels those runs of the plan that are pending still, and no others: what has come since is shown by key and\n" +
			"left. A plan acts only where it was made, with the same key at the same host.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return exit.Guarded(apply(cmd.Context(), a, args[0], f, most))
		},
	}
	set := cmd.Flags()
	set.IntVar(&most, "max-drift", sweep.MaxDrift, "refuse when more runs than this have come in the plan's scope since it was made")
	set.BoolVar(&f.freeze, "freeze", false, "freeze the workflow first, so that nothing more arrives")
	set.BoolVar(&f.dryRun, "dry-run", false, "show how what is pending differs from the plan, and change nothing")
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	return cmd
}

func apply(ctx context.Context, a *app.App, path string, f flags, most int) error {
	file, err := sweep.ReadFile(path)
	if errors.As(err, new(*fs.PathError)) {
		return exit.Usage("%w", err)
	}
	if err != nil {
		return err
	}
	s, p, err := a.Session(ctx)
	if err != nil {
		return err
	}
	if !f.dryRun {
		if err := a.Refuse(p, f.consent, true); err != nil {
			return err
		}
	}
	plan, drifts, err := s.Sweeps.Compare(ctx, file, nil)
	if err != nil {
		return err
	}
	if err := printDrift(a, drifts); err != nil {
		return err
	}
	_, grown := sweep.Drifted(drifts)
	a.Say("%s", sweep.DriftWords(file.Runs, plan.Cancellable, drifts))
	switch {
	case f.dryRun:
		return nil
	case grown > most:
		return exit.Refused("%s came in the plan's scope since it was made, and --max-drift allows %s: make the plan again; nothing was done", termtext.Plural(grown, "run"), termtext.Count(most))
	case plan.Cancellable == 0:
		a.Say("none of the planned runs is pending: nothing was done")
		return nil
	}
	return carryOutPlan(ctx, a, s, p, consent.SweepApply, plan, f)
}

func printDrift(a *app.App, drifts []sweep.Drift) error {
	if len(drifts) == 0 && a.Format == output.Table {
		return nil
	}
	l := output.NewLister(a.Printer,
		output.Col("KEY", func(d sweep.Drift) string { return d.Key }),
		output.Col("GONE", func(d sweep.Drift) string { return fmt.Sprint(d.Gone) }),
		output.Col("GROWN", func(d sweep.Drift) string { return fmt.Sprint(d.Grown) }),
		output.Col("", func(d sweep.Drift) string {
			if d.New {
				return "new key"
			}
			return ""
		}),
	)
	return l.Rows(drifts)
}

func retryCmd(a *app.App) *cobra.Command {
	var f flags
	var only []string
	cmd := &cobra.Command{
		Use: "retry ID --only OUTCOME", Short: "Cancel again what a sweep left pending", Args: cobra.ExactArgs(1),
		Long:    "A new sweep over those runs of an earlier one that had the outcome and are pending still: these and no others.",
		Example: "  knockops sweep retry 7 --only unconfirmed",
		RunE: func(cmd *cobra.Command, args []string) error {
			return exit.Guarded(retry(cmd.Context(), a, args[0], only, f))
		},
	}
	cmd.Flags().StringSliceVar(&only, "only", nil, "outcomes: "+strings.Join(sweep.Outcomes(), ", "))
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	return cmd
}

func retry(ctx context.Context, a *app.App, arg string, only []string, f flags) error {
	id, err := input.Number("ID", arg)
	if err != nil {
		return err
	}
	if err := checkOutcomes("--only", only); err != nil {
		return err
	}
	if len(only) == 0 {
		return exit.Usage("which runs? Name their outcome with --only, such as --only unconfirmed")
	}
	s, p, err := a.Session(ctx)
	if err != nil {
		return err
	}
	if err := a.Refuse(p, f.consent, true); err != nil {
		return err
	}
	plan, err := s.Sweeps.Retry(ctx, id, only, nil)
	if err != nil {
		return a.Absent(err, "sweep", id, "sweep list")
	}
	if plan.Complete && plan.Cancellable == 0 {
		a.Say("none of these runs is pending any more: nothing was done")
		return nil
	}
	return carryOutPlan(ctx, a, s, p, consent.SweepRetry, plan, f)
}

func checkOutcomes(flag string, given []string) error {
	for _, o := range given {
		known := false
		for _, name := range sweep.Outcomes() {
			known = known || o == name
		}
		if !known {
			return exit.Usage("%s: %s is none of %s", flag, strconv.Quote(o), strings.Join(sweep.Outcomes(), ", "))
		}
	}
	return nil
}

// printRuns lists the runs of a sweep with what became of each.
func printRuns(ctx context.Context, a *app.App, j *journal.Journal, id int64, outcomes []string) error {
	l := output.NewLister(a.Printer,
		output.Col("RUN", func(r sweepRun) string { return r.Run }),
		output.Col("RECIPIENT", func(r sweepRun) string { return r.Recipient }),
		output.Col("KEY", func(r sweepRun) string { return r.Key }),
		output.Col("TENANT", func(r sweepRun) string { return r.Tenant }),
		output.Col("TRIGGERED", func(r sweepRun) string { return output.StampText(r.Triggered) }),
		output.Col("OUTCOME", func(r sweepRun) string { return r.Outcome }),
		output.Col("EVIDENCE", func(r sweepRun) string { return r.Evidence }),
		output.Col("LEARNED", func(r sweepRun) string { return output.StampText(r.At) }),
	)
	err := sweep.Runs(ctx, j, id, outcomes, func(r journal.SweepRun) error {
		return l.Add(sweepRun{r.Run, r.Workflow, r.Key, r.Recipient, r.Tenant, r.Source, output.RFC3339(r.Triggered), r.Outcome, r.Evidence, output.RFC3339(r.At)})
	})
	if err != nil {
		return output.Closing(l, err)
	}
	return l.End()
}

// sweepRun is a run of a sweep as JSON.
type sweepRun struct {
	Run       string `json:"id"`
	Workflow  string `json:"workflow"`
	Key       string `json:"cancellation_key"`
	Recipient string `json:"recipient"`
	Tenant    string `json:"tenant,omitempty"`
	Source    string `json:"source"`
	Triggered string `json:"inserted_at"` // by Knock's clock, as all times here
	Outcome   string `json:"outcome"`
	Evidence  string `json:"evidence"`
	At        string `json:"learned_at"`
}

// carryOutPlan asks before a plan is carried out, and follows it.
func carryOutPlan(ctx context.Context, a *app.App, s *ops.Session, p config.Profile, act consent.Act, plan sweep.Plan, f flags) error {
	o := sweep.Options{Freeze: f.freeze, Follow: true}
	if err := ask(ctx, a, s, p, &f, act, plan, nil, o); err != nil {
		return err
	}
	o.Reason = f.consent.Reason
	w, err := s.Sweeps.Start(ctx, plan, o)
	if err != nil {
		return err
	}
	return watchSweep(ctx, a, s, p, w)
}
