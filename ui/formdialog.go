package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// FormDialog is a dialog that asks for a few fields: enter takes them, or ctrl+s where a field has lines; esc leaves it.
type FormDialog struct {
	theme       *theme.Theme
	title, help string
	form        *form.Form
	take        func(*form.Form) (tea.Cmd, error)
	keep        func(*form.Form) // nil for what is not kept
}

// AskForm shows a dialog of fields. take gets the form once every field is
// valid; on an error the dialog stays, with all that was entered.
func AskForm(t *theme.Theme, title, help string, take func(*form.Form) (tea.Cmd, error), fields ...form.Spec) tea.Cmd {
	return AskDraft(t, title, help, take, nil, fields...)
}

// AskDraft is [AskForm] for what is gone on with later: keep gets what was entered when the dialog closes, be it taken or left.
func AskDraft(t *theme.Theme, title, help string, take func(*form.Form) (tea.Cmd, error), keep func(*form.Form), fields ...form.Spec) tea.Cmd {
	d := &FormDialog{theme: t, title: title, help: help, form: form.New(fields...), take: take, keep: keep}
	d.form.SetTheme(t)
	d.form.Focus()
	return Show(d)
}

// Update implements [Dialog].
func (d *FormDialog) Update(msg tea.Msg) (tea.Cmd, bool) {
	cmd, done := d.update(msg)
	if done && d.keep != nil {
		d.keep(d.form)
	}
	return cmd, done
}

func (d *FormDialog) update(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch name := key.String(); {
		case name == "esc":
			return nil, true
		case name == "enter" && !d.form.InLines(), name == "ctrl+s":
			if d.form.FocusFirstError() {
				return nil, false
			}
			cmd, err := d.take(d.form)
			if err != nil {
				return Toast(Bad, "%s", err), false
			}
			return cmd, true
		}
	}
	return d.form.Update(msg), false
}

// View implements [Dialog].
func (d *FormDialog) View(width, height int) string {
	inner := min(max(36, width-4), 76)
	help := termtext.Wrap(d.help, inner-4)
	d.form.SetSize(inner-4, max(1, min(12, height-frameRows-len(help)-2)))
	lines := []string{d.form.View(), ""}
	for _, s := range help {
		lines = append(lines, d.theme.Muted.Render(s))
	}
	return Frame(d.theme, d.title, strings.Join(lines, "\n"), inner)
}
