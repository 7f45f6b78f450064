package sweep

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/sweeping"
)

// list is every sweep of the profile on this machine.
type list struct {
	*listpage.List[sweep.Record]
	session *ops.Session
}

var newSweep = keymap.Action{ID: "sweeps.new", Title: "Plan a new sweep", Short: "new sweep", Keys: []string{"S"}}

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "sweeps.open", Title: "Open the sweep", Short: "open", Keys: []string{"enter"}}, (*list).open),
		listpage.OnRow(keymap.Action{ID: "sweeps.resume", Title: "Resume the sweep", Short: "resume", Keys: []string{"R"}, Danger: keymap.Destroys}, (*list).resume, (*list).cannotResume),
		ui.Bind(newSweep, func(*list) tea.Cmd { return nav.Sweep(nav.RunsOf{}, false) }),
	}
}

func newList(env ui.Env, s *ops.Session) *list {
	number := func(r sweep.Record) string { return strconv.FormatInt(r.ID, 10) }
	return &list{session: s, List: listpage.New(env, listpage.Spec[sweep.Record]{
		Noun: "sweep", ID: number, Columns: columns(env.Theme), CopyOf: "sweep number",
		Read: func(ctx context.Context, _ string) ([]sweep.Record, string, error) {
			sweeps, err := s.Sweeps.Records(ctx)
			return sweeps, "", err
		},
		Every: 2 * time.Second,
		Empty: func() (what, help string) { return "No sweep was made here yet.", env.Hint(newSweep) + " plans one." },
	})}
}

func columns(t *theme.Theme) []table.Column[sweep.Record] {
	type record = sweep.Record
	scope := func(r record) (string, theme.Ink) {
		if words := r.Scope.Words(); words != "" {
			return words, theme.Plain
		}
		return "all of it", theme.Muted
	}
	return []table.Column[record]{
		{Title: "BEGUN", Width: 16, Cell: table.Text(theme.Muted, func(r record) string { return r.At.Local().Format("2006-01-02 15:04") })},
		{Title: "STATE", Width: 14, Cell: func(r record) (string, theme.Ink) { return state(t, r) }},
		{Title: "WORKFLOW", Width: 20, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(r record) string { return r.Scope.Workflow })},
		{Title: "SCOPE", Width: 20, Min: 10, Flex: true, Priority: 2, Identifies: true, Cell: scope},
		table.Count("RUNS", 9, 0, theme.Plain, func(r record) int { return r.Progress.Runs }),
		table.Count("CONFIRMED", 9, 4, theme.Plain, func(r record) int { return r.Progress.Confirmed }),
		table.Count("PENDING", 8, 3, theme.Plain, func(r record) int { return r.Progress.Pending }),
		{Title: "WHO", Width: 16, Min: 8, Priority: 1, Cell: table.Text(theme.Muted, func(r record) string { return r.Who })},
	}
}

func (l *list) open(r sweep.Record) tea.Cmd {
	return nav.Sweeping(r.ID)
}

func (l *list) resume(r sweep.Record) tea.Cmd { return sweeping.Resume(l.Env, l.session, r) }

func (l *list) cannotResume(r sweep.Record) string { return sweeping.CannotResume(l.session, r) }
