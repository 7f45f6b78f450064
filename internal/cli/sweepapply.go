package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// writePlan keeps a plan in a file that nobody else can read: it names recipients.
func (a *app) writePlan(s *ops.Session, p sweep.Plan, path string) error {
	f, err := s.Sweeps.File(p)
	if err != nil {
		return guarded(err)
	}
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usage("--plan-out: %w", err)
	}
	_, err = file.Write(append(b, '\n'))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	a.Say("the plan of %s under %s is in %s (hash %s…); nothing was changed. To carry it out: %s",
		termtext.Plural(f.Runs, "run"), termtext.Plural(len(f.Keys), "key"), path, f.Hash[:12], s.Command("sweep apply "+termtext.ShellWord(path)))
	return nil
}

// drifted is how many runs may have come since a plan was made before it is refused.
const drifted = 100

func (a *app) sweepApplyCmd() *cobra.Command {
	var f sweepFlags
	var most int
	cmd := &cobra.Command{
		Use: "apply FILE", Short: "Carry out a plan that `sweep --plan-out` wrote, exactly that", Args: cobra.ExactArgs(1),
		Long: "It cancels those runs of the plan that are pending still, and no others: what has come since is shown by key and\n" +
			"left. A plan acts only where it was made, with the same key at the same host.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return guarded(a.apply(cmd.Context(), args[0], f, most))
		},
	}
	fs := cmd.Flags()
	fs.IntVar(&most, "max-drift", drifted, "refuse when more runs than this have come in the plan's scope since it was made")
	fs.BoolVar(&f.freeze, "freeze", false, "freeze the workflow first, so that nothing more arrives")
	fs.BoolVar(&f.dryRun, "dry-run", false, "show how what is pending differs from the plan, and change nothing")
	consentFlags(cmd, &f.consent)
	reasonFlag(cmd, &f.consent)
	return cmd
}

func (a *app) apply(ctx context.Context, path string, f sweepFlags, most int) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return usage("%w", err)
	}
	file, err := sweep.ParseFile(b)
	if err != nil {
		return err
	}
	s, p, err := a.session(ctx)
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
	if err := a.printDrift(drifts); err != nil {
		return err
	}
	gone, grown := sweep.Drifted(drifts)
	a.Say("of %s planned %s, %s not pending any more; %s came since and stay", termtext.Plural(file.Runs, "run"), pendingNow(plan.Cancellable), isAre(gone), termtext.Plural(grown, "run"))
	switch {
	case f.dryRun:
		return nil
	case grown > most:
		return refused("%s came in the plan's scope since it was made, and --max-drift allows %s: make the plan again; nothing was done", termtext.Plural(grown, "run"), termtext.Count(most))
	case plan.Cancellable == 0:
		a.Say("none of the planned runs is pending: nothing was done")
		return nil
	}
	return a.carryOutPlan(ctx, s, p, plan, f)
}

func pendingNow(n int) string {
	if n == 1 {
		return "1 is pending"
	}
	return termtext.Count(n) + " are pending"
}

func isAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return termtext.Count(n) + " are"
}

func (a *app) printDrift(drifts []sweep.Drift) error {
	if len(drifts) == 0 && a.Format == table {
		return nil
	}
	l := newLister(a.Printer,
		column[sweep.Drift]{"KEY", func(d sweep.Drift) string { return d.Key }},
		column[sweep.Drift]{"GONE", func(d sweep.Drift) string { return fmt.Sprint(d.Gone) }},
		column[sweep.Drift]{"GROWN", func(d sweep.Drift) string { return fmt.Sprint(d.Grown) }},
		column[sweep.Drift]{"", func(d sweep.Drift) string {
			if d.New {
				return "new key"
			}
			return ""
		}},
	)
	for _, d := range drifts {
		if err := l.add(d); err != nil {
			return err
		}
	}
	return l.end()
}

