package sweep

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/sweeping"
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
		return sweeping.Begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, e, o) })
	})
}

// askMore stands before a sweep that was held up at a bound sends more.
func askMore(env ui.Env, s *ops.Session, w *sweep.Sweep, why error) tea.Cmd {
	return confirm.Ask(env, s.MorePrompt(w, why), func(string) tea.Cmd {
		w.Resume()
		return ui.Toast(ui.Info, "the sweep goes on")
	})
}
