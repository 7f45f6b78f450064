package sweep

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

// lookEvery is how often the journal is looked into.
const lookEvery = 2 * time.Second

// list is every sweep of the profile on this machine.
type list struct {
	env     ui.Env
	session *ops.Session
	table   *table.Table[sweep.Record]
	readAt  time.Time
	err     error
	round   int // of reading; a refresh begins another
	width   int
}

type sweepsMsg struct {
	sweeps []sweep.Record
	err    error
	round  int
}

type lookMsg struct{ round int }

func newList(env ui.Env, s *ops.Session) *list {
	id := func(r sweep.Record) string { return strconv.FormatInt(r.ID, 10) }
	return &list{env: env, session: s, table: table.New(env.Theme, id, columns(env.Theme)...)}
}

func columns(t *theme.Theme) []table.Column[sweep.Record] {
	type record = sweep.Record
	scope := func(r record) (string, theme.Ink) {
		if words := narrowed(r.Scope); words != "" {
			return words, theme.Plain
		}
		return "all of it", theme.Muted
	}
	return []table.Column[record]{
		{Title: "BEGUN", Width: 16, Cell: table.Text(theme.Muted, func(r record) string { return r.At.Local().Format("2006-01-02 15:04") })},
		{Title: "STATE", Width: 14, Cell: func(r record) (string, theme.Ink) { return state(t, r) }},
		{Title: "WORKFLOW", Width: 20, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(r record) string { return r.Scope.Workflow })},
		{Title: "SCOPE", Width: 20, Min: 10, Flex: true, Priority: 2, Cell: scope},
		table.Count("RUNS", 9, 0, theme.Plain, func(r record) int { return r.Progress.Runs }),
		table.Count("CONFIRMED", 9, 4, theme.Plain, func(r record) int { return r.Progress.Confirmed }),
		table.Count("PENDING", 8, 3, theme.Plain, func(r record) int { return r.Progress.Pending }),
		{Title: "WHO", Width: 16, Min: 8, Priority: 1, Cell: table.Text(theme.Muted, func(r record) string { return r.Who })},
	}
}

func (l *list) Init() tea.Cmd { return l.read() }

func (l *list) read() tea.Cmd {
	l.round++
	round := l.round
	return l.env.Go(func(ctx context.Context) tea.Msg {
		sweeps, err := l.session.Sweeps.Records(ctx)
		return sweepsMsg{sweeps, err, round}
	})
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case sweepsMsg:
		if msg.round != l.round {
			return nil
		}
		if l.err = msg.err; msg.err == nil {
			l.readAt = time.Now()
			l.table.SetRows(msg.sweeps)
		}
		return l.env.After(lookEvery, lookMsg{msg.round})
	case lookMsg:
		if msg.round == l.round {
			return l.read()
		}
	case tea.MouseWheelMsg:
		return l.table.Update(msg)
	case tea.MouseClickMsg:
		l.table.ClickRow(msg.Y)
	}
	return nil
}

func (l *list) SetSize(w, h int) {
	l.width = w
	l.table.SetSize(w, h)
}

func (l *list) Crumb() string { return "" }

func (l *list) Note() string {
	switch {
	case l.err != nil && !l.readAt.IsZero():
		return "as of " + termtext.Age(time.Since(l.readAt)) + " ago"
	case l.table.Total() > 0:
		return termtext.Plural(l.table.Total(), "sweep")
	}
	return ""
}

func (l *list) Editing() bool { return false }

func (l *list) View() string {
	t := l.env.Theme
	switch {
	case l.table.Total() > 0:
		return l.table.View()
	case l.err != nil:
		return status.Failed(t, l.err.Error(), l.env.Key("sweeps.refresh")+" tries again.", l.width)
	case l.readAt.IsZero():
		return status.Loading(t, "the journal")
	}
	return status.Empty(t, "No sweep was made here yet.", l.env.Key("sweeps.new")+" plans one.", l.width)
}

func (l *list) Do(action string) tea.Cmd {
	r, _ := l.table.Cursor()
	switch action {
	case "sweeps.open":
		return ui.Open(Progress, ui.Params{ID: strconv.FormatInt(r.ID, 10)})
	case "sweeps.resume":
		return askResume(l.env, l.session, r)
	case "sweeps.new":
		return ui.Open(Name, nil)
	case "sweeps.columns":
		return ui.ChooseColumns(l.env, l.table)
	case "sweeps.refresh":
		return l.read()
	}
	if key := ui.ListKey(action); key != nil {
		return l.table.Update(key)
	}
	return nil
}

func (l *list) Disabled(action string) string {
	r, ok := l.table.Cursor()
	if action != "sweeps.open" && action != "sweeps.resume" {
		return ""
	}
	switch {
	case !ok:
		return "no sweep selected"
	case l.table.CursorLost():
		return "the sweep under the cursor left the list: select one"
	case action == "sweeps.resume":
		return cannotResume(l.env, l.session, r)
	}
	return ""
}
