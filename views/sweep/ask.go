package sweep

import (
	"context"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
)

// fresh is how old a plan may be without its age being said before it is carried out.
const fresh = time.Minute

// ask stands before a sweep. It holds the plan as it was shown; what is read
// behind the dialog changes nothing.
func (v *plan) ask() tea.Cmd {
	e, scope, where := v.estimate, v.scope, v.env.Status().Where()
	o := sweep.Options{Freeze: v.takes(stepFreeze), Follow: v.takes(stepFollow), Recall: v.takes(stepRecall)}
	runs := termtext.Plural(e.Cancellable, "run")
	if !e.Complete {
		runs = "at least " + runs
	}
	yes := "Sweep " + runs
	if e.Runs == 0 && e.Complete && !o.Freeze {
		yes = "Recall what landed in feeds" // the only reason to go on
	}
	lines := []string{fmt.Sprintf("%s   %s   %s", scope.Workflow, runs, termtext.Plural(e.Keys, "key"))}
	if words := narrowed(scope); words != "" {
		lines = append(lines, words)
	}
	lines = append(lines, "")
	if o.Freeze {
		lines = append(lines, "First "+scope.Workflow+" is frozen: triggers are refused until somebody thaws it.")
	}
	if scope.Everyone() {
		lines = append(lines, termtext.Plural(e.Requests, "request")+", one for each key: whoever is under it is in scope.")
	} else {
		lines = append(lines, termtext.Plural(e.Requests, "request")+" that name their recipients. Other runs under these keys stay as they are.")
	}
	if e.NoKey > 0 {
		lines = append(lines, termtext.Plural(e.NoKey, "run")+" without a key cannot be cancelled, and stay.")
	}
	if o.Follow {
		lines = append(lines, "What arrives in scope meanwhile is swept as well, until nothing is pending.")
	}
	if o.Recall {
		lines = append(lines, "Then in-app messages of the scope are archived. Other messages cannot be recalled.")
		counted := "how many was not counted yet"
		if v.recall != nil {
			counted = v.recall.String()
		}
		lines = append(lines, "As far as the plan knows: "+counted+".")
	}
	if age := time.Since(e.At); age > fresh {
		lines = append(lines, "The plan is "+termtext.Age(age)+" old.")
	}
	return ui.Show(ui.NewConfirm(v.env.Theme, ui.Confirm{
		Title: "Sweep " + scope.Workflow + " in " + where, Lines: lines,
		Yes: yes, No: "No, send nothing",
		Word: scope.Workflow, WordIs: "the workflow's key",
		AskReason: true, NeedReason: v.env.Status().Protected,
		OnYes: func(reason string) tea.Cmd {
			o.Reason = reason
			s := v.session
			return begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, e, o) })
		},
	}))
}

// askResume stands before a sweep that goes on with cancelling.
func askResume(env ui.Env, s *ops.Session, r sweep.Record) tea.Cmd {
	lines := []string{
		"Started " + moment(r.At) + " by " + r.Who + ". It is " + r.State() + ".",
		"What Knock accepted is not sent again, unless its runs are still pending.",
		"What is in scope by now and was not then is swept as well.",
	}
	if r.Options.Freeze && !r.Progress.Frozen {
		lines = append(lines, r.Scope.Workflow+" is frozen first: triggers are refused until somebody thaws it.")
	}
	if r.Options.Recall {
		lines = append(lines, "At its end in-app messages of the scope are archived.")
	}
	if words := narrowed(r.Scope); words != "" {
		lines = append([]string{words, ""}, lines...)
	}
	return ui.Show(ui.NewConfirm(env.Theme, ui.Confirm{
		Title: fmt.Sprintf("Resume sweep %d of %s in %s", r.ID, r.Scope.Workflow, env.Status().Where()), Lines: lines,
		Yes: "Resume it", No: "No, send nothing",
		Word: r.Scope.Workflow, WordIs: "the workflow's key",
		OnYes: func(string) tea.Cmd {
			return begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Resume(ctx, r.ID) })
		},
	}))
}

// begin starts a sweep and shows it. Its end is told wherever the operator is by then.
func begin(s *ops.Session, start func(context.Context) (*sweep.Sweep, error)) tea.Cmd {
	return func() tea.Msg {
		w, err := start(context.Background())
		if err != nil {
			return ui.Toast(ui.Bad, "sweep: %s", err)()
		}
		return tea.BatchMsg{ui.Open(Progress, ui.Params{ID: strconv.FormatInt(w.ID(), 10)}), func() tea.Msg { return over(s, w) }}
	}
}

// over waits for the end of a sweep and words it.
func over(s *ops.Session, w *sweep.Sweep) tea.Msg {
	p, err := w.Wait(context.Background())
	s.Pulse.Refresh()
	what := "sweep of " + w.Scope().Workflow
	switch {
	case p.Phase == sweep.PhaseAborted:
		return ui.Toast(ui.Warn, "%s aborted: what was sent stays sent", what)()
	case err != nil:
		return ui.Toast(ui.Bad, "%s: %s", what, err)()
	case p.Verdict(true) != sweep.VerdictConfirmed:
		return ui.Toast(ui.Warn, "%s: %s", what, countsText(p))()
	}
	return ui.Toast(ui.Good, "%s: %s", what, countsText(p))()
}
