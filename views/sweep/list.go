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

var columns = []table.Column{
	{ID: "when", Title: "BEGUN", Width: 16},
	{ID: "state", Title: "STATE", Width: 14},
	{ID: "workflow", Title: "WORKFLOW", Width: 20, Min: 12, Flex: true},
	{ID: "scope", Title: "SCOPE", Width: 20, Min: 10, Flex: true, Priority: 2},
	{ID: "runs", Title: "RUNS", Width: 9, Right: true},
	{ID: "confirmed", Title: "CONFIRMED", Width: 9, Right: true, Priority: 4},
	{ID: "pending", Title: "PENDING", Width: 8, Right: true, Priority: 3},
	{ID: "who", Title: "WHO", Width: 16, Min: 8, Priority: 1},
}

func newList(env ui.Env, s *ops.Session) *list {
	l := &list{env: env, session: s}
	l.table = table.New(columns, table.Options[sweep.Record]{
		ID:   func(r sweep.Record) string { return strconv.FormatInt(r.ID, 10) },
		Cell: l.cell,
	})
	l.table.SetTheme(env.Theme)
	return l
}

func (l *list) cell(r sweep.Record, column string) (string, theme.Ink) {
	switch column {
	case "when":
		return r.At.Local().Format("2006-01-02 15:04"), theme.Muted
	case "state":
		return state(l.env.Theme, r)
	case "workflow":
		return r.Scope.Workflow, theme.Plain
	case "scope":
		if words := narrowed(r.Scope); words != "" {
			return words, theme.Plain
		}
		return "all of it", theme.Muted
	case "runs":
		return termtext.Count(r.Progress.Runs), theme.Plain
	case "confirmed":
		return termtext.Count(r.Progress.Confirmed), theme.Plain
	case "pending":
		return termtext.Count(r.Progress.Pending), theme.Plain
	}
	return r.Who, theme.Muted
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
