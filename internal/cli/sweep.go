package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// sweepFlags is a sweep as the command line has it.
type sweepFlags struct {
	to, sources                              []string
	tenant, since, until, keyGlob, keyRegex  string
	keysFile                                 string
	errors, freeze, recall, dryRun, unproven bool
	max                                      int
	consent                                  agreement
}

func (a *app) sweepCmd() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use: "sweep WORKFLOW", Short: "Cancel all pending runs of a workflow that match, and prove it", Args: cobra.MaximumNArgs(1),
		Long: "A sweep finds the cancellation keys of the runs in scope and cancels them while it reads on, looks until nothing\n" +
			"in scope is pending twice in a row, and reads how each run ended. It says first what it will do: --dry-run stops\n" +
			"there. Runs without a cancellation key cannot be cancelled; --freeze ends those that wake while it lasts.\n" +
			"A scope by tenant, time, source or errors reads all pending runs of the workflow before its first cancel, 250 a\n" +
			"second: a cancel ends all that share key and recipient, and must not reach a run that is out of scope.\n" +
			"Every request is in the journal before it is sent. A sweep that was cut off goes on with `knockops sweep resume`.",
		Example: "  knockops sweep invite-reminder --key-glob 'invite-99*' --dry-run\n" +
			"  knockops sweep invite-reminder --freeze --recall --yes --reason 'incident 42'\n" +
			"  knockops sweep invite-reminder --keys-file keys.txt --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			workflow := ""
			if len(args) > 0 {
				workflow = args[0]
			}
			return guarded(a.sweep(cmd.Context(), workflow, f))
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.to, "to", nil, "whose runs: a user's id or collection/id; may be repeated (default: everyone's)")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id")
	timeFlags(cmd, &f.since, &f.until)
	fs.StringVar(&f.keyGlob, "key-glob", "", "keys that match, * stands for anything and ? for one character")
	fs.StringVar(&f.keyRegex, "key-regex", "", "keys in which this regular expression is found")
	fs.StringVar(&f.keysFile, "keys-file", "", "a file (- for stdin) with a cancellation key on each line: these and no others")
	fs.StringArrayVar(&f.sources, "source", nil, "type of trigger source: "+strings.Join(sweep.SourceTypes, ", ")+"; may be repeated")
	fs.BoolVar(&f.errors, "errors", false, "only runs with errors")
	fs.BoolVar(&f.freeze, "freeze", false, "freeze the workflow first, so that nothing more arrives")
	fs.BoolVar(&f.recall, "recall", false, "archive the in-app messages that runs in scope have delivered")
	fs.BoolVar(&f.unproven, "no-follow", false, "end once Knock accepted the cancels, without proof")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	fs.IntVar(&f.max, "max", 0, "refuse when more runs than this are in scope (0: no bound)")
	consentFlags(cmd, &f.consent)
	reasonFlag(cmd, &f.consent)
	cmd.AddCommand(a.sweepResumeCmd(), a.sweepListCmd(), a.sweepShowCmd())
	return cmd
}

// guarded gives a refusal of a guard its exit code.
func guarded(err error) error {
	var refusal *runner.Refusal
	if errors.As(err, &refusal) {
		return refused("%w", err)
	}
	return err
}

// scope is what the flags say; times are read against Knock's clock.
func (f sweepFlags) scope(a *app, workflow string, c *client.Client) (sweep.Scope, error) {
	s := sweep.Scope{Workflow: workflow, Tenant: f.tenant, KeyGlob: f.keyGlob, KeyRegex: f.keyRegex, Sources: f.sources, Errors: f.errors}
	to, err := refs(f.to)
	if err != nil {
		return s, err
	}
	for _, r := range to {
		if !slices.Contains(s.Recipients, r) {
			s.Recipients = append(s.Recipients, r)
		}
	}
	if f.keysFile != "" {
		keys, err := a.lines("--keys-file", f.keysFile)
		if err != nil {
			return s, err
		}
		slices.Sort(keys)
		s.Keys = append([]string{}, slices.Compact(keys)...) // none is not all
	}
	if s.Since, err = when(a.ctx, "--since", f.since, c); err != nil {
		return s, err
	}
	if s.Until, err = when(a.ctx, "--until", f.until, c); err != nil {
		return s, err
	}
	return s, s.Check()
}

func (a *app) sweep(ctx context.Context, workflow string, f sweepFlags) error {
	if f.max < 0 {
		return usage("--max is %d: give a number of runs", f.max)
	}
	if workflow == "" {
		return sweep.Scope{}.Check()
	}
	s, p, err := a.session(ctx)
	if err != nil {
		return err
	}
	scope, err := f.scope(a, workflow, s.Client)
	if err != nil {
		return err
	}
	if !f.dryRun {
		if err := a.refuse(p, f.consent, true); err != nil {
			return err
		}
	}
	e, err := a.estimate(ctx, s, scope, f)
	if err != nil {
		return err
	}
	if f.max > 0 && e.Runs > f.max && !f.dryRun {
		return refused("%s are in scope, and --max allows %s: nothing was done", termtext.Plural(e.Runs, "run"), termtext.Count(f.max))
	}
	recall := a.countRecall(ctx, s, e, f)
	if f.dryRun {
		return a.printPlan(e, recall)
	}
	if e.Complete && e.Cancellable == 0 && len(scope.Keys) == 0 && !f.freeze && !f.recall {
		a.say("nothing in scope is pending that can be cancelled: nothing was done%s", noKeyWords(e))
		return nil
	}
	o := sweep.Options{Freeze: f.freeze, Follow: !f.unproven, Recall: f.recall, Max: f.max}
	if err := a.allow(ctx, s, p, &f.consent, sweepQuestion(p, e, recall, o).prompt(p)); err != nil {
		return err
	}
	o.Reason = f.consent.reason
	w, err := s.Sweeps.Start(ctx, e, o)
	if err != nil {
		return err
	}
	return a.watchSweep(ctx, w)
}
