// Package requests shows every request that this session has made.
package requests

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Name of the page.
const Name = "requests"

// Pages returns the page.
func Pages(log *ops.RequestLog) []ui.Page {
	return []ui.Page{detailOf(log), {
		Name: Name, Title: "Requests", Help: "Every request of this session and its result", Scopes: listpage.Scopes,
		Bindings: []ui.Binding{
			listpage.OnRow(keymap.Action{ID: "requests.open", Title: "Open the request", Short: "open", Keys: []string{"enter"}}, (*list).open),
			ui.Bind(keymap.Action{ID: "requests.changes", Title: "Only requests that change something, or all", Short: "changes only", Keys: []string{"~"}}, (*list).toggleChanges),
			ui.Bind(keymap.Action{ID: "requests.failures", Title: "Only requests that failed, or all", Short: "failures only", Keys: []string{"!"}}, (*list).toggleFailures),
		},
		Open: func(env ui.Env, _ ui.Params) ui.View { return newList(env, log) },
	}}
}

type list struct {
	*listpage.List[ops.Logged]
	log                       *ops.RequestLog
	changesOnly, failuresOnly bool
}

func newList(env ui.Env, log *ops.RequestLog) *list {
	l := &list{log: log}
	l.List = listpage.New(env, listpage.Spec[ops.Logged]{
		Noun: "request", ID: func(x ops.Logged) string { return strconv.Itoa(x.Number) }, Columns: columns,
		Read: func(context.Context, string) ([]ops.Logged, string, error) {
			rows, _ := log.Since(0)
			return rows, "", nil
		},
		Preview: open,
		Every:   time.Second,
		CopyOf:  "request id", Copied: func(x ops.Logged) string { return x.RequestID },
		Filtered: l.filtered, Unfilter: l.unfilter,
		Empty: func() (what, help string) { return "No request has been made yet.", "" },
		Notes: l.notes,
	})
	return l
}

var columns = []table.Column[ops.Logged]{
	{Title: "AT", Width: 12, Cell: table.Text(theme.Muted, func(x ops.Logged) string { return x.At.Format("15:04:05.000") })},
	{Title: "METHOD", Width: 6, Cell: method},
	{Title: "PATH", Width: 40, Min: 16, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(x ops.Logged) string { return x.Target() })},
	{Title: "STATUS", Width: 10, Cell: answer},
	table.Count("MS", 7, 0, theme.Muted, func(x ops.Logged) int { return int(x.Duration.Milliseconds()) }),
	table.Count("TRY", 3, 1, theme.Muted, func(x ops.Logged) int { return x.Attempt }),
	{Title: "REQUEST ID", Width: 14, Priority: 2, Cell: table.Text(theme.Muted, func(x ops.Logged) string { return termtext.Middle(x.RequestID, 13) })},
}

func open(x ops.Logged) tea.Cmd { return nav.Request(x.Number) }

func (l *list) open(x ops.Logged) tea.Cmd { return open(x) }

func method(x ops.Logged) (string, theme.Ink) {
	if changes(x) {
		return x.Method, theme.Attention
	}
	return x.Method, theme.Muted
}

func answer(x ops.Logged) (string, theme.Ink) {
	switch {
	case x.Status == 0:
		return "no answer", theme.Danger
	case x.Err != nil:
		return strconv.Itoa(x.Status), theme.Danger
	}
	return strconv.Itoa(x.Status), theme.OK
}

func changes(x ops.Logged) bool { return x.Method != "GET" && x.Method != "HEAD" }

func (l *list) toggleChanges() tea.Cmd { return l.show(!l.changesOnly, l.failuresOnly) }

func (l *list) toggleFailures() tea.Cmd { return l.show(l.changesOnly, !l.failuresOnly) }

func (l *list) unfilter() tea.Cmd { return l.show(false, false) }

func (l *list) show(changesOnly, failuresOnly bool) tea.Cmd {
	l.changesOnly, l.failuresOnly = changesOnly, failuresOnly
	l.Keep(func(x ops.Logged) bool { return (!changesOnly || changes(x)) && (!failuresOnly || x.Err != nil) })
	return nil
}

func (l *list) filtered() string {
	switch {
	case l.changesOnly && l.failuresOnly:
		return "changes that failed"
	case l.changesOnly:
		return "changes only"
	case l.failuresOnly:
		return "failures only"
	}
	return ""
}

func (l *list) notes() []string {
	if oldest := l.log.Oldest(); oldest > 1 {
		return []string{termtext.Count(oldest-1) + " older ones not kept"}
	}
	return nil
}
