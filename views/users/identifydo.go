package users

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// Actions of the form that its texts name.
var (
	identifyIt = keymap.Action{ID: "identify.send", Title: "Identify the user", Short: "identify", Keys: []string{"ctrl+s"}, Danger: keymap.Changes, InText: true}
	emptyForm  = keymap.Action{ID: "identify.new", Title: "Empty the form", Short: "empty", Keys: []string{"ctrl+n"}, InText: true}
)

func identifyBindings() []ui.Binding {
	sending := func(v *identify) bool { return v.sending != nil }
	reading := func(v *identify) bool { return v.reading }
	wide := func(v *identify) bool { return v.env.Theme.Beside(v.width) }
	return []ui.Binding{
		ui.Bind(identifyIt, (*identify).send, ui.When(sending, "already sending"), ui.When(reading, "what Knock has of this user is being read")),
		ui.Bind(keymap.Action{ID: "identify.json", Title: "Custom properties as rows or as JSON", Short: "rows/JSON", Keys: []string{"ctrl+t"}, InText: true}, (*identify).toggleCustom),
		ui.Bind(keymap.Action{ID: "identify.request", Title: "Show the form or the request", Short: "form/request", Keys: []string{"ctrl+o"}, InText: true}, (*identify).turn, ui.When(wide, "form and request stand side by side")),
		ui.Bind(emptyForm, (*identify).askEmpty),
		ui.Bind(keymap.Action{ID: "identify.edit", Title: "Edit", Short: "type", Keys: []string{"enter", "i", "tab"}}, (*identify).edit, ui.When((*identify).Editing, "already editing")),
		ui.Bind(keymap.Action{ID: "identify.copy", Title: "Copy the request as curl", Short: "copy curl", Keys: []string{"C"}}, (*identify).copyCurl),
	}
}

func (v *identify) toggleCustom() tea.Cmd {
	if err := v.draft.toggle(v.env.Theme); err != nil {
		return ui.Toast(ui.Warn, "custom properties stay as they are shown: %s", err)
	}
	return nil
}

func (v *identify) turn() tea.Cmd {
	v.showing = !v.showing
	return nil
}

func (v *identify) edit() tea.Cmd {
	v.showing = false
	return v.draft.form.Focus()
}

func (v *identify) copyCurl() tea.Cmd {
	r, err := v.built()
	if err != nil {
		return ui.Toast(ui.Warn, "no request yet: %s", err)
	}
	return ui.Copy("the request as curl", r.Curl())
}

// askEmpty empties the form, and asks before that when something was typed.
func (v *identify) askEmpty() tea.Cmd {
	empty := func() {
		delete(v.left, v.opened)
		v.opened, v.failure, v.readErr, v.isNew = "", nil, nil, false
		v.draft = newDraft(v.env.Theme, "")
		v.draft.form.Focus()
	}
	if !v.draft.dirty() {
		empty()
		return nil
	}
	return ui.Show(ui.NewConfirm(v.env.Theme, ui.Confirm{
		Title: "Empty the form", Lines: []string{"Unsent input will be lost."},
		Yes: "Empty it", No: "No, keep it",
		OnYes: func(string) tea.Cmd { return v.env.Send(emptyMsg{empty}) },
	}))
}

// built is the request as it will be sent.
func (v *identify) built() (client.Request, error) {
	properties, err := v.draft.properties()
	if err != nil {
		return client.Request{}, err
	}
	return v.session.Client.IdentifyRequest(v.draft.id(), properties)
}
