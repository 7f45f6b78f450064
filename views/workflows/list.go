package workflows

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/views/internal/status"
)

// readEvery is how often the workflows are read: somebody else may freeze one.
const readEvery = 30 * time.Second

type list struct {
	env     ui.Env
	session *ops.Session
	table   *table.Table[row]
	find    ui.Find

	workflows []client.Workflow
	readAt    time.Time
	err       error
	snapshot  ops.PulseSnapshot
	version   int
	round     int // of reading; answers of an earlier one are dropped

	width, height int
}

// row is a workflow with what is pending in it.
type row struct {
	key      string
	workflow *client.Workflow // nil where the management API does not tell of it
	load     ops.Load
	known    bool // the pending runs were read to their end
}

type (
	readMsg struct {
		workflows []client.Workflow
		err       error
		round     int
	}
	againMsg struct{ round int }
)

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{env: env, session: s, table: table.New(env.Theme, func(r row) string { return r.key }, columns(env.Theme, s)...), find: ui.NewFind(env.Theme, p[Find])}
	l.table.SetFilter(l.keep)
	return l
}

func (l *list) Init() tea.Cmd {
	l.session.Pulse.Start()
	return tea.Batch(l.read(), status.AwaitPulse(l.env, l.session, l.version))
}

// Resume reads anew: much may have happened on the pages above.
func (l *list) Resume() tea.Cmd { return l.read() }

func (l *list) read() tea.Cmd {
	l.round++
	round := l.round
	return l.env.Go(func(ctx context.Context) tea.Msg {
		all, err := l.session.Workflows(ctx)
		return readMsg{all, err, round}
	})
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case status.PulseMsg:
		l.snapshot, l.version = msg.Snapshot, msg.Version
		l.rows()
		return status.AwaitPulse(l.env, l.session, l.version)
	case readMsg:
		if msg.round != l.round {
			return nil
		}
		if l.err = msg.err; msg.err == nil {
			l.workflows, l.readAt = msg.workflows, time.Now()
		}
		l.rows()
		if unmanaged(msg.err) {
			return nil
		}
		return l.env.After(readEvery, againMsg{msg.round})
	case againMsg:
		if msg.round == l.round {
			return l.read()
		}
	case changedMsg:
		return l.read()
	case tea.KeyPressMsg, tea.PasteMsg:
		return l.typed(msg)
	case tea.MouseWheelMsg:
		return l.table.Update(msg)
	case tea.MouseClickMsg:
		l.table.ClickRow(msg.Y - l.noticeHeight())
	}
	return nil
}

// typed narrows the list as the search line is typed.
func (l *list) typed(msg tea.Msg) tea.Cmd {
	cmd := l.find.Update(msg)
	l.table.SetFilter(l.keep)
	if l.table.CursorLost() {
		l.table.Home() // the operator hid the row: the first one left is meant
	}
	l.layout()
	return cmd
}

func (l *list) keep(r row) bool {
	if r.workflow == nil {
		return l.find.In(r.key)
	}
	return l.find.In(append([]string{r.key, r.workflow.Name}, r.workflow.Categories...)...)
}

// rows puts the workflows together with what is pending in them. One that runs
// are pending in is listed even where the management API does not tell of it.
func (l *list) rows() {
	if l.readAt.IsZero() && l.err == nil {
		return // else the cursor would begin on whatever is known first
	}
	loads := map[string]ops.Load{}
	for _, load := range l.snapshot.Loads {
		loads[load.Workflow] = load
	}
	var rows []row
	for i := range l.workflows {
		w := &l.workflows[i]
		rows = append(rows, row{w.Key, w, loads[w.Key], l.snapshot.Complete})
		delete(loads, w.Key)
	}
	for key, load := range loads {
		rows = append(rows, row{key, nil, load, l.snapshot.Complete})
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.key, b.key) })
	l.table.SetRows(rows)
	l.layout()
}

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.find.SetWidth(w)
	l.layout()
}

func (l *list) layout() {
	l.table.SetSize(l.width, max(1, l.height-l.noticeHeight()-l.find.Height()))
}

func (l *list) Crumb() string { return "" }

func (l *list) Note() string {
	var parts []string
	if frozen := l.frozen(); frozen > 0 {
		parts = append(parts, termtext.Count(frozen)+" frozen")
	}
	if n := len(l.workflows); n > 0 {
		parts = append(parts, termtext.Plural(n, "workflow"))
	}
	if l.err != nil && !l.readAt.IsZero() {
		parts = append(parts, "as of "+termtext.Age(time.Since(l.readAt))+" ago")
	}
	return strings.Join(parts, " "+l.env.Theme.Glyphs.Dot+" ")
}

func (l *list) frozen() int {
	n := 0
	for _, w := range l.workflows {
		if !w.Active {
			n++
		}
	}
	return n
}

func (l *list) Editing() bool { return l.find.Active() }

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	r, ok := l.table.Cursor()
	if !ok {
		return ui.Subject{}
	}
	return ui.Subject{Kind: ui.SubjectWorkflow, ID: r.key}
}
