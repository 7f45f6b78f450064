package runs

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// list is the runs of a filter, live.
type list struct {
	*listpage.List[*client.Run]
	session *ops.Session
	filter  filter
	bad     error     // why the filter that the page was opened with cannot be used
	feed    *ops.Feed // nil where it cannot
	stop    context.CancelFunc
	version int
	snap    ops.Snapshot
	resting bool         // another page is on top
	before  ops.Snapshot // what was known before it rested, until that is read again
	placing bool         // it is being read where runs in sight are
}

type (
	snapshotMsg struct {
		feed    *ops.Feed
		snap    ops.Snapshot
		version int
	}
	nextMsg    struct{ feed *ops.Feed }
	resultsMsg struct{}
	placeMsg   struct{}
	filterMsg  struct{ filter filter }
)

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{session: s}
	l.List = listpage.New(env, listpage.Spec[*client.Run]{
		Noun: "run", ID: func(r *client.Run) string { return r.ID }, Columns: columns(env.Theme, s), CopyOf: "run id",
		Preview:   func(r *client.Run) tea.Cmd { return nav.Run(r.ID) },
		Searched:  func(r *client.Run) []string { return []string{r.WorkflowRunID} },
		AskFilter: l.askFilter, Filtered: func() string { return l.filter.String() }, Unfilter: l.unfilter,
		Empty: func() (what, help string) {
			return l.filter.nothing(), env.Hint(keymap.RowsFilter) + " changes the filter."
		},
		Notes: l.notes,
	})
	l.filter, l.bad = parseFilter(p)
	l.Refuse(l.bad)
	return l
}

// Init implements [ui.View].
func (l *list) Init() tea.Cmd {
	if l.bad == nil {
		l.watch()
	}
	return tea.Batch(l.await(), awaitResults(l.Env, l.session))
}

// watch begins to read with the filter.
func (l *list) watch() {
	ctx, stop := context.WithCancel(l.Env.Context())
	l.stop, l.version, l.snap = stop, 0, ops.Snapshot{}
	l.feed = l.session.Watch(ctx, l.filter.Query(l.session.Client.ServerNow()), ops.DefaultKnown)
}

func (l *list) await() tea.Cmd {
	feed, version := l.feed, l.version
	if feed == nil {
		return nil
	}
	return l.Env.Go(func(ctx context.Context) tea.Msg {
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

// Update takes what the feed tells and what became of cancels, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case snapshotMsg:
		if msg.feed != l.feed {
			return nil // an answer to an older filter
		}
		l.snap, l.version = msg.snap, msg.version
		l.rows()
		return tea.Batch(l.place(), l.Env.After(200*time.Millisecond, nextMsg{l.feed})) // one frame of rows at a time, however fast they come
	case nextMsg:
		if msg.feed != l.feed {
			return nil
		}
		if !l.Env.Shown() {
			l.rest()
			return nil
		}
		return l.await()
	case confirm.Started:
		l.Table.ClearMarks()
		return nil
	case resultsMsg:
		l.rows()
		return awaitResults(l.Env, l.session)
	case placeMsg:
		l.placing = false
		return l.place()
	case filterMsg:
		return l.narrow(msg.filter)
	}
	return l.List.Update(msg)
}

// narrow lists what another filter finds, and drops the answers to the one before.
func (l *list) narrow(f filter) tea.Cmd {
	if l.stop != nil {
		l.stop()
	}
	l.filter, l.before = f, ops.Snapshot{}
	l.ReadFrom(nil)
	l.watch()
	return l.await()
}

func (l *list) unfilter() tea.Cmd {
	all, _ := parseFilter(nil) // which is a filter
	return l.narrow(all)
}

// Refresh reads anew at once.
func (l *list) Refresh() tea.Cmd {
	if l.feed != nil {
		l.feed.Refresh()
	}
	return nil
}

func (l *list) notes() []string {
	switch {
	case l.snap.Err != nil:
	case l.snap.Bounded:
		return []string{"older ones not read"}
	case !l.snap.Complete && len(l.snap.Runs) > 0:
		return []string{termtext.Count(len(l.snap.Runs)) + " known, reading on"}
	}
	return nil
}

// Subject implements [ui.Pointed]: a run's recipient, of whom there may be more to tell.
func (l *list) Subject() ui.Subject {
	if r, ok := l.Table.Cursor(); ok {
		return status.Recipient(r.Recipient)
	}
	return ui.Subject{}
}

// Place implements [ui.Placed].
func (l *list) Place() ui.Params { return l.filter.of().Params() }
