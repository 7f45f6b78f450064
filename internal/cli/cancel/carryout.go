package cancel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
)

// cancelled is what came of a cancel.
type cancelled struct {
	Workflow   string         `json:"workflow"`
	Keys       []string       `json:"cancellation_keys"`
	Everyone   bool           `json:"everyone"`
	Recipients []client.Ref   `json:"recipients,omitempty"`
	Requests   int            `json:"requests"`
	Runs       []cancelledRun `json:"runs"`
}

type cancelledRun struct {
	ID              string     `json:"id"`
	Recipient       client.Ref `json:"recipient"`
	CancellationKey string     `json:"cancellation_key"`
	Verdict         string     `json:"verdict"`
	Detail          string     `json:"detail,omitempty"`
}

// carryOut sends a plan, with --wait proves it, and prints what became of each run.
func carryOut(ctx context.Context, a *app.App, s *ops.Session, x scope, plan cancel.Plan, f flags) error {
	seen := newResults(a, plan.Runs())
	_, err := cancel.Run(ctx, &s.Runner, plan, f.consent.Reason, f.wait, seen.note)
	seen.done()
	result := cancelled{Workflow: x.workflow, Keys: x.keys, Everyone: len(x.to) == 0, Recipients: x.to, Requests: len(plan.Requests), Runs: seen.runs()}
	if failed := printCancelled(a, result); failed != nil {
		return failed
	}
	return judge(a, x, seen, f.wait, err)
}

// judge says in a sentence what was reached, and makes the exit code of it.
func judge(a *app.App, x scope, seen *results, wait bool, err error) error {
	n := seen.counts()
	total := len(seen.last)
	quiet := ""
	if keys := x.unseen(seen); len(keys) > 0 {
		quiet = fmt.Sprintf("nothing was seen pending under %s; Knock accepts a cancel for any key, so nothing proves that it ended something", output.Names(keys))
	}
	switch {
	case err != nil && n[cancel.Failed] == total && (total > 0 || len(x.keys) == 1):
		return err
	case err != nil:
		return exit.Part("done in part: %s; the first that failed: %w", seen.words(), err)
	case quiet != "" && wait:
		return exit.Part("unconfirmed: %s", quiet)
	case quiet != "":
		a.Say("requested: %s", quiet)
	case !wait:
		a.Say("requested for %s; that is not proof: --wait follows them, and `knockops runs list --workflow %s` shows what is still pending", termtext.Plural(total, "run"), termtext.ShellWord(x.workflow))
	case n[cancel.Confirmed] < total:
		return exit.Part("done in part: %s", seen.words())
	case total == 1:
		a.Say("confirmed: the run reads cancelled")
	default:
		a.Say("confirmed: all %s read cancelled", termtext.Plural(total, "run"))
	}
	return nil
}

// unseen are the keys under which no run was seen, before or after the cancel.
func (x scope) unseen(f *results) []string {
	seen := map[string]bool{}
	for _, result := range f.last {
		seen[result.Run.TriggerSource.CancellationKey] = true
	}
	return slices.DeleteFunc(slices.Clone(x.keys), func(key string) bool { return seen[key] })
}

func printCancelled(a *app.App, c cancelled) error {
	if a.Format != output.Table {
		return a.Object(c)
	}
	l := output.NewLister(a.Printer,
		output.Col("RUN", func(r cancelledRun) string { return r.ID }),
		output.Col("RECIPIENT", func(r cancelledRun) string { return r.Recipient.String() }),
		output.Col("KEY", func(r cancelledRun) string { return r.CancellationKey }),
		output.Col("VERDICT", func(r cancelledRun) string { return r.Verdict }),
		output.Col("DETAIL", func(r cancelledRun) string { return r.Detail }),
	)
	return l.Rows(c.Runs)
}

// results gathers what becomes of runs, and says so as it happens: one by one
// where they are few, as a count on a terminal where they are many.
type results struct {
	App  *app.App
	each bool
	line int // width of a terminal to count on; 0 for none
	last map[string]cancel.Result
}

// toldEach is up to how many runs each is told of.
const toldEach = 20

func newResults(a *app.App, runs int) *results {
	f := &results{App: a, each: runs <= toldEach, last: map[string]cancel.Result{}}
	if !f.each {
		f.line = output.TerminalWidth(a.Stderr)
	}
	return f
}

// note takes one result.
func (f *results) note(result cancel.Result) {
	f.last[result.Run.ID] = result
	switch {
	case f.each:
		line := fmt.Sprintf("%s  %s", result.Run.Recipient, result.Verdict)
		if result.Text != "" {
			line += ": " + result.Text
		}
		fmt.Fprintln(f.App.Stderr, termtext.Clean(line))
	case f.line > 0:
		fmt.Fprint(f.App.Stderr, "\r\x1b[K"+termtext.Truncate(f.words(), f.line-1))
	}
}

func (f *results) done() {
	if f.line > 0 {
		fmt.Fprintln(f.App.Stderr)
	}
}

func (f *results) counts() map[cancel.Verdict]int {
	n := map[cancel.Verdict]int{}
	for _, result := range f.last {
		n[result.Verdict]++
	}
	return n
}

func (f *results) words() string {
	n := f.counts()
	var parts []string
	for v := cancel.TooYoung; v <= cancel.Failed; v++ {
		if n[v] > 0 {
			parts = append(parts, termtext.Count(n[v])+" "+v.String())
		}
	}
	if len(parts) == 0 {
		return "no run was seen"
	}
	return strings.Join(parts, ", ")
}

// runs are the results in the order of the runs' recipients.
func (f *results) runs() []cancelledRun {
	out := []cancelledRun{}
	for _, result := range f.last {
		r := result.Run
		out = append(out, cancelledRun{r.ID, r.Recipient, r.TriggerSource.CancellationKey, result.Verdict.String(), result.Text})
	}
	slices.SortFunc(out, func(a, b cancelledRun) int {
		return strings.Compare(a.Recipient.String()+"\x00"+a.ID, b.Recipient.String()+"\x00"+b.ID)
	})
	return out
}
