package events

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

const (
	// window is how many events are held while they stream, deepest how many when
	// somebody reads back; the journal has the others.
	window  = 5_000
	deepest = 20_000
	// ahead is how many rows before the end of what was read older ones are asked for.
	ahead = 25
	// settle is how long a selection stands before the pane follows it.
	settle = 150 * time.Millisecond
	// patience is how long to wait after the journal could not be read.
	patience = 2 * time.Second
)

// listing is what a list page can do, whatever its rows are.
type listing interface {
	ui.View
	ui.Lister
	ui.Mover
	ui.Previewer
}

// list is the live table of events, on a page or docked to one.
type list struct {
	listing // of the events, or of their groups
	events  *listpage.List[*row]
	groups  *groups
	line    line

	env     ui.Env
	session *ops.Session
	docked  bool

	query   events.Query
	bad     error      // why the query that the page was opened with cannot be used
	subject ui.Subject // that is followed, besides the query

	watch  *events.Watch // its answers are taken, no other's
	begun  bool          // the first page has come
	err    error
	counts events.Counts
	state  events.State

	rows    []*row // newest first
	held    []*row // came while somebody read on; newest first
	news    int    // how many came meanwhile, held or not
	gap     bool   // more came than are held
	paused  bool
	more    bool // the journal has older ones
	reading bool // they are being read

	width, height int
}

type (
	batchMsg struct {
		watch *events.Watch
		batch events.Batch
		err   error
	}
	againMsg struct{ watch *events.Watch }
	olderMsg struct {
		watch  *events.Watch
		events []events.Event
		err    error
	}
	settledMsg struct{ subject ui.Subject }
)

func newList(env ui.Env, s *ops.Session, p ui.Params, docked bool) *list {
	l := &list{env: env, session: s, docked: docked, line: newLine(env.Theme, 2)}
	l.events = listpage.New(env, listpage.Spec[*row]{
		Noun: "event", ID: func(r *row) string { return r.id }, Columns: columns(env.Theme), CopyOf: "event number",
		Preview:   func(r *row) tea.Cmd { return nav.Event(r.ID) },
		Searched:  func(r *row) []string { return []string{r.RunID, r.WorkflowRunID, r.MessageID, r.Tenant} },
		AskFilter: l.openLine, Filtered: l.filtered, Unfilter: l.unfilter,
		Empty: l.nothing, Above: l.above, Notes: l.notes, AskExport: l.askExport,
	})
	l.groups = newGroups(l)
	l.listing = l.events
	if docked {
		l.line.help = 1
	}
	l.query, l.bad = events.ParseQuery(p[Query], time.Now())
	l.events.Refuse(l.bad)
	return l
}

func (l *list) Init() tea.Cmd { return l.start() }

// start follows the events of the filter from the newest on, and drops the
// answers to the one before.
func (l *list) start() tea.Cmd {
	if l.bad != nil {
		return nil
	}
	l.watch = l.session.Events.Watch(l.filter())
	l.begun, l.err, l.counts = false, nil, events.Counts{}
	l.reading, l.more = false, false
	if len(l.rows) == 0 {
		l.events.ReadFrom(nil)
	}
	return l.await()
}

// filter is the query's, narrowed to what is followed.
func (l *list) filter() events.Filter {
	f := l.query.Filter
	switch id := l.subject.ID; l.subject.Kind {
	case ui.SubjectRecipient:
		f.Recipient = id
	case ui.SubjectRun:
		f.RunID = id
	case ui.SubjectTrigger:
		f.WorkflowRunID = id
	case ui.SubjectWorkflow:
		f.Workflow = id
	case ui.SubjectMessage:
		f.MessageID = id
	}
	return f
}

// await waits for the next batch. The answer to a filter that was left comes
// within a second and is dropped.
func (l *list) await() tea.Cmd {
	watch := l.watch
	return l.env.Go(func(ctx context.Context) tea.Msg {
		batch, err := watch.Next(ctx)
		return batchMsg{watch, batch, err}
	})
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case batchMsg:
		if msg.watch != l.watch {
			return nil
		}
		if l.err = msg.err; l.err != nil {
			l.show()
			return l.env.After(patience, againMsg{l.watch})
		}
		l.take(msg.batch)
		return l.await()
	case againMsg:
		if msg.watch == l.watch {
			return l.await()
		}
	case olderMsg:
		if msg.watch == l.watch {
			l.takeOlder(msg)
		}
	case settledMsg:
		if msg.subject == l.subject {
			return l.start()
		}
	case fullMsg:
		return msg.cmd()
	case tea.KeyPressMsg, tea.PasteMsg:
		if l.line.open {
			return l.typed(msg)
		}
	case tea.MouseWheelMsg, tea.MouseClickMsg:
		return tea.Batch(l.listing.Update(msg), l.moved())
	}
	return l.listing.Update(msg)
}

