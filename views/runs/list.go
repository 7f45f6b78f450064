package runs

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/views/ask"
	"github.com/knockops/knockops/views/look"
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
	find    find
	bad     error // why the filter cannot be used

	width, height int
}

type (
	snapshotMsg struct {
		feed    *ops.Feed
		snap    ops.Snapshot
		version int
	}
	fatesMsg  struct{}
	filterMsg struct{ filter filter }
)

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{env: env, session: s, table: newTable(env, s), find: newFind(env.Theme)}
	l.filter, l.bad = parseFilter(p)
	return l
}

func (l *list) Init() tea.Cmd { return tea.Batch(l.start(), awaitFates(l.env, l.session)) }

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
	l.feed = l.session.Watch(ctx, l.filter.query(l.session.Client.ServerNow()), ops.DefaultKnown)
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

// awaitFates tells a view of the next change of what became of a cancel.
func awaitFates(env ui.Env, s *ops.Session) tea.Cmd {
	changed := s.Cancels.Changed()
	return env.Go(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			return fatesMsg{}
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
		return l.await()
	case ask.Begun:
		l.table.ClearMarks()
	case fatesMsg:
		l.rows()
		return awaitFates(l.env, l.session)
	case filterMsg:
		l.filter, l.bad = msg.filter, nil
		l.table.ClearMarks()
		return l.start()
	case tea.KeyPressMsg, tea.PasteMsg:
		cmd := l.find.update(msg)
		l.table.SetFilter(l.find.keep)
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

// rows shows what the feed knows, and the runs whose cancel was asked for here
// even after they have left the list, so that their verdict can be read.
func (l *list) rows() {
	rows := l.snap.Runs
	if fates := l.session.Cancels.All(); len(fates) > 0 {
		proven := map[string]*client.Run{}
		for _, f := range fates {
			if l.filter.matches(f.Run) {
				proven[f.Run.ID] = f.Run
			}
		}
		rows = slices.Clone(rows)
		for i, r := range rows {
			if p := proven[r.ID]; p != nil {
				if !p.Status.Pending() {
					rows[i] = p // the proof is newer than the list
				}
				delete(proven, r.ID)
			}
		}
		rows = slices.AppendSeq(rows, maps.Values(proven))
		slices.SortFunc(rows, func(a, b *client.Run) int {
			return cmp.Or(b.InsertedAt.Compare(a.InsertedAt), cmp.Compare(a.ID, b.ID))
		})
	}
	if l.filter.key != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r *client.Run) bool { return !l.filter.matchesKey(r) })
	}
	l.table.SetRows(rows)
}

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.find.setWidth(w)
	l.table.SetSize(w, max(1, h-l.find.height()))
}

// Subject implements [ui.Pointed]: a run's recipient, of whom there may be more to tell.
func (l *list) Subject() ui.Subject {
	if r, ok := l.table.Cursor(); ok {
		return look.Recipient(r.Recipient)
	}
	return ui.Subject{}
}

func (l *list) Crumb() string { return l.filter.String() }

func (l *list) Note() string {
	var parts []string
	if n := l.table.MarkedCount(); n > 0 {
		parts = append(parts, text.Count(n)+" marked")
	}
	if n := l.table.HiddenMarks(); n > 0 {
		parts = append(parts, text.Count(n)+" marked but not shown")
	}
	if l.table.CursorLost() {
		parts = append(parts, "the run under the cursor left the list")
	}
	if i, n := l.table.Position(); n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s", text.Count(i), text.Count(n)))
	}
	switch {
	case l.snap.Err != nil && !l.snap.ReadAt.IsZero():
		parts = append(parts, "as of "+text.Age(time.Since(l.snap.ReadAt))+" ago")
	case l.snap.Bounded:
		parts = append(parts, "older ones not read")
	case !l.snap.Complete && len(l.snap.Runs) > 0:
		parts = append(parts, text.Count(len(l.snap.Runs))+" known, reading on")
	}
	return strings.Join(parts, " · ")
}

func (l *list) Editing() bool { return l.find.active }

func (l *list) View() string {
	t := l.env.Theme
	switch {
	case l.bad != nil:
		return t.Danger.Render(text.Fit(" "+t.Glyphs.Error+" "+l.bad.Error(), l.width)) + "\n\n" + t.Muted.Render("   f changes the filter")
	case l.table.Total() == 0 && l.snap.Err != nil:
		return l.failed()
	case l.table.Total() == 0 && !l.snap.Complete && !l.snap.Bounded:
		return "\n   " + t.Muted.Render("Reading runs "+t.Glyphs.Requested)
	case l.table.Total() == 0:
		return "\n   " + t.Plain.Render(l.filter.nothing()) + t.Muted.Render("  f changes the filter.")
	}
	view := l.table.View()
	if l.table.Len() == 0 {
		view += "\n\n   " + t.Plain.Render(fmt.Sprintf("None of %s has %q in it.", text.Plural(l.table.Total(), "run"), l.find.input.Value())) + t.Muted.Render("  esc clears.")
	}
	if l.find.height() > 0 {
		view = text.Clip(view, l.width, max(1, l.height-1))
		view += strings.Repeat("\n", max(1, l.height-1-strings.Count(view, "\n"))) + l.find.view()
	}
	return view
}

func (l *list) failed() string {
	t := l.env.Theme
	lines := []string{""}
	for i, line := range text.Wrap(text.Clean(l.snap.Err.Error()), max(10, l.width-6)) {
		if i == 0 {
			line = t.Danger.Render(t.Glyphs.Error + " " + line)
		} else {
			line = "  " + line
		}
		lines = append(lines, "   "+line)
	}
	return strings.Join(append(lines, "", "   "+t.Muted.Render("It is tried again by itself. r tries now, f changes the filter.")), "\n")
}
