package workflows

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// list is every workflow with what is pending in it.
type list struct {
	*listpage.List[row]
	session  *ops.Session
	snapshot ops.PulseSnapshot
	version  int
}

// row is a workflow with what is pending in it.
type row struct {
	key      string
	workflow *client.Workflow // nil where the management API does not tell of it
	load     ops.Load
	known    bool // the pending runs were read to their end
}

var trigger = keymap.Action{ID: "workflows.trigger", Title: "Trigger the workflow", Short: "trigger", Keys: []string{"t"}}

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "workflows.open", Title: "Pending runs of the workflow", Short: "runs", Keys: []string{"enter"}}, func(_ *list, r row) tea.Cmd { return openRuns(r.key) }),
		listpage.OnRow(keymap.Action{ID: "workflows.freeze", Title: "Freeze the workflow", Short: "freeze", Keys: []string{"z"}, Danger: keymap.Destroys}, (*list).freeze, (*list).cannotFreeze),
		listpage.OnRow(keymap.Action{ID: "workflows.thaw", Title: "Thaw the workflow", Short: "thaw", Keys: []string{"Z"}, Danger: keymap.Destroys}, (*list).thaw, (*list).cannotThaw),
		listpage.OnRow(keymap.Action{ID: "workflows.sweep", Title: "Sweep: cancel what is pending in it", Short: "sweep", Keys: []string{"S"}}, func(_ *list, r row) tea.Cmd { return openSweep(r.key) }),
		listpage.OnRow(keymap.Action{ID: "workflows.detail", Title: "Show steps, schema and state", Short: "details", Keys: []string{"d"}}, func(_ *list, r row) tea.Cmd { return openDetail(r.key) }, (*list).noDetail),
		ui.Bind(trigger, (*list).trigger),
		listpage.OnRow(keymap.Action{ID: "workflows.schedules", Title: "Schedules of the workflow", Short: "schedules", Keys: []string{"s"}}, func(_ *list, r row) tea.Cmd { return openSchedules(r.key) }),
		listpage.OnRow(dashboard.Action(Name), func(l *list, r row) tea.Cmd { return dashboard.Open(l.Env, l.session, r.key) }),
	}
}

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{session: s}
	l.List = listpage.New(env, listpage.Spec[row]{
		Noun: "workflow", ID: func(r row) string { return r.key }, Columns: columns(env.Theme, s), CopyOf: "workflow key", Search: p[Find],
		Preview: func(r row) tea.Cmd { return nav.WorkflowDetail(r.key) },
		Read: func(ctx context.Context, _ string) ([]row, string, error) {
			all, err := s.Workflows(ctx)
			rows := make([]row, len(all))
			for i := range all {
				rows[i] = row{key: all[i].Key, workflow: &all[i]}
			}
			return rows, "", err
		},
		Every: 30 * time.Second, // somebody else may freeze one
		Join:  l.join, Empty: l.empty, Why: why, Expected: unmanaged, Above: l.notice, Notes: l.frozen,
	})
	return l
}

// Init implements [ui.View].
func (l *list) Init() tea.Cmd {
	l.session.Pulse.Start()
	return tea.Batch(l.List.Init(), status.AwaitPulse(l.Env, l.session, l.version))
}

// Update takes what is pending, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case status.PulseMsg:
		l.snapshot, l.version = msg.Snapshot, msg.Version
		l.Show()
		return status.AwaitPulse(l.Env, l.session, l.version)
	case changedMsg:
		return l.List.Refresh()
	}
	return l.List.Update(msg)
}

// Refresh reads what is pending as well.
func (l *list) Refresh() tea.Cmd {
	l.session.Pulse.Refresh()
	return l.List.Refresh()
}

// join puts the workflows together with what is pending in them. One that runs
// are pending in is listed even where the management API does not tell of it.
func (l *list) join(read []row) []row {
	loads := map[string]ops.Load{}
	for _, load := range l.snapshot.Loads {
		loads[load.Workflow] = load
	}
	var rows []row
	for _, r := range read {
		rows = append(rows, row{r.key, r.workflow, loads[r.key], l.snapshot.Complete})
		delete(loads, r.key)
	}
	for key, load := range loads {
		rows = append(rows, row{key, nil, load, l.snapshot.Complete})
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.key, b.key) })
	return rows
}

func (l *list) frozen() []string {
	n := 0
	for _, r := range l.Table.Rows() {
		if r.workflow != nil && !r.workflow.Active {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{termtext.Count(n) + " frozen"}
}

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	r, ok := l.Table.Cursor()
	if !ok {
		return ui.Subject{}
	}
	return ui.Subject{Kind: ui.SubjectWorkflow, ID: r.key}
}

// trigger needs no row: a key that is known can be typed.
func (l *list) trigger() tea.Cmd {
	if r, whyNot := l.Selected(); whyNot == "" {
		return openCompose(r.key)
	}
	return nav.Compose("", "")
}

func (l *list) freeze(r row) tea.Cmd { return askFreeze(l.Env, l.session, r.key) }

func (l *list) thaw(r row) tea.Cmd { return askThaw(l.Env, l.session, r.key) }

func (l *list) cannotFreeze(r row) string { return cannotSet(r.workflow, false, l.Err()) }

func (l *list) cannotThaw(r row) string { return cannotSet(r.workflow, true, l.Err()) }

func (l *list) noDetail(row) string {
	if unmanaged(l.Err()) {
		return why(l.Err())
	}
	return ""
}

// cannotSet says why a workflow cannot be frozen (false) or thawed (true).
func cannotSet(w *client.Workflow, active bool, err error) string {
	switch {
	case unmanaged(err):
		return why(err)
	case w == nil:
		return "the workflow is still loading"
	case w.Active && active:
		return w.Key + " is active: there is nothing to thaw"
	case !w.Active && !active:
		return w.Key + " is frozen already"
	}
	return ""
}
