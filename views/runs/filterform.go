package runs

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// filterForm is the dialog that changes what is listed.
type filterForm struct {
	theme *theme.Theme
	form  *form.Form
	apply func(filter) tea.Cmd
}

func newFilterForm(t *theme.Theme, f filter, apply func(filter) tea.Cmd) *filterForm {
	p := f.params()
	when := func(s string) error {
		if strings.TrimSpace(s) == "" {
			return nil
		}
		_, err := ops.ParseWhen(s, time.Now())
		return err
	}
	d := &filterForm{theme: t, apply: apply, form: form.New(
		form.Text{ID: Status, Label: "Status", Value: p[Status], Help: "pending, all, or a list: paused,queued",
			Validate: func(s string) error { _, err := parseStatuses(s); return err },
			Suggest: func(string) []string {
				return []string{"pending", "all", "paused", "queued", "processing", "completed", "cancelled"}
			}},
		form.Text{ID: Workflow, Label: "Workflow", Value: p[Workflow]},
		form.Text{ID: Recipient, Label: "Recipient", Value: p[Recipient], Placeholder: "user_1 or collection/id",
			Validate: func(s string) error {
				if strings.TrimSpace(s) == "" {
					return nil
				}
				_, err := client.ParseRef(strings.TrimSpace(s))
				return err
			}},
		form.Text{ID: Key, Label: "Key", Value: p[Key], Placeholder: "invite-99*"},
		form.Text{ID: Tenant, Label: "Tenant", Value: p[Tenant]},
		form.Text{ID: Since, Label: "Since", Value: p[Since], Placeholder: "2h, 3d or 2026-11-21 14:02", Validate: when},
		form.Text{ID: Until, Label: "Until", Value: p[Until], Validate: when},
		form.Toggle{ID: Errors, Label: "With errors", On: f.errors},
	)}
	d.form.SetTheme(t)
	d.form.Focus()
	return d
}

func (d *filterForm) Update(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			return nil, true
		case "enter", "ctrl+s":
			if d.form.FocusFirstError() {
				return nil, false
			}
			p := ui.Params(d.form.Values())
			if p[Errors] = "no"; d.form.On(Errors) {
				p[Errors] = "yes"
			}
			f, err := parseFilter(p)
			if err != nil {
				return ui.Toast(ui.Bad, "%s", err), false
			}
			return d.apply(f), true
		}
	}
	return d.form.Update(msg), false
}

func (d *filterForm) View(width, height int) string {
	inner := min(max(36, width-4), 76)
	d.form.SetSize(inner-4, max(1, min(10, height-7)))
	return ui.Frame(d.theme, "What is listed", d.form.View()+"\n\n"+d.theme.Muted.Render("enter lists · tab next · esc leaves it"), inner)
}
