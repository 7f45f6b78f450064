package history

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// lookEvery is how often the newest actions are read: others on this machine act too.
const lookEvery = 2 * time.Second

// list is what was done on this machine, the newest first.
type list struct {
	*listpage.List[ops.AuditEntry]
	session *ops.Session
	filter  filter
}

type filterMsg struct{ filter filter }

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "history.open", Title: "Open the action", Short: "open", Keys: []string{"enter"}}, func(_ *list, a ops.AuditEntry) tea.Cmd { return nav.Entry(a) }),
		listpage.OnRow(keymap.Action{ID: "history.runs", Title: "Runs of the action's workflow and key", Short: "runs", Keys: []string{"p"}}, (*list).runs, (*list).noRuns),
		ui.Bind(keymap.Action{ID: "history.write", Title: "Write the incident report of this to a file", Short: "report", Keys: []string{"ctrl+s"}}, (*list).write),
		ui.Bind(keymap.Action{ID: "history.report", Title: "Copy the command that writes a report of this", Short: "copy report command", Keys: []string{"C"}}, (*list).report),
	}
}

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{session: s}
	var bad error
	l.filter, bad = parseFilter(p)
	l.List = listpage.New(env, listpage.Spec[ops.AuditEntry]{
		Noun: "action", ID: func(a ops.AuditEntry) string { return fmt.Sprint(a.Sweep, " ", a.ID) }, Columns: columns(env.Theme),
		Preview: nav.Entry,
		Read:    read(s, l.filter), Every: lookEvery, First: 5000,
		CopyOf: "request id", Copied: func(a ops.AuditEntry) string { return a.RequestID }, Searched: searched, Search: p[Text],
		AskFilter: l.askFilter, Filtered: func() string { return l.filter.String() },
		Unfilter: func() tea.Cmd { return env.Send(filterMsg{}) },
		Empty:    l.empty,
	})
	l.Refuse(bad)
	return l
}

// read reads what was done page by page; one goes on behind the mark of the one before.
func read(s *ops.Session, f filter) listpage.Read[ops.AuditEntry] {
	return func(ctx context.Context, after string) ([]ops.AuditEntry, string, error) {
		var mark ops.AuditMark
		var at int64
		if n, _ := fmt.Sscan(after, &mark.ID, &at); n == 2 { // the first page is behind none
			mark.At = time.UnixMicro(at)
		}
		page, next, err := s.History(ctx, f.query(), mark)
		if err != nil || next == (ops.AuditMark{}) {
			return page, "", err
		}
		return page, fmt.Sprint(next.ID, " ", next.At.UnixMicro()), nil
	}
}

// Update takes the filter that was chosen, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(filterMsg); ok {
		l.filter = m.filter
		return l.ReadFrom(read(l.session, l.filter))
	}
	return l.List.Update(msg)
}

func (l *list) empty() (what, help string) {
	if l.filter != (filter{}) {
		return "Nothing " + l.filter.String() + " was done here.", l.Env.Hint(keymap.RowsFilter) + " changes the filter, " + l.Env.Hint(keymap.RowsClear) + " takes it away."
	}
	return "No actions yet.", "Everything sent, cancelled or frozen from this machine is listed here."
}

func (l *list) runs(a ops.AuditEntry) tea.Cmd { return openRuns(a.Action) }

func (l *list) noRuns(a ops.AuditEntry) string { return noRuns(a.Action) }

func (l *list) report() tea.Cmd {
	command := l.session.Command("history export --format md" + l.filter.flags())
	return ui.Copy("the command that exports it: "+command, command)
}

// write asks where the report of what is listed goes.
func (l *list) write() tea.Cmd {
	query := l.filter.query()
	return listpage.AskFile(l.Env, listpage.File{
		Title: "Write the incident report", Help: "What was done, what came of it, and what is left to do, in Markdown.",
		Name: "incident.md", Noun: "action", Check: export.CheckReport,
		Write: func(ctx context.Context, path string, overwrite bool) (export.Result, error) {
			return l.session.WriteReport(ctx, query, path, overwrite)
		},
	})
}

// openRuns lists the runs that an action was about, ended ones too.
func openRuns(a ops.Action) tea.Cmd {
	return nav.Runs(nav.RunsOf{Workflow: a.Workflow, Key: a.Key, Status: "all"})
}

func noRuns(a ops.Action) string {
	if a.Workflow == "" {
		return "this action names no workflow"
	}
	return ""
}

// Place implements [ui.Placed].
func (l *list) Place() ui.Params {
	return ui.Params{Kind: string(l.filter.kind), Workflow: l.filter.workflow, Act: l.filter.actWord()}
}
