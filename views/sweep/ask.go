package sweep

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
)

// ask stands before a sweep. It holds the plan as it was shown; what is read
// behind the dialog changes nothing.
func (v *plan) ask() tea.Cmd {
	e, s := v.estimate, v.session
	o := sweep.Options{Freeze: v.takes(stepFreeze), Follow: v.takes(stepFollow), Recall: v.takes(stepRecall)}
	act := consent.Sweep
	if v.file != nil {
		act = consent.SweepApply
	}
	return confirm.Ask(v.env, s.SweepPrompt(act, e, o, v.recall), func(reason string) tea.Cmd {
		o.Reason, v.started = reason, true
		return begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, e, o) })
	})
}

// askResume stands before a sweep that goes on with cancelling.
func askResume(env ui.Env, s *ops.Session, r sweep.Record) tea.Cmd {
	return confirm.Ask(env, s.ResumePrompt(r), func(string) tea.Cmd {
		return begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Resume(ctx, r.ID) })
	})
}

// askMore stands before a sweep that was held up at a bound sends more.
func askMore(env ui.Env, s *ops.Session, w *sweep.Sweep, why error) tea.Cmd {
	return confirm.Ask(env, s.MorePrompt(w, why), func(string) tea.Cmd {
		w.Resume()
		return ui.Toast(ui.Info, "the sweep goes on")
	})
}

// begin starts a sweep and shows it. Its end is told wherever the operator is by then.
func begin(s *ops.Session, start func(context.Context) (*sweep.Sweep, error)) tea.Cmd {
	return func() tea.Msg {
		w, err := start(context.Background())
		if err != nil {
			return ui.Toast(ui.Bad, "sweep: %s", err)()
		}
		return tea.BatchMsg{nav.Sweeping(w.ID()), func() tea.Msg { return over(s, w) }}
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
