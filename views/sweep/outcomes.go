package sweep

import (
	"context"
	"errors"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// mostListed is how many runs of an outcome one page holds.
const mostListed = 10_000

// outcomes are the runs of a sweep that had one outcome.
type outcomes struct {
	env     ui.Env
	session *ops.Session
	id      int64
	outcome string
	table   *table.Table[journal.SweepRun]
	read    bool
	more    bool // than the page holds
	err     error
	width   int
}

type (
	outcomesMsg struct {
		runs []journal.SweepRun
		more bool
		err  error
	}
	retryMsg struct {
		plan sweep.Plan
		err  error
	}
)

func newOutcomes(env ui.Env, s *ops.Session, p ui.Params) *outcomes {
	type run = journal.SweepRun
	text := func(ink theme.Ink, of func(run) string) func(run) (string, theme.Ink) { return table.Text(ink, of) }
	v := &outcomes{env: env, session: s, outcome: p[Outcome]}
	v.id, v.err = strconv.ParseInt(p[ID], 10, 64)
	v.table = table.New(env.Theme, func(r run) string { return r.Run },
		table.Column[run]{Title: "RUN", Width: 36, Min: 14, Cell: text(theme.Plain, func(r run) string { return r.Run })},
		table.Column[run]{Title: "RECIPIENT", Width: 18, Min: 8, Flex: true, Cell: text(theme.Plain, func(r run) string { return r.Recipient })},
		table.Column[run]{Title: "KEY", Width: 18, Min: 8, Flex: true, Priority: 4, Cell: text(theme.Plain, func(r run) string { return r.Key })},
		table.Column[run]{Title: "TENANT", Width: 10, Priority: 1, Cell: text(theme.Muted, func(r run) string { return r.Tenant })},
		table.Column[run]{Title: "TRIGGERED", Width: 19, Priority: 2, Cell: text(theme.Muted, func(r run) string { return moment(r.Triggered) })},
		table.Column[run]{Title: "EVIDENCE", Width: 14, Min: 8, Priority: 3, Cell: text(theme.Muted, func(r run) string { return r.Evidence })},
	)
	return v
}

func (v *outcomes) Init() tea.Cmd { return v.load() }

var errFull = errors.New("the page is full")

func (v *outcomes) load() tea.Cmd {
	return v.env.Go(func(ctx context.Context) tea.Msg {
		var m outcomesMsg
		m.err = sweep.Runs(ctx, v.session.Journal, v.id, []string{v.outcome}, func(r journal.SweepRun) error {
			if m.more = len(m.runs) == mostListed; m.more {
				return errFull
			}
			m.runs = append(m.runs, r)
			return nil
		})
		if m.more {
			m.err = nil
		}
		return m
	})
}

func (v *outcomes) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case outcomesMsg:
		v.read, v.more, v.err = true, msg.more, msg.err
		v.table.SetRows(msg.runs)
		return nil
	case retryMsg:
		return v.askRetry(msg)
	}
	return v.table.Update(msg)
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
	return confirm.Ask(v.env, s.SweepPrompt(consent.SweepRetry, m.plan, o, nil), func(reason string) tea.Cmd {
		o.Reason = reason
		return begin(s, func(ctx context.Context) (*sweep.Sweep, error) { return s.Sweeps.Start(ctx, m.plan, o) })
	})
}

func (v *outcomes) SetSize(w, h int) {
	v.width = w
	v.table.SetSize(w, h)
}

func (v *outcomes) Crumb() string { return "sweep " + strconv.FormatInt(v.id, 10) + " · " + v.outcome }

func (v *outcomes) Note() string {
	note := termtext.Plural(v.table.Total(), "run")
	if v.more {
		note = "the first " + note
	}
	return note
}

func (v *outcomes) Editing() bool { return false }

func (v *outcomes) View() string {
	t := v.env.Theme
	switch {
	case v.err != nil:
		return status.Failed(t, v.err.Error(), v.env.Key("outcomes.refresh")+" tries again.", v.width)
	case !v.read:
		return status.Loading(t, "the journal")
	case v.table.Total() == 0:
		return status.Empty(t, "No run of this sweep is "+v.outcome+".", v.env.Key("app.back")+" goes back.", v.width)
	}
	return v.table.View()
}

func (v *outcomes) Disabled(action string) string {
	_, ok := v.table.Cursor()
	switch {
	case !ok && (action == "outcomes.open" || action == "outcomes.copy"):
		return "no run selected"
	case action == "outcomes.retry" && v.table.Total() == 0:
		return "there is nothing to cancel again"
	case action == "outcomes.retry" && (v.outcome == sweep.Confirmed.String() || v.outcome == sweep.FinishedFirst.String()):
		return "these runs are over: there is nothing to cancel again"
	}
	return ""
}

func (v *outcomes) Do(action string) tea.Cmd {
	r, _ := v.table.Cursor()
	switch action {
	case "outcomes.open":
		return nav.Run(r.Run)
	case "outcomes.copy":
		return ui.Copy("run id "+r.Run, r.Run)
	case "outcomes.retry":
		return tea.Batch(ui.Toast(ui.Info, "reading which of them are pending"), v.env.Go(func(ctx context.Context) tea.Msg {
			p, err := v.session.Sweeps.Retry(ctx, v.id, []string{v.outcome}, nil)
			return retryMsg{p, err}
		}))
	case "outcomes.refresh":
		return v.load()
	}
	return v.table.Update(ui.ListKey(action))
}

// Subject implements [ui.Pointed].
func (v *outcomes) Subject() ui.Subject {
	r, ok := v.table.Cursor()
	if !ok {
		return ui.Subject{}
	}
	return ui.Subject{Kind: ui.SubjectRun, ID: r.Run}
}
