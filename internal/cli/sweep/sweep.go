// Package sweep holds the commands that plan, carry out, resume and show sweeps.
package sweep

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// flags is a sweep as the command line has it.
type flags struct {
	to, sources                              []string
	tenant, since, until, keyGlob, keyRegex  string
	keysFile                                 string
	errors, freeze, recall, dryRun, unproven bool
	actor, planOut, prove                    string
	where                                    []string
	max, beyond                              int
	consent                                  prompt.Agreement
}

// Command sweeps a workflow, and holds the commands about sweeps.
func Command(a *app.App) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "sweep WORKFLOW", Short: "Cancel all pending runs of a workflow that match, and prove it", Args: cobra.MaximumNArgs(1),
		Long: "A sweep finds the cancellation keys of the runs in scope and cancels them while it reads on, looks until nothing\n" +
			"in scope is pending twice in a row, and reads how each run ended. It says first what it will do: --dry-run stops\n" +
			"there. Runs without a cancellation key cannot be cancelled; --freeze ends those that wake while it lasts.\n" +
			"A scope by tenant, actor, time, source, errors or field reads all pending runs of the workflow before its first\n" +
			"cancel, 250 a second: a cancel ends all that share key and recipient, and must not reach a run that is out of\n" +
			"scope. Each of its cancels rests on a reading younger than 5 s.\n" +
			"Confirmed by reading means that the run itself was read as cancelled; by exclusion, that nothing in scope is\n" +
			"pending and the run is not among those that completed, with a random sample read to check.\n" +
			"Every request is in the journal before it is sent. A sweep that was cut off goes on with `knockops sweep resume`.",
		Example: "  knockops sweep invite-reminder --key-glob 'invite-99*' --dry-run\n" +
			"  knockops sweep invite-reminder --freeze --recall --yes --reason 'incident 42'\n" +
			"  knockops sweep invite-reminder --keys-file keys.txt --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			workflow := ""
			if len(args) > 0 {
				workflow = args[0]
			}
			return exit.Guarded(run(cmd.Context(), a, workflow, f))
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.to, "to", nil, "whose runs: a user's id or collection/id; may be repeated (default: everyone's)")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id")
	input.TimeFlags(cmd, &f.since, &f.until)
	fs.StringVar(&f.keyGlob, "key-glob", "", "keys that match, * stands for anything and ? for one character")
	fs.StringVar(&f.keyRegex, "key-regex", "", "keys in which this regular expression is found")
	fs.StringVar(&f.keysFile, "keys-file", "", "a file (- for stdin) with a cancellation key on each line: these and no others")
	fs.StringArrayVar(&f.sources, "source", nil, "type of trigger source: "+strings.Join(sweep.SourceTypes, ", ")+"; may be repeated")
	fs.StringVar(&f.actor, "actor", "", "who caused the runs: a user's id or collection/id")
	fs.StringArrayVar(&f.where, "where", nil, "a field of the run and its value, as Knock names them, such as trigger_source.schedule_id=ID; may be repeated")
	fs.BoolVar(&f.errors, "errors", false, "only runs with errors")
	fs.BoolVar(&f.freeze, "freeze", false, "freeze the workflow first, so that nothing more arrives")
	fs.BoolVar(&f.recall, "recall", false, "archive the in-app messages that runs in scope have delivered")
	fs.BoolVar(&f.unproven, "no-follow", false, "end once Knock accepted the cancels, without proof")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	fs.StringVar(&f.planOut, "plan-out", "", "write the plan to a file for 'knockops sweep apply', and change nothing")
	fs.IntVar(&f.max, "max", 0, "cancel at most this many runs: refuse a plan of more, and stop where more are found (0: no bound)")
	fs.IntVar(&f.beyond, "beyond", 0, "stop when more cancels than this go out that the plan did not foresee (0: as many as planned, at least 100, where the plan is complete; -1: no bound)")
	fs.StringVar(&f.prove, "prove", "exclude", "how the end of runs is proven: exclude (many by exclusion, a sample read) or read (each is read)")
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	cmd.AddCommand(applyCmd(a), resumeCmd(a), retryCmd(a), listCmd(a), showCmd(a))
	return cmd
}

