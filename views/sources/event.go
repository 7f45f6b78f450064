package sources

import (
	"context"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// event is one event of a source.
type event struct {
	*detailpage.Page[ops.SourceEvent]
	env ui.Env
}

func newEvent(env ui.Env, s *ops.Session, key, id string) *event {
	return &event{env: env, Page: detailpage.New(env, detailpage.Spec[ops.SourceEvent]{
		Noun: "event", Crumb: func() string { return termtext.Middle(id, 30) }, CopyOf: "event id", Copied: func(e ops.SourceEvent) string { return e.Log.ID },
		Raw:  func(e ops.SourceEvent) (string, json.RawMessage) { return "event " + e.Log.Event, e.Log.Raw },
		Read: func(ctx context.Context) (ops.SourceEvent, error) { return s.SourceEvent(ctx, key, id) },
		Draw: func(e ops.SourceEvent, sheet *detailpage.Sheet) { draw(env, e, sheet) },
	})}
}

// Subject implements [ui.Pointed].
func (v *event) Subject() ui.Subject {
	e, _ := v.Value()
	return subject(e)
}

// subject is what can be asked about of an event: the trigger it caused, or else whom it is about.
func subject(e ops.SourceEvent) ui.Subject {
	if len(e.Triggers) > 0 {
		return ui.Subject{Kind: ui.SubjectTrigger, ID: e.Triggers[0].WorkflowRunID}
	}
	if user := ops.SourceUser(e.Log); user != "" {
		return status.Recipient(client.Ref{ID: user})
	}
	return ui.Subject{}
}

// runs lists the runs of the trigger that an event caused, and asks of which where there are several.
func runs(env ui.Env, e ops.SourceEvent) tea.Cmd {
	choices := make([]ui.Choice, len(e.Triggers))
	for i, t := range e.Triggers {
		choices[i] = ui.Choice{Name: t.Workflow, Text: t.WorkflowRunID, Run: nav.Runs(nav.RunsOf{Workflow: t.Workflow, WorkflowRun: t.WorkflowRunID, Status: "all"})}
	}
	if len(choices) == 1 {
		return choices[0].Run
	}
	return ui.Show(ui.NewPicker(env.Theme, ui.Picker{Title: "Runs of which workflow", Empty: "No match.", Choices: choices}))
}

func noRuns(e ops.SourceEvent) string {
	if len(e.Triggers) == 0 {
		return "the event began no run"
	}
	return ""
}

func draw(env ui.Env, e ops.SourceEvent, s *detailpage.Sheet) {
	s.Head(ink(e.Outcome), e.Log.Event, e.Words)
	s.Fact("Received", e.Log.InsertedAt.Local().Format("2006-01-02 15:04:05.000 MST"))
	s.Fact("User", ops.SourceUser(e.Log))
	s.Fact("Verified", e.Log.VerificationStatus)
	s.Fact("Test of", e.Log.Origin)
	for _, a := range e.Log.Actions {
		s.Section(strings.ReplaceAll(a.Type, "_", " "), a.Status)
		for _, part := range []struct {
			name  string
			value map[string]any
		}{{"from", a.Parameters}, {"sent", a.Payload}, {"result", a.Result}} {
			if raw, err := json.Marshal(part.value); err == nil && len(part.value) > 0 {
				s.Line(theme.Muted, part.name)
				s.JSON(raw, 60, env.Hint(keymap.DetailRaw)+" shows it whole")
			}
		}
	}
	if raw, err := json.Marshal(e.Log.Data); err == nil {
		s.Section("The event", "")
		s.JSON(raw, 200, env.Hint(keymap.DetailRaw)+" shows it whole")
	}
}
