package why

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/views/internal/nav"
)

// Actions that texts of the page name; the first works everywhere.
var (
	askWhy   = keymap.Action{ID: "ask.why", Title: "Ask why: what became of what is selected", Scope: keymap.Global, Keys: []string{"a"}}
	rawJSON  = keymap.Action{ID: "why.raw", Title: "The answer as JSON", Short: "json", Keys: []string{"J"}}
	askAgain = keymap.Action{ID: "why.refresh", Title: "Ask again", Keys: []string{"r"}}
)

func bindings() []ui.Binding {
	unanswered := ui.When(func(v *view) bool { return v.answer == nil }, "there is no answer yet")
	noRun := ui.When(func(v *view) bool { return v.answer.Run == "" }, "there is no run")
	closed := func(v *view) bool { return v.opener() == nil }
	nobody := func(v *view) bool { return v.answer.Recipient == "" }
	unasked := func(v *view) bool { return len(v.params) == 0 }
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "why.open", Title: "Open what the cursor is on, or copy the command", Short: "open", Keys: []string{"enter"}}, func(v *view) tea.Cmd { return v.opener()() }, unanswered, ui.When(closed, "there is nothing to open here")),
		ui.Bind(keymap.Action{ID: "why.copy", Title: "Copy the sentence", Short: "copy sentence", Keys: []string{"y"}}, func(v *view) tea.Cmd { return ui.Copy("the sentence", v.answer.Verdict) }, unanswered),
		ui.Bind(keymap.Action{ID: "why.compare", Title: "Compare with another recipient", Short: "compare", Keys: []string{"="}}, (*view).compare, unanswered, noRun),
		ui.Bind(keymap.Action{ID: "why.user", Title: "Go to the recipient", Short: "user", Keys: []string{"u"}}, func(v *view) tea.Cmd { return openRecipient(v.answer.Recipient) }, unanswered, ui.When(nobody, "it is not known whom it was for")),
		ui.Bind(keymap.Action{ID: "why.run", Title: "Go to the run", Short: "run", Keys: []string{"p"}}, func(v *view) tea.Cmd { return nav.Run(v.answer.Run) }, unanswered, noRun),
		ui.Bind(rawJSON, (*view).raw, unanswered),
		ui.Bind(askAgain, (*view).ask, ui.When(unasked, "there is no answer yet")),
	}
}

// opener opens what the cursor is on, nil where that cannot be opened.
func (v *view) opener() func() tea.Cmd {
	at, _ := v.route.Cursor()
	return v.opens[at.ID]
}

func (v *view) raw() tea.Cmd {
	var all any = v.answer
	if v.both != nil {
		all = v.both
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return ui.Toast(ui.Bad, "%s", err)
	}
	return nav.JSON("why "+v.Crumb(), raw)
}

func openRecipient(ref string) tea.Cmd {
	if r, err := client.ParseRef(ref); err == nil && r.Collection == "" {
		return nav.User(r.ID)
	}
	return nav.Runs(nav.RunsOf{Recipient: ref, Status: "all"})
}

// compare asks whom to compare with.
func (v *view) compare() tea.Cmd {
	const with = "with"
	return ui.AskForm(v.env.Theme, "Compare with", "Somebody who got it: the page marks where the two part.  enter to compare · esc to leave",
		func(f *form.Form) (tea.Cmd, error) {
			return ui.Open(Name, ui.Params{Run: v.answer.Run, Compare: f.Value(with)}), nil
		},
		form.Text{ID: with, Label: "Recipient", Placeholder: "user_1, or collection/id", Validate: func(s string) error {
			_, err := client.ParseRef(s)
			return err
		}})
}
