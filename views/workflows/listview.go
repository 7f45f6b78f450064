package workflows

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/status"
)

func columns(t *theme.Theme, s *ops.Session) []table.Column[row] {
	told := func(ink theme.Ink, of func(*client.Workflow) string) func(row) (string, theme.Ink) {
		return table.Text(ink, func(r row) string {
			if r.workflow == nil {
				return ""
			}
			return of(r.workflow)
		})
	}
	return []table.Column[row]{
		{Title: "STATE", Width: 11, Cell: func(r row) (string, theme.Ink) { return state(t, r.workflow) }},
		{Title: "KEY", Width: 24, Min: 14, Flex: true, Cell: table.Text(theme.Plain, func(r row) string { return r.key })},
		{Title: "NAME", Width: 24, Min: 10, Flex: true, Priority: 3, Cell: told(theme.Plain, func(w *client.Workflow) string { return w.Name })},
		{
			Title: "PENDING", Width: 9, Right: true, Cell: func(r row) (string, theme.Ink) { return r.pending(t) },
			Order: table.By(func(r row) int { return r.load.Pending }),
		},
		table.Nonzero("NEW/MIN", 8, 4, theme.Muted, func(r row) int { return r.load.PerMinute }),
		{
			Title: "OLDEST", Width: 6, Right: true, Priority: 2, Cell: table.Text(theme.Muted, func(r row) string { return age(s, r.load.Oldest) }),
			Order: func(a, b row) int { return a.load.Oldest.Compare(b.load.Oldest) },
		},
		{Title: "STEPS", Width: 5, Right: true, Priority: 1, Cell: told(theme.Muted, func(w *client.Workflow) string { return termtext.Count(len(w.Steps)) })},
		{Title: "CATEGORIES", Width: 18, Min: 10, Priority: 1, Cell: told(theme.Muted, func(w *client.Workflow) string { return strings.Join(w.Categories, ", ") })},
	}
}

func age(s *ops.Session, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return termtext.Age(s.Client.ServerNow().Sub(at))
}

// pending is how many runs wait, as far as it is known.
func (r row) pending(t *theme.Theme) (string, theme.Ink) {
	switch {
	case r.load.Pending > 0:
		return termtext.Count(r.load.Pending), theme.Plain
	case r.known:
		return "0", theme.Muted
	}
	return t.Glyphs.Requested, theme.Muted
}

// state is whether a workflow takes triggers.
func state(t *theme.Theme, w *client.Workflow) (string, theme.Ink) {
	switch {
	case w == nil:
		return t.Glyphs.Unconfirmed + " not known", theme.Muted
	case !w.Active:
		return t.Glyphs.Paused + " frozen", theme.Attention
	case !w.Valid:
		return t.Glyphs.Error + " invalid", theme.Danger
	}
	return t.Glyphs.Completed + " active", theme.OK
}

func (l *list) View() string {
	body := l.body()
	if n := l.notice(); len(n) > 0 {
		body = strings.Join(n, "\n") + "\n" + body
	}
	return l.find.Below(body, l.width, l.height)
}

func (l *list) body() string {
	t, n := l.env.Theme, l.table.Total()
	switch {
	case n == 0 && l.err != nil && !unmanaged(l.err):
		return failed(l.env, l.err, "workflows.refresh", l.width)
	case n == 0 && l.readAt.IsZero() && l.err == nil:
		return status.Loading(t, "workflows")
	case n == 0 && l.err == nil:
		return status.Empty(t, "There are no workflows in "+l.env.Status().Where()+".", "They are made in Knock's dashboard.", l.width)
	case n == 0:
		return status.Empty(t, "No run is known to be pending.", l.env.Key("workflows.trigger")+" triggers a workflow whose key you know.", l.width)
	case l.table.Len() == 0:
		return status.Empty(t, fmt.Sprintf("None of %s has %s in key, name or category.", termtext.Plural(n, "workflow"), termtext.Middle(l.find.Text(), 30)), l.clears(), l.width)
	}
	return l.table.View()
}

// clears says how the text is taken away again.
func (l *list) clears() string {
	if l.find.Active() {
		return "esc clears."
	}
	return l.env.Key("workflows.find") + " and esc clear it."
}

// notice says what cannot be done without the management API.
func (l *list) notice() []string {
	if !unmanaged(l.err) {
		return nil
	}
	t := l.env.Theme
	var lines []string
	for i, line := range termtext.Wrap(why(l.err)+". Below are the workflows that runs are pending in.", max(10, l.width-4)) {
		sign := "   "
		if i == 0 {
			sign = " " + t.Glyphs.Error + " "
		}
		lines = append(lines, t.Attention.Render(sign+line))
	}
	return append(lines, "")
}

func (l *list) noticeHeight() int { return len(l.notice()) }

func (l *list) Do(action string) tea.Cmd {
	switch action {
	case "workflows.find":
		cmd := l.find.Open()
		l.layout()
		return cmd
	case "workflows.columns":
		return ui.ChooseColumns(l.env, l.table)
	case "workflows.refresh":
		l.session.Pulse.Refresh()
		return l.read()
	}
	if key := ui.ListKey(action); key != nil {
		return l.table.Update(key)
	}
	r, ok := l.table.Cursor()
	if !ok {
		return ui.Open("compose", nil) // workflows.trigger needs no row
	}
	switch action {
	case "workflows.open":
		return openRuns(r.key)
	case "workflows.detail":
		return ui.Open(Detail, ui.Params{Key: r.key})
	case "workflows.schedules":
		return ui.Open(Schedules, ui.Params{Key: r.key})
	case "workflows.trigger":
		return openCompose(r.key)
	case "workflows.sweep":
		return openSweep(r.key)
	case "workflows.copy":
		return ui.Copy("workflow key "+termtext.Middle(r.key, 24), r.key)
	case "workflows.dashboard":
		return dashboard.Open(l.env, l.session, r.key)
	case "workflows.freeze":
		return askFreeze(l.env, l.session, r.key)
	case "workflows.thaw":
		return askThaw(l.env, l.session, r.key)
	}
	return nil
}

func (l *list) Disabled(action string) string {
	r, ok := l.table.Cursor()
	switch action {
	case "workflows.open", "workflows.detail", "workflows.schedules", "workflows.sweep", "workflows.copy", "workflows.dashboard", "workflows.freeze", "workflows.thaw":
		if !ok {
			return "no workflow selected"
		}
		if l.table.CursorLost() {
			return "the workflow under the cursor left the list: select one"
		}
	}
	switch action {
	case "workflows.detail":
		if unmanaged(l.err) {
			return why(l.err)
		}
	case "workflows.freeze":
		return cannotSet(r.workflow, false, l.err)
	case "workflows.thaw":
		return cannotSet(r.workflow, true, l.err)
	}
	return ""
}

// cannotSet says why a workflow cannot be frozen (false) or thawed (true).
func cannotSet(w *client.Workflow, active bool, err error) string {
	switch {
	case unmanaged(err):
		return why(err)
	case w == nil:
		return "the workflow is still loading"
	case w.Active && active:
		return w.Key + " is active: there is nothing to thaw"
	case !w.Active && !active:
		return w.Key + " is frozen already"
	}
	return ""
}
