// Package requests shows every request that this session has made.
package requests

import (
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

// Name of the page.
const Name = "requests"

const lookEvery = time.Second

// Pages returns the page.
func Pages(log *ops.RequestLog) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Requests", Help: "Every request of this session and its result",
		Scopes: []string{keymap.List},
		Actions: []keymap.Action{
			{ID: "requests.changes", Title: "Only requests that change something, or all", Short: "changes only", Scope: Name, Keys: []string{"m"}},
			{ID: "requests.failures", Title: "Only requests that failed, or all", Short: "failures only", Scope: Name, Keys: []string{"x"}},
			{ID: "requests.columns", Title: "Choose the columns", Scope: Name, Keys: []string{"|"}},
			{ID: "requests.copy", Title: "Copy the request id", Short: "copy request id", Scope: Name, Keys: []string{"y"}},
		},
		Open: func(env ui.Env, _ ui.Params) ui.View {
			v := &view{env: env, log: log, table: table.New(env.Theme, func(x ops.Logged) string { return strconv.Itoa(x.Number) }, columns()...)}
			v.look()
			return v
		},
	}}
}

type view struct {
	env                       ui.Env
	log                       *ops.RequestLog
	table                     *table.Table[ops.Logged]
	rows                      []ops.Logged
	total                     int
	changesOnly, failuresOnly bool
	width, height             int
}

type lookMsg struct{}

func columns() []table.Column[ops.Logged] {
	type logged = ops.Logged
	method := func(x logged) (string, theme.Ink) {
		if changes(x) {
			return x.Method, theme.Attention
		}
		return x.Method, theme.Muted
	}
	return []table.Column[logged]{
		{Title: "AT", Width: 12, Cell: table.Text(theme.Muted, func(x logged) string { return x.At.Format("15:04:05.000") })},
		{Title: "METHOD", Width: 6, Cell: method},
		{Title: "PATH", Width: 40, Min: 16, Flex: true, Cell: table.Text(theme.Plain, func(x logged) string { return x.Path })},
		{Title: "STATUS", Width: 10, Cell: answer},
		table.Count("MS", 7, 0, theme.Muted, func(x logged) int { return int(x.Duration.Milliseconds()) }),
		table.Count("TRY", 3, 1, theme.Muted, func(x logged) int { return x.Attempt }),
		{Title: "REQUEST ID", Width: 28, Min: 12, Priority: 2, Cell: table.Text(theme.Muted, func(x logged) string { return x.RequestID })},
	}
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

// look takes what came since the last time; what the log no longer keeps stays here.
func (v *view) look() {
	fresh, total := v.log.Since(v.total)
	v.total = total
	if len(fresh) > 0 {
		v.rows = append(fresh, v.rows...)
		v.rows = v.rows[:min(len(v.rows), keep)]
		v.table.SetRows(v.rows)
	}
}

// keep bounds what one page holds.
const keep = 10_000

func (v *view) Init() tea.Cmd { return v.env.After(lookEvery, lookMsg{}) }

func (v *view) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case lookMsg:
		v.look()
		return v.env.After(lookEvery, lookMsg{})
	}
	return v.table.Update(msg)
}

func (v *view) View() string {
	if v.table.Len() == 0 {
		return "\n   " + v.env.Theme.Plain.Render(v.nothing())
	}
	return v.table.View()
}

func (v *view) nothing() string {
	if v.total == 0 {
		return "No request has been made yet."
	}
	return fmt.Sprintf("None of %s matches.", termtext.Plural(len(v.rows), "request"))
}

func (v *view) SetSize(w, h int) {
	v.width, v.height = w, h
	v.table.SetSize(w, h)
}

func (v *view) Crumb() string {
	switch {
	case v.changesOnly && v.failuresOnly:
		return "changes that failed"
	case v.changesOnly:
		return "changes only"
	case v.failuresOnly:
		return "failures only"
	}
	return ""
}

func (v *view) Note() string {
	note := termtext.Plural(v.total, "request")
	if lost := v.total - len(v.rows); lost > 0 {
		note += " · " + termtext.Count(lost) + " older ones not kept"
	}
	return note
}

func (v *view) Editing() bool { return false }

func (v *view) Disabled(action string) string {
	if x, ok := v.table.Cursor(); action == "requests.copy" && (!ok || x.RequestID == "") {
		return "no request id: no answer came"
	}
	return ""
}

func (v *view) Do(action string) tea.Cmd {
	switch action {
	case "requests.changes":
		v.changesOnly = !v.changesOnly
	case "requests.failures":
		v.failuresOnly = !v.failuresOnly
	case "requests.columns":
		return ui.ChooseColumns(v.env, v.table)
	case "requests.copy":
		x, _ := v.table.Cursor()
		return ui.Copy("request id "+x.RequestID, x.RequestID)
	default:
		return v.table.Update(ui.ListKey(action))
	}
	v.table.SetFilter(func(x ops.Logged) bool {
		return (!v.changesOnly || changes(x)) && (!v.failuresOnly || x.Err != nil)
	})
	return nil
}
