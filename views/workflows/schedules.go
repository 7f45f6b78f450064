package workflows

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// schedules are what triggers a workflow by itself.
type schedules struct {
	*listpage.List[client.Schedule]
	session *ops.Session
	key     string
}

var makeSchedule = keymap.Action{ID: "schedules.schedule", Title: "Make a schedule", Short: "schedule", Keys: []string{"i"}, Danger: keymap.Changes}

func scheduleBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(makeSchedule, (*schedules).create),
		listpage.OnChosen(keymap.Action{ID: "schedules.edit", Title: "Change the marked schedules, or this one", Short: "change", Keys: []string{"I"}, Danger: keymap.Changes}, (*schedules).edit),
		listpage.OnChosen(keymap.Action{ID: "schedules.delete", Title: "Delete the marked schedules, or this one", Short: "delete", Keys: []string{"D"}, Danger: keymap.Destroys}, (*schedules).askDelete),
		listpage.OnRow(keymap.Action{ID: "schedules.raw", Title: "Raw JSON", Short: "json", Keys: []string{"J"}}, (*schedules).raw),
	}
}

func newSchedules(env ui.Env, s *ops.Session, p ui.Params) *schedules {
	v := &schedules{session: s, key: p[Key]}
	v.List = listpage.New(env, listpage.Spec[client.Schedule]{
		Noun: "schedule", ID: func(s client.Schedule) string { return s.ID }, Columns: scheduleColumns(s), CopyOf: "schedule id",
		Read: func(ctx context.Context, _ string) ([]client.Schedule, string, error) {
			all, err := s.Schedules(ctx, v.key)
			return all, "", err
		},
		Empty: func() (what, help string) {
			return "No schedule triggers " + v.key + ".", env.Hint(makeSchedule) + " makes one, " + env.Hint(keymap.AppBack) + " goes back."
		},
		Why: why, Filtered: func() string { return "of " + v.key },
	})
	return v
}

func scheduleColumns(s *ops.Session) []table.Column[client.Schedule] {
	return []table.Column[client.Schedule]{
		{Title: "RECIPIENT", Width: 24, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(s client.Schedule) string { return s.Recipient.String() })},
		{Title: "REPEATS", Width: 38, Min: 14, Identifies: true, Cell: table.Text(theme.Plain, func(s client.Schedule) string { return ops.ScheduleWords(s) })},
		{
			Title: "NEXT", Width: 24, Cell: table.Text(theme.Plain, func(x client.Schedule) string { return ops.NextWords(x, s.Client.ServerNow()) }),
			Order: func(a, b client.Schedule) int { return a.NextOccurrenceAt.Compare(b.NextOccurrenceAt) },
		},
		{Title: "LAST", Width: 16, Priority: 2, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return moment(s.LastOccurrenceAt) })},
		{Title: "TENANT", Width: 12, Priority: 1, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return s.Tenant })},
		{Title: "ID", Width: 14, Priority: 1, Cell: table.Text(theme.Muted, func(s client.Schedule) string { return termtext.Middle(s.ID, 13) })},
	}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// Update takes it that schedules are gone, beside what a list takes.
func (v *schedules) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case changedMsg:
		v.Table.ClearMarks()
		return v.Refresh()
	case scheduledMsg:
		return v.scheduled(m)
	}
	return v.List.Update(msg)
}

func (v *schedules) raw(s client.Schedule) tea.Cmd {
	return nav.JSON("schedule "+termtext.Middle(s.ID, 13), s.Raw)
}

func (v *schedules) askDelete(chosen []client.Schedule) tea.Cmd {
	var ids []string
	for _, s := range chosen {
		ids = append(ids, s.ID)
	}
	prompt := v.session.DeleteSchedulesPrompt(v.key, chosen, v.Table.Total()-len(chosen))
	return confirm.Ask(v.Env, prompt, func(reason string) tea.Cmd { return v.delete(ids, reason) })
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
		return tea.BatchMsg{v.Env.Send(changedMsg{}), toast}
	}
}
