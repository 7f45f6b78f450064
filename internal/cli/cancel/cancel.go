// Package cancel holds the command that cancels runs under a key.
package cancel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
)

// pendingBound is how many pending runs are read to find those under a key; that
// takes 20 s at most.
const pendingBound = 5000

// flags is a cancel as the command line has it.
type flags struct {
	key, keysFile          string
	to                     []string
	everyone, wait, dryRun bool
	consent                prompt.Agreement
}

// Command cancels runs.
func Command(a *app.App) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "cancel WORKFLOW --key KEY (--to REF | --everyone)", Short: "Cancel pending runs under a cancellation key", Args: cobra.ExactArgs(1),
		Long: "A cancel names whose runs it ends: those of the recipients given with --to, or, with --everyone, all that are\n" +
			"pending under the key. Knock accepts every cancel, also one for a key it never saw, and carries it out later;\n" +
			"only a run's own status proves it. --wait follows the runs until each is confirmed, finished first, or remains\n" +
			"unconfirmed. Runs younger than 5 s wait until they are that old, because Knock may miss them.",
		Example: "  knockops cancel invite-reminder --key invite-99121 --to user_1 --wait\n" +
			"  knockops cancel invite-reminder --keys-file keys.txt --everyone --yes",
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), a, args[0], f) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.key, "key", "", "the cancellation key")
	fs.StringVar(&f.keysFile, "keys-file", "", "a file (- for stdin) with a cancellation key on each line")
	fs.StringArrayVar(&f.to, "to", nil, "whose runs end: a user's id or collection/id; may be repeated")
	fs.BoolVar(&f.everyone, "everyone", false, "end everyone's runs under the key")
	fs.BoolVar(&f.wait, "wait", false, "wait until it is proven what became of each run")
	fs.BoolVar(&f.dryRun, "dry-run", false, "show what is pending and print the requests, but send none")
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	return cmd
}

// scope is what a cancel is about.
type scope struct {
	workflow string
	keys     []string
	to       []client.Ref // none for everyone
}

func readScope(a *app.App, workflow string, f flags) (scope, error) {
	x := scope{workflow: workflow}
	if err := client.CheckID("workflow key", workflow); err != nil {
		return x, err
	}
	switch {
	case f.everyone && len(f.to) > 0:
		return x, exit.Usage("--to and --everyone contradict each other: a cancel is for the recipients it names, or for everyone")
	case !f.everyone && len(f.to) == 0:
		return x, exit.Usage("whose runs? Name them with --to, or cancel all that is pending under the key with --everyone")
	case f.key != "" && f.keysFile != "":
		return x, exit.Usage("--key and --keys-file: give one of them")
	case f.key == "" && f.keysFile == "":
		return x, exit.Usage("which runs? Give their cancellation key with --key, or several in a --keys-file")
	}
	x.keys = []string{f.key}
	if f.keysFile != "" {
		var err error
		if x.keys, err = a.Lines("--keys-file", f.keysFile); err != nil {
			return x, err
		}
		if len(x.keys) == 0 {
			return x, exit.Usage("--keys-file %s holds no keys", f.keysFile)
		}
	}
	for _, key := range x.keys {
		if err := client.CheckID("cancellation key", key); err != nil {
			return x, err
		}
	}
	slices.Sort(x.keys)
	x.keys = slices.Compact(x.keys)
	to, err := input.Refs(f.to)
	for _, r := range to {
		if !slices.Contains(x.to, r) {
			x.to = append(x.to, r)
		}
	}
	return x, err
}

func run(ctx context.Context, a *app.App, workflow string, f flags) error {
	x, err := readScope(a, workflow, f)
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
	known, complete, err := findPending(ctx, a, s, x)
	if err != nil {
		return err
	}
	plan := x.plan(known)
	q := s.CancelPrompt(plan, known, complete)
	if !complete {
		q.Lines = append(q.Lines, fmt.Sprintf("Of what is pending the newest %s runs were read at most.", termtext.Count(pendingBound)))
	}
	if f.dryRun {
		a.Say("would %s", strings.Join(slices.Concat([]string{strings.ToLower(q.Title[:1]) + q.Title[1:]}, q.Totals, q.Lines), "\n  "))
		for _, r := range plan.Requests {
			if err := a.DryRun(s.Client.CancelRequest(r.Cancellation)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := a.Allow(ctx, s, p, &f.consent, q); err != nil {
		return err
	}
	return carryOut(ctx, a, s, x, plan, f)
}

// findPending reads what is pending. Where that cannot be read the cancel goes
// on without: on call, the list may be what is broken.
func findPending(ctx context.Context, a *app.App, s *ops.Session, x scope) ([]*client.Run, bool, error) {
	known, complete, err := cancel.Read(ctx, s.Client, x.workflow, x.keys, x.to, pendingBound)
	var answer *client.Error
	if errors.As(err, &answer) && ctx.Err() == nil && (answer.Status >= 500 || answer.Status == 429) {
		a.Say("what is pending cannot be read now, so what follows counts only what was: %v", err)
		return known, false, nil
	}
	return known, complete, err
}

func (x scope) plan(known []*client.Run) cancel.Plan {
	var p cancel.Plan
	for _, key := range x.keys {
		one := cancel.PlanEveryone(x.workflow, key, known)
		if len(x.to) > 0 {
			one = cancel.PlanRecipients(x.workflow, key, x.to, known)
		}
		p.Requests = append(p.Requests, one.Requests...)
	}
	return p
}
