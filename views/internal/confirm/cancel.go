// Package confirm asks before what cannot be taken back, in a dialog, and carries out what several
// views start: cancelling runs.
package confirm

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
)

// Cancel asks before the chosen runs are cancelled. The plan is made here and now; the answer acts
// on it and on nothing newer. known are the pending runs that the caller knows of, complete when
// they are all there are.
func Cancel(env ui.Env, s *ops.Session, chosen, known []*client.Run, complete bool) tea.Cmd {
	p := cancel.PlanCancel(chosen, known)
	if len(p.Requests) == 0 {
		return ui.Toast(ui.Warn, "none of %s can be cancelled: %s", termtext.Plural(len(chosen), "run"), ops.LeftOut(p))
	}
	return ask(env, s, p, chosen, complete)
}

// Everyone asks before everything under a run's key is cancelled.
func Everyone(env ui.Env, s *ops.Session, run *client.Run, known []*client.Run, complete bool) tea.Cmd {
	return ask(env, s, cancel.PlanEveryone(run.Workflow, run.TriggerSource.CancellationKey, known), known, complete)
}

// Started tells the view that asked that the answer was yes.
type Started struct{}

func ask(env ui.Env, s *ops.Session, p cancel.Plan, runs []*client.Run, complete bool) tea.Cmd {
	return Ask(env, s.CancelPrompt(p, runs, complete), func(reason string) tea.Cmd {
		return tea.Batch(env.Send(Started{}), begin(s, p, reason))
	})
}

// begin starts the plan in the background. Its end is told wherever the operator is by then.
func begin(s *ops.Session, p cancel.Plan, reason string) tea.Cmd {
	type outcome struct {
		counts cancel.Counts
		err    error
	}
	end := make(chan outcome, 1)
	s.Cancels.Start(p, reason, func(t cancel.Counts, err error) { end <- outcome{t, err} })
	return func() tea.Msg {
		o := <-end
		tone := ui.Good
		switch {
		case o.err != nil || o.counts.Failed > 0:
			return ui.Toast(ui.Bad, "cancel: %s", errorText(o.counts, o.err))()
		case o.counts.Unconfirmed > 0 || o.counts.FinishedFirst > 0:
			tone = ui.Warn
		}
		return ui.Toast(tone, "cancel: %s", countsText(o.counts))()
	}
}

func countsText(t cancel.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{t.Confirmed, "confirmed"}, {t.FinishedFirst, "finished first"}, {t.Unconfirmed, "unconfirmed"}, {t.Failed, "failed"}} {
		if p.n > 0 {
			parts = append(parts, termtext.Count(p.n)+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "nothing was pending under this key"
	}
	return strings.Join(parts, " · ")
}

func errorText(t cancel.Counts, err error) string {
	if err == nil {
		return countsText(t)
	}
	return countsText(t) + ": " + err.Error()
}
