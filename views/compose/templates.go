package compose

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
)

type (
	templatesMsg struct {
		all []ops.Template
		err error
	}
	templateMsg struct{ template ops.Template }
	saveMsg     struct{ name string }
	savedMsg    struct {
		name string
		err  error
	}
)

// readTemplates reads what was saved, to choose from.
func (v *view) readTemplates() tea.Cmd {
	return v.env.Go(func(ctx context.Context) tea.Msg {
		all, err := v.session.Templates(ctx)
		return templatesMsg{all, err}
	})
}

// chooseTemplate opens what is chosen, and saves the draft under what is typed.
func (v *view) chooseTemplate(m templatesMsg) tea.Cmd {
	if m.err != nil {
		return ui.Toast(ui.Bad, "%s", m.err)
	}
	there := map[string]bool{}
	choices := make([]ui.Choice, len(m.all))
	for i, t := range m.all {
		about, mark := t.Workflow+" to nobody yet", ""
		if n := len(t.Lines()); n > 0 {
			about = t.Workflow + " to " + termtext.Plural(n, "recipient")
		}
		if t.Elsewhere {
			mark = "of another key"
		}
		there[t.Name] = true
		choices[i] = ui.Choice{Name: t.Name, Text: about, Keys: mark, Run: v.env.Send(templateMsg{t})}
	}
	return ui.Show(ui.NewPicker(v.env.Theme, ui.Picker{
		Title: "Open a template, or type a name to save the draft under", Empty: "No template yet: type a name to save this draft under.", Choices: choices,
		Other: func(name string) ui.Choice {
			text := "Save this draft as " + name
			if there[name] {
				text = "Replace " + name + " by this draft"
			}
			return ui.Choice{Name: "save", Text: text, Run: v.env.Send(saveMsg{name})}
		},
	}))
}

// openTemplate lays what was saved on top as a new draft.
func (v *view) openTemplate(t ops.Template) tea.Cmd {
	d, err := t.Use()
	if err != nil {
		return ui.Toast(ui.Bad, "%s", err)
	}
	v.workspace.put(newDraft(v.env.Theme, &v.workspace.catalogue, d))
	v.showing = sideForm
	return v.workspace.top().form.Focus()
}

// save keeps the draft on top as a template.
func (v *view) save(name string) tea.Cmd {
	d := v.workspace.top().written()
	return v.env.Go(func(ctx context.Context) tea.Msg {
		return savedMsg{name, v.session.SaveTemplate(ctx, name, d)}
	})
}

func (v *view) saved(m savedMsg) tea.Cmd {
	if m.err != nil {
		return ui.Toast(ui.Warn, "not saved: %s", m.err)
	}
	return ui.Toast(ui.Good, "saved as template %s: %s", m.name, v.session.Command("trigger --template "+termtext.ShellWord(m.name)))
}
