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
		Scopes: []string{keymap.List}, Arg: ID, Bindings: bindings(),
		About: &ui.About{
			Action:  askWhy,
			Params:  about,
			Nothing: "select a user, a run, a message or an event first, or ask by id: why ID in the palette",
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
