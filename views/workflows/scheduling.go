package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/views/internal/confirm"
)

// The form's fields.
const (
	toField, everyField, atField, untilField, tenantField, dataField = "to", "every", "at", "until", "tenant", "data"
)

// localTime is how times are typed: as the clock on the wall has them.
const localTime = "2006-01-02 15:04"

// timingFields ask when; what they are filled with is what is there.
func timingFields(every, at, until, tenant, data string) []form.Spec {
	edit := jsonedit.New()
	edit.SetValue(data)
	zone, _ := time.Now().Zone()
	return []form.Spec{
		form.Text{ID: everyField, Label: "Every", Value: every, Placeholder: "Monday and Friday at 09:00; empty for once", Validate: func(s string) error {
			if strings.TrimSpace(s) == "" {
				return nil
			}
			_, err := ops.ParseRepeat(s)
			return err
		}},
		form.Text{ID: atField, Label: "At, or from", Value: at, Placeholder: localTime + ", " + zone, Validate: checkTime},
		form.Text{ID: untilField, Label: "Until", Placeholder: until, Validate: checkTime},
		form.Text{ID: tenantField, Label: "Tenant", Value: tenant},
		form.Custom{ID: dataField, Label: "Data", Lines: 4, Widget: edit, Validate: func(s string) error {
			if strings.TrimSpace(s) == "" {
				return nil
			}
			return client.CheckJSON("data", []byte(s))
		}},
	}
}

func checkTime(s string) error {
	if strings.TrimSpace(s) == without {
		return nil
	}
	_, err := typedTime(s)
	return err
}

func typedTime(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{localTime, time.RFC3339, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write it like %s", s, localTime)
}

// without is what takes the end of a schedule away: Knock does not tell when that is, so that the form cannot hold it.
const without = "none"

// timing reads the form. What is as it was is left out, and what was emptied is taken away.
func timing(f *form.Form, was map[string]string) (t client.Timing, err error) {
	changed := func(field, unset string) string {
		v, before := strings.TrimSpace(f.Value(field)), strings.TrimSpace(was[field])
		switch {
		case v == before:
			return ""
		case v == "" && unset != "":
			t.Unset = append(t.Unset, unset)
		}
		return v
	}
	if every := changed(everyField, ""); every != "" {
		if t.Repeats, err = ops.ParseRepeat(every); err != nil {
			return t, err
		}
	}
	if t.ScheduledAt, err = typedTime(changed(atField, "")); err != nil {
		return t, err
	}
	t.Once = was[everyField] != "" && strings.TrimSpace(f.Value(everyField)) == ""
	if until := changed(untilField, ""); until == without && was != nil {
		t.Unset = append(t.Unset, "ending_at")
	} else if t.EndingAt, err = typedTime(until); err != nil {
		return t, err
	}
	if tenant := changed(tenantField, "tenant"); tenant != "" {
		if t.Tenant, err = client.ParseTenant(tenant); err != nil {
			return t, err
		}
	}
	if data := changed(dataField, "data"); data != "" {
		t.Data = []byte(data)
	}
	switch at := strings.TrimSpace(f.Value(atField)); {
	case t.Once && at == "":
		return t, errors.New("a schedule that repeats no more needs the time at which it comes round once")
	case was[atField] != "" && at == "" && len(t.Repeats) == 0:
		return t, errors.New("a schedule that does not repeat needs its time; to stop it, delete it")
	}
	return t, nil
}

const scheduleHelp = "Repeats are in the recipient's time.  ctrl+s to go on · tab next · esc to cancel"

// create asks for whom and when, and makes a schedule for each.
func (v *schedules) create() tea.Cmd {
	take := func(f *form.Form) (tea.Cmd, error) {
		var to []client.Recipient
		for line := range strings.Lines(f.Value(toField)) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			r, err := client.ParseRecipient(line)
			if err != nil {
				return nil, err
			}
			to = append(to, r)
		}
		t, err := timing(f, nil)
		if err != nil {
			return nil, err
		}
		if _, err := v.session.Client.CreateSchedulesRequest(v.key, to, t); err != nil {
			return nil, err
		}
		return confirm.Ask(v.Env, v.session.CreateSchedulesPrompt(v.key, to, t, false), func(reason string) tea.Cmd {
			return v.carryOut(v.session.CreateSchedules(v.key, to, t, reason), "made")
		}), nil
	}
	return v.askTiming("Schedule "+v.key, take, append([]form.Spec{
		form.Area{ID: toField, Label: "For", Lines: 2, Placeholder: "user_1 or collection/id, one a line", Validate: func(s string) error {
			if strings.TrimSpace(s) == "" {
				return errors.New("a schedule is for somebody")
			}
			return nil
		}},
	}, timingFields("", "", localTime+", or without end", "", "")...))
}

// edit changes the chosen schedules. Of one, what is there stands in the form.
func (v *schedules) edit(chosen []client.Schedule) tea.Cmd {
	was := map[string]string{}
	if len(chosen) == 1 {
		s := chosen[0]
		was[tenantField] = s.Tenant
		if raw, err := json.MarshalIndent(s.Data, "", "  "); err == nil && len(s.Data) > 0 {
			was[dataField] = string(raw)
		}
		if len(s.Repeats) > 0 {
			was[everyField] = strings.TrimPrefix(ops.RepeatWords(s.Repeats), "every ")
		} else if !s.NextOccurrenceAt.IsZero() {
			was[atField] = s.NextOccurrenceAt.Local().Format(localTime)
		}
	}
	take := func(f *form.Form) (tea.Cmd, error) {
		t, err := timing(f, was)
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, s := range chosen {
			ids = append(ids, s.ID)
		}
		if _, err := v.session.Client.UpdateSchedulesRequest(ids, t); err != nil {
			return nil, err
		}
		return confirm.Ask(v.Env, v.session.UpdateSchedulesPrompt(v.key, chosen, t, false), func(reason string) tea.Cmd {
			return v.carryOut(v.session.UpdateSchedules(v.key, chosen, t, reason), "changed")
		}), nil
	}
	return v.askTiming("Change "+termtext.Plural(len(chosen), "schedule")+" of "+v.key, take, timingFields(was[everyField], was[atField], localTime+"; "+without+" takes it away", was[tenantField], was[dataField]))
}

func (v *schedules) askTiming(title string, take func(*form.Form) (tea.Cmd, error), fields []form.Spec) tea.Cmd {
	if v.Env.Status().ReadOnly {
		return ui.Toast(ui.Warn, "%s is read-only", v.Env.Status().Profile)
	}
	return ui.AskForm(v.Env.Theme, title, scheduleHelp, take, fields...)
}

// carryOut waits for a change, and has the list read anew.
func (v *schedules) carryOut(change *runner.Change[[]client.Schedule], did string) tea.Cmd {
	return v.Env.Go(func(ctx context.Context) tea.Msg {
		all, err := change.Wait(ctx)
		return scheduledMsg{all, did, err}
	})
}

type scheduledMsg struct {
	schedules []client.Schedule
	did       string
	err       error
}

func (v *schedules) scheduled(m scheduledMsg) tea.Cmd {
	if m.err != nil {
		return ui.Toast(ui.Bad, "%s", m.err)
	}
	v.Table.ClearMarks()
	return tea.Batch(v.Refresh(), ui.Toast(ui.Good, "%s %s", m.did, termtext.Plural(len(m.schedules), "schedule")))
}