// scope is what the flags say; times are read against Knock's clock.
func (f flags) scope(a *app.App, workflow string, c *client.Client) (sweep.Scope, error) {
	s := sweep.Scope{Workflow: workflow, Tenant: f.tenant, KeyGlob: f.keyGlob, KeyRegex: f.keyRegex, Sources: f.sources, Errors: f.errors}
	if f.actor != "" {
		actor, err := client.ParseRef(f.actor)
		if err != nil {
			return s, exit.Usage("--actor: %w", err)
		}
		s.Actor = &actor
	}
	for _, text := range f.where {
		field, err := sweep.ParseField(text)
		if err != nil {
			return s, exit.Usage("--where: %w", err)
		}
		s.Where = append(s.Where, field)
	}
	to, err := input.Refs(f.to)
	if err != nil {
		return s, err
	}
	for _, r := range to {
		if !slices.Contains(s.Recipients, r) {
			s.Recipients = append(s.Recipients, r)
		}
	}
	if f.keysFile != "" {
		keys, err := a.Lines("--keys-file", f.keysFile)
		if err != nil {
			return s, err
		}
		slices.Sort(keys)
		s.Keys = append([]string{}, slices.Compact(keys)...) // none is not all
	}
	if s.Since, err = input.When(a.Ctx, "--since", f.since, c); err != nil {
		return s, err
	}
	if s.Until, err = input.When(a.Ctx, "--until", f.until, c); err != nil {
		return s, err
	}
	return s, s.Check()
}

// options are what the flags say of how the sweep goes about it.
func (f flags) options() sweep.Options {
	return sweep.Options{Freeze: f.freeze, Follow: !f.unproven, Recall: f.recall, Max: f.max, Beyond: f.beyond, ReadAll: f.prove == "read"}
}

func (f flags) check() error {
	switch {
	case f.max < 0:
		return exit.Usage("--max is %d: give a number of runs", f.max)
	case f.beyond < -1:
		return exit.Usage("--beyond is %d: give a number of cancels, or -1 for no bound", f.beyond)
	case f.prove != "exclude" && f.prove != "read":
		return exit.Usage("--prove is %s: give exclude or read", strconv.Quote(f.prove))
	}
	return nil
}

func run(ctx context.Context, a *app.App, workflow string, f flags) error {
	if err := f.check(); err != nil {
		return err
	}
	if workflow == "" {
		return sweep.Scope{}.Check()
	}
	s, p, err := a.Session(ctx)
	if err != nil {
		return err
	}
	scope, err := f.scope(a, workflow, s.Client)
	if err != nil {
		return err
	}
	plans := f.dryRun || f.planOut != ""
	if !plans {
		if err := a.Refuse(p, f.consent, true); err != nil {
			return err
		}
	}
	e, err := estimate(ctx, a, s, scope, f)
	if err != nil {
		return err
	}
	if f.max > 0 && e.Cancellable > f.max && !plans {
		return exit.Refused("%s are in scope, and --max allows %s: nothing was done", termtext.Plural(e.Cancellable, "run"), termtext.Count(f.max))
	}
	recall := countRecall(ctx, a, s, e, f)
	if f.planOut != "" {
		return writePlan(a, s, e, f.planOut)
	}
	if f.dryRun {
		return printPlan(a, e, f.options(), recall)
	}
	if e.Doubt != "" && !f.freeze {
		return exit.Part("nothing in scope is pending, which may not mean what it says: %s", e.Doubt)
	}
	if e.Complete && e.Cancellable == 0 && len(scope.Keys) == 0 && !f.freeze && !f.recall {
		a.Say("nothing in scope is pending that can be cancelled: nothing was done%s", noKeyWords(e))
		return nil
	}
	o := f.options()
	if err := ask(ctx, a, s, p, &f, consent.Sweep, e, recall, o); err != nil {
		return err
	}
	o.Reason = f.consent.Reason
	w, err := s.Sweeps.Start(ctx, e, o)
	if err != nil {
		return err
	}
	return watchSweep(ctx, a, s, p, w)
}
