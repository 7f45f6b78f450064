package history

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/views/internal/status"
)

const (
	// lookEvery is how often the newest actions are read: others on this machine act too.
	lookEvery = 2 * time.Second
	// atFirst is how many actions are read without being asked for, ahead how many
	// rows before the end of what was read the next page is.
	atFirst = 5000
	ahead   = 50
)

type list struct {
	env     ui.Env
	session *ops.Session
	filter  filter
	bad     error // why the filter cannot be used
	table   *table.Table[ops.AuditEntry]

	known   map[int64]ops.AuditEntry
	oldest  int64 // the page after this one is next
	more    bool
	reading bool // further back
	readAt  time.Time
	err     error
	round   int // of the filter; answers of an earlier one are dropped

	width, height int
}

type (
	newestMsg struct {
		page  []ops.AuditEntry
		err   error
		round int
	}
	olderMsg  newestMsg
	againMsg  struct{ round int }
	filterMsg struct{ filter filter }
)

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{env: env, session: s, table: table.New(env.Theme, func(a ops.AuditEntry) string { return strconv.FormatInt(a.ID, 10) }, columns(env.Theme)...)}
	l.filter, l.bad = parseFilter(p)
	return l
}

func (l *list) Init() tea.Cmd { return l.restart() }

func (l *list) restart() tea.Cmd {
	l.round++
	l.known, l.oldest, l.more, l.reading, l.err = map[int64]ops.AuditEntry{}, 0, false, false, nil
	l.readAt = time.Time{}
	l.table.SetFilter(l.filter.keep)
	l.table.SetRows(nil)
	if l.bad != nil {
		return nil
	}
	return l.look()
}

// look reads the newest actions, and what became of those that were under way.
func (l *list) look() tea.Cmd {
	round, query := l.round, l.filter.query()
	return l.env.Go(func(ctx context.Context) tea.Msg {
		page, err := l.session.History(ctx, query, 0)
		return newestMsg{page, err, round}
	})
}

// readOn reads the page before the oldest known when the operator comes near it.
func (l *list) readOn() tea.Cmd {
	at, n := l.table.Position()
	if l.reading || !l.more || len(l.known) >= atFirst && n-at > ahead {
		return nil
	}
	l.reading = true
	round, query, before := l.round, l.filter.query(), l.oldest
	return l.env.Go(func(ctx context.Context) tea.Msg {
		page, err := l.session.History(ctx, query, before)
		return olderMsg{page, err, round}
	})
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newestMsg:
		if msg.round != l.round {
			return nil
		}
		first := l.readAt.IsZero()
		l.take(msg.page, msg.err, first)
		return tea.Batch(l.readOn(), l.env.After(lookEvery, againMsg{msg.round}))
	case olderMsg:
		if msg.round != l.round {
			return nil
		}
		l.reading = false
		l.take(msg.page, msg.err, true)
		if msg.err != nil {
			return nil // the next look at the newest tries again
		}
		return l.readOn()
	case againMsg:
		if msg.round == l.round {
			return l.look()
		}
	case filterMsg:
		l.filter, l.bad = msg.filter, nil
		return l.restart()
	case tea.MouseWheelMsg:
		l.table.Update(msg)
		return l.readOn()
	case tea.MouseClickMsg:
		l.table.ClickRow(msg.Y)
	}
	return nil
}

// take adds a page; one that goes on where the last ended says whether there is more.
func (l *list) take(page []ops.AuditEntry, err error, further bool) {
	if l.err = err; err != nil {
		return
	}
	l.readAt = time.Now()
	if further {
		l.more = len(page) == ops.ActionPage
		if len(page) > 0 {
			l.oldest = page[len(page)-1].ID
		}
	}
	for _, a := range page {
		l.known[a.ID] = a
	}
	l.table.SetRows(slices.SortedFunc(maps.Values(l.known), func(a, b ops.AuditEntry) int { return cmp.Compare(b.ID, a.ID) }))
}

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.table.SetSize(w, h)
}

func (l *list) Crumb() string { return l.filter.String() }

func (l *list) Note() string {
	var parts []string
	if i, n := l.table.Position(); n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s", termtext.Count(i), termtext.Count(n)))
	}
	if l.table.Total() != l.table.Len() {
		parts = append(parts, termtext.Count(l.table.Total())+" read")
	}
	switch {
	case l.err != nil && !l.readAt.IsZero():
		parts = append(parts, "as of "+termtext.Age(time.Since(l.readAt))+" ago")
	case l.more:
		parts = append(parts, "older ones further down")
	}
	return strings.Join(parts, " "+l.env.Theme.Glyphs.Dot+" ")
}

func (l *list) Editing() bool { return false }

func (l *list) View() string {
	t := l.env.Theme
	switch {
	case l.bad != nil:
		return status.Failed(t, l.bad.Error(), l.env.Key("history.filter")+" changes the filter.", l.width)
	case l.table.Len() > 0:
		return l.table.View()
	case l.err != nil:
		return status.Failed(t, l.err.Error(), l.env.Key("history.refresh")+" tries again.", l.width)
	case l.readAt.IsZero() || l.reading:
		return status.Loading(t, "the journal")
	case l.filter != (filter{}):
		return status.Empty(t, "Nothing "+l.filter.String()+" was done here.", l.env.Key("history.filter")+" changes the filter, "+l.env.Key("history.clear")+" takes it away.", l.width)
	}
	return status.Empty(t, "No actions yet.", "Everything sent, cancelled or frozen from this machine is listed here.", l.width)
}

func (l *list) Do(action string) tea.Cmd {
	switch action {
	case "history.filter":
		return askFilter(l.env.Theme, l.filter, func(f filter) tea.Cmd { return l.env.Send(filterMsg{f}) })
	case "history.clear":
		return l.env.Send(filterMsg{})
	case "history.columns":
		return ui.ChooseColumns(l.env, l.table)
	case "history.refresh":
		return l.restart()
	case "history.export":
		command := l.session.Command("history export --format md" + l.filter.flags())
		return ui.Copy("the command that exports it: "+command, command)
	}
	if key := ui.ListKey(action); key != nil {
		l.table.Update(key)
		return l.readOn()
	}
	a, ok := l.table.Cursor()
	if !ok {
		return nil
	}
	switch action {
	case "history.open":
		return ui.Open(Detail, ui.Params{ID: strconv.FormatInt(a.ID, 10)})
	case "history.runs":
		return openRuns(a.Action)
	case "history.copy":
		return ui.Copy("request id "+a.RequestID, a.RequestID)
	}
	return nil
}

// openRuns lists the runs that an action was about, ended ones too.
func openRuns(a ops.Action) tea.Cmd {
	return ui.Open("runs", ui.Params{"workflow": a.Workflow, "key": a.Key, "status": "all"})
}

func (l *list) Disabled(action string) string {
	a, ok := l.table.Cursor()
	switch action {
	case "history.open", "history.runs", "history.copy":
		if !ok {
			return "no action selected"
		}
	case "history.clear":
		if l.filter == (filter{}) {
			return "there is no filter"
		}
	}
	switch action {
	case "history.runs":
		return noRuns(a.Action)
	case "history.copy":
		return noRequestID(a.Action)
	}
	return ""
}

func noRuns(a ops.Action) string {
	if a.Workflow == "" {
		return "this action names no workflow"
	}
	return ""
}

func noRequestID(a ops.Action) string {
	if a.RequestID == "" {
		return "this has no request id: no answer told one"
	}
	return ""
}