// Move implements [ui.Mover].
func (l *list) Move(key tea.KeyPressMsg) tea.Cmd { return tea.Batch(l.listing.Move(key), l.moved()) }

// Mark moves down as well.
func (l *list) Mark() tea.Cmd { return tea.Batch(l.listing.Mark(), l.moved()) }

// Refresh begins anew with the newest.
func (l *list) Refresh() tea.Cmd { return l.start() }

// take puts what came on top, or counts it while somebody reads.
func (l *list) take(b events.Batch) {
	l.state = b.State
	l.recount(b.Again)
	fresh := make([]*row, len(b.Events))
	for i, e := range b.Events {
		fresh[i] = newRow(e)
		l.counts.Add(e)
	}
	switch {
	case !l.begun:
		l.begun, l.more = true, len(fresh) == events.Page
		l.rows, l.held, l.news, l.gap = fresh, nil, 0, false
	case len(fresh) == 0:
		return
	case !l.live():
		l.news += len(fresh)
		if l.held = append(fresh, l.held...); len(l.held) > window {
			l.held, l.gap = nil, true
		}
		return
	default:
		l.rows = append(fresh, l.rows...)
	}
	l.trim()
	l.show()
	l.events.Table.Home()
}

// recount tells the rows there are of the events that came again. A repeat may
// also prove one whose signature could not be checked.
func (l *list) recount(again []events.Event) {
	if len(again) == 0 {
		return
	}
	now := map[int64]events.Event{}
	for _, e := range again {
		now[e.ID] = e
	}
	for _, rows := range [][]*row{l.rows, l.held} {
		for _, r := range rows {
			if e, ok := now[r.ID]; ok {
				if e.Verified && !r.Verified {
					l.counts.Unverified--
				}
				r.Repeats, r.LastAt, r.Verified = e.Repeats, e.LastAt, e.Verified
			}
		}
	}
	l.groups.set(l.rows)
}

// live reports that what comes is shown at once: nobody paused it, and nobody
// reads further down.
func (l *list) live() bool {
	i, _ := l.events.Table.Position()
	return !l.paused && !l.gap && (i <= 1 || l.groups.by != byNothing)
}

// moved shows what came meanwhile once the cursor is back on top, and reads
// older events when it nears the end.
func (l *list) moved() tea.Cmd {
	if i, _ := l.events.Table.Position(); i <= 1 && !l.paused && l.news > 0 {
		return l.release()
	}
	return l.readOn()
}

// release shows what came meanwhile. When that was too much to hold, it begins
// anew with the newest.
func (l *list) release() tea.Cmd {
	if l.gap {
		return l.start()
	}
	l.rows = append(l.held, l.rows...)
	l.held, l.news = nil, 0
	l.trim()
	l.show()
	l.events.Table.Home()
	return nil
}

func (l *list) trim() {
	if len(l.rows) > window {
		l.rows, l.more = l.rows[:window:window], true
	}
}

func (l *list) show() {
	l.events.TellMore(l.more)
	l.events.Set(l.rows, l.err)
	l.groups.set(l.rows)
}

// readOn asks the journal for older events when the cursor nears the last one.
func (l *list) readOn() tea.Cmd {
	i, n := l.events.Table.Position()
	if !l.more || l.reading || n-i > ahead || n == 0 || n >= deepest {
		return nil
	}
	l.reading = true
	watch, filter, before := l.watch, l.filter(), l.rows[len(l.rows)-1].ID
	return l.env.Go(func(ctx context.Context) tea.Msg {
		events, err := l.session.Events.Older(ctx, filter, before)
		return olderMsg{watch, events, err}
	})
}

func (l *list) takeOlder(m olderMsg) {
	if l.reading, l.err = false, m.err; m.err != nil {
		l.show()
		return
	}
	l.more = len(m.events) == events.Page
	for _, e := range m.events {
		l.rows = append(l.rows, newRow(e))
	}
	l.show()
}

// Follow implements [ui.Docked].
func (l *list) Follow(s ui.Subject) tea.Cmd {
	l.subject = s
	return l.env.After(settle, settledMsg{s})
}

// cursor is the event that the cursor is on; of a group its newest.
func (l *list) cursor() (*row, bool) {
	if l.groups.by == byNothing {
		return l.events.Table.Cursor()
	}
	g, ok := l.groups.Table.Cursor()
	if !ok {
		return nil, false
	}
	return g.newest, true
}

// Place implements [ui.Placed].
func (l *list) Place() ui.Params { return ui.Params{Query: l.query.String()} }
