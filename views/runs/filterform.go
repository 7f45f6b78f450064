package runs

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
)

// askFilter asks what is listed.
func (l *list) askFilter() tea.Cmd {
	of := l.filter.of()
	when := func(s string) error {
		if strings.TrimSpace(s) == "" {
			return nil
		}
		_, err := termtext.ParseWhen(s, time.Now())
		return err
	}
	take := func(entered *form.Form) (tea.Cmd, error) {
		p := ui.Params(entered.Values())
		if p[Errors] = "no"; entered.On(Errors) {
			p[Errors] = "yes"
		}
		f, err := parseFilter(p)
		return l.Env.Send(filterMsg{f}), err
	}
	return ui.AskForm(l.Env.Theme, "Filter", "enter to apply · tab next · esc to cancel", take,
		form.Text{ID: Status, Label: "Status", Value: of.Status, Help: "pending, all, or a list: paused,queued",
			Validate: func(s string) error { _, err := ops.ParseStatuses(statuses(s)); return err },
			Suggest: func(string) []string {
				return []string{"pending", "all", "paused", "queued", "processing", "completed", "cancelled"}
			}},
		form.Text{ID: Workflow, Label: "Workflow", Value: of.Workflow},
		form.Text{ID: Recipient, Label: "Recipient", Value: of.Recipient, Placeholder: "user_1 or collection/id",
			Validate: func(s string) error {
				if strings.TrimSpace(s) == "" {
					return nil
				}
				_, err := client.ParseRef(strings.TrimSpace(s))
				return err
			}},
		form.Text{ID: Key, Label: "Key", Value: of.Key, Placeholder: "invite-99*"},
		form.Text{ID: WorkflowRun, Label: "Trigger", Value: of.WorkflowRun, Placeholder: "its workflow_run_id"},
		form.Text{ID: Tenant, Label: "Tenant", Value: of.Tenant},
		form.Text{ID: Since, Label: "Since", Value: of.Since, Placeholder: "2h, 3d or 2026-11-21 14:02", Validate: when},
		form.Text{ID: Until, Label: "Until", Value: of.Until, Validate: when},
		form.Toggle{ID: Errors, Label: "With errors", On: of.Errors},
	)
}
