package runs

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/status"
)

type list struct {
	env     ui.Env
	session *ops.Session
	filter  filter
	feed    *ops.Feed
	stop    context.CancelFunc
	version int
	snap    ops.Snapshot
	table   *table.Table[*client.Run]
	find    ui.Find
	bad     error        // why the filter cannot be used
	resting bool         // another page is on top
	before  ops.Snapshot // what was known before it rested, until that is read again

	width, height int
}

type (
	snapshotMsg struct {
		feed    *ops.Feed
		snap    ops.Snapshot
		version int
	}
	resultsMsg struct{}
	filterMsg  struct{ filter filter }
)

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{env: env, session: s, table: table.New(env.Theme, func(r *client.Run) string { return r.ID }, columns(env.Theme, s)...), find: ui.NewFind(env.Theme, "")}
	l.filter, l.bad = parseFilter(p)
	return l
}

func (l *list) Init() tea.Cmd { return tea.Batch(l.start(), awaitResults(l.env, l.session)) }

// start begins to read with the filter, and drops the answers of the one before.
func (l *list) start() tea.Cmd {
	if l.stop != nil {
		l.stop()
	}
	if l.bad != nil {
		return nil
	}
	ctx, stop := context.WithCancel(l.env.Context())
	l.stop, l.version, l.snap = stop, 0, ops.Snapshot{}
	l.feed = l.session.Watch(ctx, l.filter.Query(l.session.Client.ServerNow()), ops.DefaultKnown)
	l.rows()
	return l.await()
}

func (l *list) await() tea.Cmd {
	feed, version := l.feed, l.version
	return l.env.Go(func(ctx context.Context) tea.Msg {
		snap, now, err := feed.Next(ctx, version)
		if err != nil {
			return nil
		}
		return snapshotMsg{feed, snap, now}
	})
}

// awaitResults tells a view of the next change of what became of a cancel.
func awaitResults(env ui.Env, s *ops.Session) tea.Cmd {
	changed := s.Cancels.Changed()
	return env.Go(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			return resultsMsg{}
		}
	})
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case snapshotMsg:
		if msg.feed != l.feed {
			return nil // an answer to an older filter
		}
		l.snap, l.version = msg.snap, msg.version
		l.rows()
		return l.env.After(200*time.Millisecond, nextMsg{l.feed}) // one frame of rows at a time, however fast they come
	case nextMsg:
		if msg.feed != l.feed {
			return nil
		}
		if !l.env.Shown() {
			l.rest()
			return nil
		}
		return l.await()
	case confirm.Started:
		l.table.ClearMarks()
	case resultsMsg:
		l.rows()
		return awaitResults(l.env, l.session)
	case filterMsg:
		l.filter, l.bad, l.before = msg.filter, nil, ops.Snapshot{}
		l.table.ClearMarks()
		return l.start()
	case tea.KeyPressMsg, tea.PasteMsg:
		cmd := l.find.Update(msg)
		l.table.SetFilter(func(r *client.Run) bool { return l.find.In(findIn(r)...) })
		if l.table.CursorLost() {
			l.table.Home() // the operator narrowed the list: that takes no object from under the cursor
		}
		l.SetSize(l.width, l.height)
		return cmd
	case tea.MouseWheelMsg:
		l.table.Scroll(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	case tea.MouseClickMsg:
		l.table.ClickRow(msg.Y)
	}
	return nil
}

type nextMsg struct{ feed *ops.Feed }

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.find.SetWidth(w)
	l.table.SetSize(w, max(1, h-l.find.Height()))
}

// Subject implements [ui.Pointed]: a run's recipient, of whom there may be more to tell.
func (l *list) Subject() ui.Subject {
	if r, ok := l.table.Cursor(); ok {
		return status.Recipient(r.Recipient)
	}
	return ui.Subject{}
}

func (l *list) Crumb() string { return l.filter.String() }

func (l *list) Note() string {
	var parts []string
	if n := l.table.MarkedCount(); n > 0 {
		parts = append(parts, termtext.Count(n)+" marked")
	}
	if n := l.table.HiddenMarks(); n > 0 {
		parts = append(parts, termtext.Count(n)+" marked but not shown")
	}
	if l.table.CursorLost() {
		parts = append(parts, "the run under the cursor left the list")
	}
	if i, n := l.table.Position(); n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s", termtext.Count(i), termtext.Count(n)))
	}
	readAt := l.snap.ReadAt
	if readAt.IsZero() {
		readAt = l.before.ReadAt
	}
	switch {
	case l.snap.Err != nil && !readAt.IsZero():
		parts = append(parts, "as of "+termtext.Age(time.Since(readAt))+" ago")
	case l.snap.Bounded:
		parts = append(parts, "older ones not read")
	case !l.snap.Complete && len(l.snap.Runs) > 0:
		parts = append(parts, termtext.Count(len(l.snap.Runs))+" known, reading on")
	}
	return strings.Join(parts, " · ")
}

func (l *list) Editing() bool { return l.find.Active() }

func (l *list) View() string {
	t, filter := l.env.Theme, l.env.Key("runs.filter")
	switch {
	case l.bad != nil:
		return status.Failed(t, l.bad.Error(), filter+" changes the filter.", l.width)
	case l.table.Total() == 0 && l.snap.Err != nil:
		return status.Failed(t, l.snap.Err.Error(), "Retrying. "+l.env.Key("runs.refresh")+" tries now, "+filter+" changes the filter.", l.width)
	case l.table.Total() == 0 && !l.snap.Complete && !l.snap.Bounded:
		return status.Loading(t, "runs")
	case l.table.Total() == 0:
		return status.Empty(t, l.filter.nothing(), filter+" changes the filter.", l.width)
	}
	view := l.table.View()
	if l.table.Len() == 0 {
		view += "\n" + status.Empty(t, fmt.Sprintf("None of %s has %q in it.", termtext.Plural(l.table.Total(), "run"), termtext.Middle(l.find.Text(), 30)), l.clears(), l.width)
	}
	return l.find.Below(view, l.width, l.height)
}

// clears says how the text is taken away again.
func (l *list) clears() string {
	if l.find.Active() {
		return "esc clears."
	}
	return l.env.Key("runs.find") + " and esc clear it."
}