func (a *app) sweepRetryCmd() *cobra.Command {
	var f sweepFlags
	var only []string
	cmd := &cobra.Command{
		Use: "retry ID --only OUTCOME", Short: "Cancel again what a sweep left pending", Args: cobra.ExactArgs(1),
		Long:    "A new sweep over those runs of an earlier one that had the outcome and are pending still: these and no others.",
		Example: "  knockops sweep retry 7 --only unconfirmed",
		RunE: func(cmd *cobra.Command, args []string) error {
			return guarded(a.retry(cmd.Context(), args[0], only, f))
		},
	}
	cmd.Flags().StringSliceVar(&only, "only", nil, "outcomes: "+strings.Join(sweep.Outcomes(), ", "))
	consentFlags(cmd, &f.consent)
	reasonFlag(cmd, &f.consent)
	return cmd
}

func (a *app) retry(ctx context.Context, arg string, only []string, f sweepFlags) error {
	id, err := number("ID", arg)
	if err != nil {
		return err
	}
	if err := checkOutcomes("--only", only); err != nil {
		return err
	}
	if len(only) == 0 {
		return usage("which runs? Name their outcome with --only, such as --only unconfirmed")
	}
	s, p, err := a.session(ctx)
	if err != nil {
		return err
	}
	if err := a.Refuse(p, f.consent, true); err != nil {
		return err
	}
	plan, err := s.Sweeps.Retry(ctx, id, only, nil)
	if err != nil {
		return a.absent(err, "sweep", id, "sweep list")
	}
	if plan.Complete && plan.Cancellable == 0 {
		a.Say("none of these runs is pending any more: nothing was done")
		return nil
	}
	return a.carryOutPlan(ctx, s, p, plan, f)
}

func checkOutcomes(flag string, given []string) error {
	for _, o := range given {
		known := false
		for _, name := range sweep.Outcomes() {
			known = known || o == name
		}
		if !known {
			return usage("%s: %s is none of %s", flag, strconv.Quote(o), strings.Join(sweep.Outcomes(), ", "))
		}
	}
	return nil
}

// printRuns lists the runs of a sweep with what became of each.
func (a *app) printRuns(ctx context.Context, j *journal.Journal, id int64, outcomes []string) error {
	l := newLister(a.Printer,
		column[sweepRun]{"RUN", func(r sweepRun) string { return r.Run }},
		column[sweepRun]{"RECIPIENT", func(r sweepRun) string { return r.Recipient }},
		column[sweepRun]{"KEY", func(r sweepRun) string { return r.Key }},
		column[sweepRun]{"TENANT", func(r sweepRun) string { return r.Tenant }},
		column[sweepRun]{"TRIGGERED", func(r sweepRun) string { return stampText(r.Triggered) }},
		column[sweepRun]{"OUTCOME", func(r sweepRun) string { return r.Outcome }},
		column[sweepRun]{"EVIDENCE", func(r sweepRun) string { return r.Evidence }},
		column[sweepRun]{"LEARNED", func(r sweepRun) string { return stampText(r.At) }},
	)
	err := sweep.Runs(ctx, j, id, outcomes, func(r journal.SweepRun) error {
		return l.add(sweepRun{r.Run, r.Workflow, r.Key, r.Recipient, r.Tenant, r.Source, rfc3339(r.Triggered), r.Outcome, r.Evidence, rfc3339(r.At)})
	})
	if err != nil {
		return closing(l, err)
	}
	return l.end()
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
func (a *app) carryOutPlan(ctx context.Context, s *ops.Session, p config.Profile, plan sweep.Plan, f sweepFlags) error {
	o := sweep.Options{Freeze: f.freeze, Follow: true}
	if err := a.Allow(ctx, s, p, &f.consent, sweepQuestion(p, plan, nil, o).prompt(p)); err != nil {
		return err
	}
	o.Reason = f.consent.reason
	w, err := s.Sweeps.Start(ctx, plan, o)
	if err != nil {
		return err
	}
	return a.watchSweep(ctx, s, w)
}
