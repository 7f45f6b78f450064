package workflows

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
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/status"
)

// schedules are what triggers a workflow by itself.
type schedules struct {
	env     ui.Env
	session *ops.Session
	key     string
	table   *table.Table[client.Schedule]
	readAt  time.Time
	err     error
	width   int
}

type schedulesMsg struct {
	all []client.Schedule
	err error
}

var scheduleColumns = []table.Column[client.Schedule]{
	{Title: "RECIPIENT", Width: 24, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(s client.Schedule) string { return s.Recipient.String() })},
	{Title: "REPEATS", Width: 30, Min: 14, Flex: true, Cell: table.Text(theme.Plain, func(s client.Schedule) string { return repeats(s.Repeats) })},
	{Title: "NEXT", Width: 16, Cell: table.Text(theme.Plain, func(s client.Schedule) string { return moment(s.NextOccurrenceAt) })},
	{Title: "LAST", Width: 16, Priority: 2, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return moment(s.LastOccurrenceAt) })},
	{Title: "TENANT", Width: 12, Priority: 1, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return s.Tenant })},
	{Title: "ID", Width: 14, Priority: 1, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return termtext.Middle(s.ID, 13) })},
}

func newSchedules(env ui.Env, s *ops.Session, p ui.Params) *schedules {
	t := table.New(env.Theme, func(s client.Schedule) string { return s.ID }, scheduleColumns...)
	return &schedules{env: env, session: s, key: p[Key], table: t}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// repeats words when a schedule comes round: weekly on mon at 09:00.
func repeats(rules []client.RepeatRule) string {
	var all []string
	for _, r := range rules {
		s := r.Frequency
		if r.Interval > 1 {
			s += fmt.Sprintf(", every %d", r.Interval)
		}
		if len(r.Days) > 0 {
			s += " on " + strings.Join(r.Days, ", ")
		}
		if r.DayOfMonth > 0 {
			s += fmt.Sprintf(" on day %d", r.DayOfMonth)
		}
		all = append(all, s+fmt.Sprintf(" at %02d:%02d", r.Hours, r.Minutes))
	}
	if len(all) == 0 {
		return "once"
	}
	return strings.Join(all, "; ")
}

func (v *schedules) Init() tea.Cmd { return v.read() }

// Resume reads anew: schedules may have been changed, or Knock not have answered.
func (v *schedules) Resume() tea.Cmd { return v.read() }

func (v *schedules) read() tea.Cmd {
	return v.env.Go(func(ctx context.Context) tea.Msg {
		all, err := v.session.Schedules(ctx, v.key)
		return schedulesMsg{all, err}
	})
}

func (v *schedules) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case schedulesMsg:
		if v.err = msg.err; msg.err == nil {
			v.readAt = time.Now()
			v.table.SetRows(msg.all)
		}
	case changedMsg:
		v.table.ClearMarks()
		return v.read()
	case tea.MouseWheelMsg:
		return v.table.Update(msg)
	case tea.MouseClickMsg:
		v.table.ClickRow(msg.Y)
	}
	return nil
}

func (v *schedules) SetSize(w, h int) {
	v.width = w
	v.table.SetSize(w, h)
}

func (v *schedules) Crumb() string { return "of " + termtext.Clean(v.key) }

func (v *schedules) Note() string {
	var parts []string
	if n := v.table.MarkedCount(); n > 0 {
		parts = append(parts, termtext.Count(n)+" marked")
	}
	if n := v.table.Total(); n > 0 {
		parts = append(parts, termtext.Plural(n, "schedule"))
	}
	if v.err != nil && !v.readAt.IsZero() {
		parts = append(parts, "as of "+termtext.Age(time.Since(v.readAt))+" ago")
	}
	return strings.Join(parts, " "+v.env.Theme.Glyphs.Dot+" ")
}

func (v *schedules) Editing() bool { return false }

func (v *schedules) View() string {
	t := v.env.Theme
	switch {
	case v.table.Total() > 0:
		return v.table.View()
	case v.err != nil:
		return failed(v.env, v.err, "schedules.refresh", v.width)
	case v.readAt.IsZero():
		return status.Loading(t, "schedules")
	}
	return status.Empty(t, "No schedule triggers "+v.key+".", v.env.Key("app.back")+" goes back.", v.width)
}

// chosen are the marked schedules, or the one under the cursor.
func (v *schedules) chosen() []client.Schedule {
	if marked := v.table.Marked(); len(marked) > 0 {
		return marked
	}
	if s, ok := v.table.Cursor(); ok {
		return []client.Schedule{s}
	}
	return nil
}

func (v *schedules) Disabled(action string) string {
	switch action {
	case "schedules.mark", "schedules.markall", "schedules.delete", "schedules.raw", "schedules.copy":
		if v.table.Len() == 0 {
			return "no schedule selected"
		}
	}
	if action == "schedules.delete" && v.table.CursorLost() && v.table.MarkedCount() == 0 {
		return "the schedule under the cursor left the list: select one"
	}
	return ""
}

func (v *schedules) Do(action string) tea.Cmd {
	switch action {
	case "schedules.mark":
		v.table.MarkToggle()
		v.table.Down(1)
	case "schedules.markall":
		v.table.MarkAll()
	case "schedules.unmark":
		v.table.ClearMarks()
	case "schedules.delete":
		return v.askDelete(v.chosen())
	case "schedules.refresh":
		return v.read()
	case "schedules.raw":
		s, _ := v.table.Cursor()
		return ui.Open("json", ui.Params{"title": "schedule " + termtext.Middle(s.ID, 13), "json": string(s.Raw)})
	case "schedules.copy":
		s, _ := v.table.Cursor()
		return ui.Copy("schedule id "+termtext.Middle(s.ID, 13), s.ID)
	default:
		if key := ui.ListKey(action); key != nil {
			return v.table.Update(key)
		}
	}
	return nil
}

func (v *schedules) askDelete(chosen []client.Schedule) tea.Cmd {
	var ids []string
	for _, s := range chosen {
		ids = append(ids, s.ID)
	}
	prompt := v.session.DeleteSchedulesPrompt(v.key, chosen, v.table.Total()-len(chosen))
	return confirm.Ask(v.env, prompt, func(reason string) tea.Cmd { return v.delete(ids, reason) })
}

// delete goes on when the page is closed.
func (v *schedules) delete(ids []string, reason string) tea.Cmd {
	change := v.session.DeleteSchedules(v.key, ids, reason)
	return func() tea.Msg {
		gone, err := change.Result()
		toast := ui.Toast(ui.Good, "%s of %s deleted", termtext.Plural(len(gone), "schedule"), v.key)
		if err != nil {
			toast = ui.Toast(ui.Bad, "%d of %s deleted: %s", len(gone), termtext.Plural(len(ids), "schedule"), err)
		}
		return tea.BatchMsg{v.env.Send(changedMsg{}), toast}
	}
}
