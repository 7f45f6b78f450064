// Package why shows why something did or did not arrive: a sentence, the route with its proof, and what to do next.
package why

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// Name of the page.
const Name = "why"

// Params of the page. ID is any id, of which it is found out what it is.
const (
	ID        = "id"
	Recipient = "recipient"
	Run       = "run"
	Message   = "message"
	Trigger   = "trigger"
	Compare   = "compare" // a recipient
)

// Pages returns the page.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Why", Help: "Why something did or did not arrive: why ID",
		Scopes: []string{keymap.List}, Arg: ID,
		About: &ui.About{
			Action:  keymap.Action{ID: "ask.why", Title: "Ask why: what became of what is selected", Scope: keymap.Global, Keys: []string{"a"}},
			Params:  about,
			Nothing: "select a user, a run, a message or an event first, or ask by id: why ID in the palette",
		},
		Actions: []keymap.Action{
			{ID: "why.open", Title: "Open what the cursor is on, or copy the command", Short: "open", Scope: Name, Keys: []string{"enter"}},
			{ID: "why.copy", Title: "Copy the sentence", Short: "copy sentence", Scope: Name, Keys: []string{"y"}},
			{ID: "why.compare", Title: "Compare with another recipient", Short: "compare", Scope: Name, Keys: []string{"="}},
			{ID: "why.user", Title: "Go to the recipient", Short: "user", Scope: Name, Keys: []string{"u"}},
			{ID: "why.run", Title: "Go to the run", Short: "run", Scope: Name, Keys: []string{"p"}},
			{ID: "why.raw", Title: "The answer as JSON", Short: "json", Scope: Name, Keys: []string{"J"}},
			{ID: "why.refresh", Title: "Ask again", Scope: Name, Keys: []string{"r"}},
		},
		Open: func(env ui.Env, p ui.Params) ui.View { return newView(env, s, p) },
	}}
}

// about is the question about what is selected.
func about(s ui.Subject) ui.Params {
	switch s.Kind {
	case ui.SubjectRecipient:
		return ui.Params{Recipient: s.ID}
	case ui.SubjectRun:
		return ui.Params{Run: s.ID}
	case ui.SubjectMessage:
		return ui.Params{Message: s.ID}
	case ui.SubjectTrigger:
		return ui.Params{Trigger: s.ID}
	}
	return nil
}
