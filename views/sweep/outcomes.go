package sweep

import (
	"context"
	"errors"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/sweeping"
)

// mostListed is how many runs of an outcome one page holds.
const mostListed = 10_000

// outcomes are the runs of a sweep that had one outcome.
type outcomes struct {
	*listpage.List[sweep.Run]
	session *ops.Session
	id      int64
	outcome string
}

type retryMsg struct {
	plan sweep.Plan
	err  error
}

func outcomeBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "outcomes.open", Title: "Open the run", Short: "open", Keys: []string{"enter"}}, func(_ *outcomes, r sweep.Run) tea.Cmd { return nav.Run(r.Run) }),
		ui.Bind(keymap.Action{ID: "outcomes.retry", Title: "Cancel again those that are pending", Short: "cancel again", Keys: []string{"R"}, Danger: keymap.Destroys}, (*outcomes).retry, (*outcomes).cannotRetry),
	}
}

func newOutcomes(env ui.Env, s *ops.Session, p ui.Params) *outcomes {
	type run = sweep.Run
	v := &outcomes{session: s, outcome: p[Outcome]}
	var bad error
	v.id, bad = strconv.ParseInt(p[ID], 10, 64)
	v.List = listpage.New(env, listpage.Spec[run]{
		Noun: "run", ID: func(r run) string { return r.Run }, CopyOf: "run id", Read: readOutcome(s, v.id, v.outcome),
		Columns: []table.Column[run]{
			{Title: "RUN", Width: 36, Min: 14, Identifies: true, Cell: table.Text(theme.Plain, func(r run) string { return r.Run })},
			{Title: "RECIPIENT", Width: 18, Min: 8, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(r run) string { return r.Recipient })},
			{Title: "KEY", Width: 18, Min: 8, Flex: true, Priority: 4, Identifies: true, Cell: table.Text(theme.Plain, func(r run) string { return r.Key })},
			{Title: "TENANT", Width: 10, Priority: 1, Cell: table.Text(theme.Muted, func(r run) string { return r.Tenant })},
			{Title: "TRIGGERED", Width: 19, Priority: 2, Cell: table.Text(theme.Muted, func(r run) string { return moment(r.Triggered) })},
			{Title: "EVIDENCE", Width: 14, Min: 8, Priority: 3, Cell: table.Text(theme.Muted, func(r run) string { return r.Evidence })},
		},
		Filtered: func() string { return "sweep " + p[ID] + " · " + v.outcome },
		Empty: func() (what, help string) {
			return "No run of this sweep is " + v.outcome + ".", env.Hint(keymap.AppBack) + " goes back."
		},
		Notes: func() []string {
			if v.Table.Total() < mostListed {
				return nil
			}
			return []string{"the first " + termtext.Count(mostListed) + " are listed"}
		},
	})
	v.Refuse(bad)
	return v
}

var errFull = errors.New("the page is full")

func readOutcome(s *ops.Session, id int64, outcome string) listpage.Read[sweep.Run] {
	return func(ctx context.Context, _ string) (runs []sweep.Run, next string, err error) {
		err = sweep.Runs(ctx, s.Journal, id, []string{outcome}, func(r sweep.Run) error {
			if len(runs) == mostListed {
				return errFull
			}
			runs = append(runs, r)
			return nil
		})
		if errors.Is(err, errFull) {
			err = nil
		}
		return runs, "", err
	}
}

// Update takes what is pending still, beside what a list takes.
func (v *outcomes) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(retryMsg); ok {
		return v.askRetry(m)
	}
	return v.List.Update(msg)
}

func (v *outcomes) retry() tea.Cmd {
	return tea.Batch(ui.Toast(ui.Info, "reading which of them are pending"), v.Env.Go(func(ctx context.Context) tea.Msg {
		p, err := v.session.Sweeps.Retry(ctx, v.id, []string{v.outcome}, nil)
		return retryMsg{p, err}
	}))
}

func (v *outcomes) cannotRetry() string {
	switch {
	case v.Table.Total() == 0:
		return "there is nothing to cancel again"
	case v.outcome == sweep.Confirmed.String() || v.outcome == sweep.FinishedFirst.String():
		return "these runs are over: there is nothing to cancel again"
	}
	return ""
}

// askRetry stands before the runs of this outcome that are pending still are cancelled again.
func (v *outcomes) askRetry(m retryMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return ui.Toast(ui.Bad, "what is pending could not be read: %s", m.err)
	case m.plan.Complete && m.plan.Cancellable == 0:
		return ui.Toast(ui.Info, "none of these runs is pending any more")
	}
	s, o := v.session, sweep.Options{Follow: true}
	return confirm.Ask(v.Env, s.SweepPrompt(consent.SweepRetry, m.plan, o, nil), func(reason string) tea.Cmd {
		o.Reason = reason
		return sweeping.Begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, m.plan, o) })
	})
}

// Subject implements [ui.Pointed].
func (v *outcomes) Subject() ui.Subject {
	r, ok := v.Table.Cursor()
	if !ok {
		return ui.Subject{}
	}
	return ui.Subject{Kind: ui.SubjectRun, ID: r.Run}
}
