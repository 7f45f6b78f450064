package listpage

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// ahead is how many rows before the end of what was read the next page is.
const ahead = 25

// source is how far the rows have been read.
type source[R any] struct {
	rows   []R
	readAt time.Time // when rows came last; zero before the first answer
	err    error
	next   string // where the next page begins
	more   bool   // there is one
	paged  bool   // there was more than one page once

	reading bool // a page that is not the first
	stuck   bool // that page could not be read
	epoch   int  // of reading from the start; pages of an earlier one are dropped
	look    int  // at the first page; answers to an earlier one are dropped
}

type (
	pageMsg[R any] struct {
		rows  []R
		next  string
		err   error
		epoch int
		look  int  // 0 for a page that is not the first
		anew  bool // it begins the list anew
	}
	lookMsg struct{ look int }
)

// ReadFrom lists what another read brings, and nothing until then.
func (l *List[R]) ReadFrom(read Read[R]) tea.Cmd {
	l.spec.Read, l.bad = read, nil
	l.source = source[R]{epoch: l.epoch, look: l.look}
	l.Table.ClearMarks()
	l.Table.SetRows(nil)
	return l.restart()
}

// restart reads from the start. The rows stay until the first page has come.
func (l *List[R]) restart() tea.Cmd {
	l.epoch++
	l.reading, l.stuck, l.err = false, false, nil
	return l.first(true)
}

// first reads the first page.
func (l *List[R]) first(anew bool) tea.Cmd {
	if l.spec.Read == nil || l.bad != nil {
		return nil
	}
	l.look++
	m := pageMsg[R]{epoch: l.epoch, look: l.look, anew: anew}
	return l.read("", m)
}

func (l *List[R]) read(after string, m pageMsg[R]) tea.Cmd {
	read := l.spec.Read
	return l.Env.Go(func(ctx context.Context) tea.Msg {
		m.rows, m.next, m.err = read(ctx, after)
		return m
	})
}

// readOn reads the next page when the cursor comes near the end of what was read.
func (l *List[R]) readOn() tea.Cmd {
	at, n := l.Table.Position()
	if l.spec.Read == nil || !l.more || l.reading || l.err != nil || len(l.rows) >= l.spec.First && n-at > ahead {
		return nil
	}
	l.reading = true
	return l.read(l.next, pageMsg[R]{epoch: l.epoch})
}

func (l *List[R]) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pageMsg[R]:
		return l.take(msg)
	case lookMsg:
		if msg.look == l.look {
			return l.first(false)
		}
	}
	return nil
}

func (l *List[R]) take(m pageMsg[R]) tea.Cmd {
	first := m.look != 0
	if m.epoch != l.epoch || first && m.look != l.look {
		return nil
	}
	if !first {
		l.reading, l.stuck = false, m.err != nil
	}
	if l.err = m.err; l.err == nil {
		l.add(m, first)
		l.readAt = time.Now()
	}
	l.Show()
	cmd := l.readOn()
	if first && l.spec.Every > 0 && !l.expected() {
		cmd = tea.Batch(cmd, l.Env.After(l.spec.Every, lookMsg{l.look}))
	}
	return cmd
}

// add puts a page to the rows: a later one behind them, and the first one, read
// again, in their place or, when there are pages behind it, before them.
func (l *List[R]) add(m pageMsg[R], first bool) {
	switch {
	case !first:
		l.rows = l.merged(l.rows, m.rows)
		l.next, l.more, l.paged = m.next, m.next != "", true
	case m.anew || l.readAt.IsZero() || !l.paged && !l.more:
		l.rows = m.rows
		l.next, l.more, l.paged = m.next, m.next != "", m.next != ""
	default:
		l.rows = l.merged(m.rows, l.rows)
	}
}

// merged are rows and those of more that are not among them: rows that were added
// meanwhile move the pages.
func (l *List[R]) merged(rows, more []R) []R {
	known := make(map[string]bool, len(rows))
	all := make([]R, 0, len(rows)+len(more))
	for _, r := range rows {
		known[l.spec.ID(r)] = true
		all = append(all, r)
	}
	for _, r := range more {
		if !known[l.spec.ID(r)] {
			all = append(all, r)
		}
	}
	return all
}

// Set lists rows that a view was told of. They are as of now, unless err says why
// they are not.
func (l *List[R]) Set(rows []R, err error) {
	if l.rows, l.err = rows, err; err == nil {
		l.readAt = time.Now()
	}
	l.Show()
}

// TellMore says, for a view that was told of its rows, whether there are others.
func (l *List[R]) TellMore(more bool) { l.more = more }

// Show lists the rows with what is known of them now.
func (l *List[R]) Show() {
	rows := l.rows
	if l.spec.Join != nil && !l.Loading() { // else the cursor would begin on whatever is known first
		rows = l.spec.Join(rows)
	}
	l.Table.SetRows(rows)
	l.layout()
}

func (l *List[R]) expected() bool {
	return l.err != nil && l.spec.Expected != nil && l.spec.Expected(l.err)
}

// Refuse says why nothing can be listed, until nil takes that back.
func (l *List[R]) Refuse(bad error) { l.bad = bad }

// Err is why rows could not be read, nil when they were.
func (l *List[R]) Err() error { return l.err }

// Loading reports that no answer has come.
func (l *List[R]) Loading() bool { return l.readAt.IsZero() && l.err == nil }

// Refresh implements [ui.Lister]: it reads anew, or goes on where reading failed.
func (l *List[R]) Refresh() tea.Cmd {
	if l.err != nil && l.stuck {
		l.err = nil
		return l.readOn()
	}
	return l.restart()
}

// Resume implements [ui.Resumer]: much may have happened on the pages above, or
// Knock not have answered.
func (l *List[R]) Resume() tea.Cmd {
	if l.err != nil || l.readAt.IsZero() {
		return l.Refresh()
	}
	return l.first(false)
}
