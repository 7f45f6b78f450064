// Package sweeping starts sweeps from several views: it asks, starts, shows, and tells their end.
package sweeping

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
)

// Stop asks before a workflow is frozen and swept at once, by a plan made of what is known of it now.
// Where the profile is protected and not armed, the same yes arms it.
func Stop(env ui.Env, s *ops.Session, workflow string) tea.Cmd {
	p, o := s.StopPlan(workflow)
	return confirm.Ask(env, s.StopPrompt(p, o), func(reason string) tea.Cmd {
		o.Reason = reason
		return Begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, p, o) })
	})
}

// Resume asks before a sweep goes on with cancelling.
func Resume(env ui.Env, s *ops.Session, r sweep.Record) tea.Cmd {
	return confirm.Ask(env, s.ResumePrompt(r), func(string) tea.Cmd {
		return Begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Resume(ctx, r.ID) })
	})
}

// CannotResume says why a sweep does not go on.
func CannotResume(s *ops.Session, r sweep.Record) string {
	switch {
	case r.Running:
		return "this sweep is in progress"
	case r.Elsewhere != nil:
		return fmt.Sprintf("%s carries it out in process %d: end that one first", r.Elsewhere.Who, r.Elsewhere.PID)
	case r.Progress.Phase == sweep.PhaseDone:
		return "this sweep is done: nothing is left to cancel"
	case r.Environment != s.Environment:
		return "this sweep was made in " + r.Environment + ", and this is " + s.Environment
	}
	return ""
}

// Begin starts a sweep and shows it. Its end is told wherever the operator is by then.
func Begin(s *ops.Session, start func(context.Context) (*sweep.Sweep, error)) tea.Cmd {
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
		return ui.Toast(ui.Warn, "%s: %s", what, swept(p))()
	}
	return ui.Toast(ui.Good, "%s: %s", what, swept(p))()
}

// swept words what a sweep has come to.
func swept(p sweep.Progress) string {
	if p.Accounted() == 0 && p.Phase != sweep.PhaseDone {
		return termtext.Plural(p.Accepted, "cancel") + " accepted"
	}
	return p.Summary()
}
