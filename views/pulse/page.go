// Package pulse is the home view: what is pending by workflow, what is
// delivered, and what is in hand.
package pulse

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// Name of the page, for those who open it.
const Name = "pulse"

// Pages returns the page.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Pulse", Help: "What is pending, what is delivered, what is in progress",
		Scopes: []string{keymap.List},
		Actions: []keymap.Action{
			{ID: "pulse.open", Title: "Go there", Short: "open", Scope: Name, Keys: []string{"enter"}},
			{ID: "pulse.next", Title: "Go to the next column", Short: "column", Scope: Name, Keys: []string{"tab", "right", "l"}},
			{ID: "pulse.previous", Title: "Go to the previous column", Scope: Name, Keys: []string{"shift+tab", "left", "h"}},
			{ID: "pulse.sweep", Title: "Sweep: cancel what is pending in the workflow", Short: "sweep", Scope: Name, Keys: []string{"S"}},
			{ID: "pulse.workflow", Title: "Show the workflow, to freeze or thaw it", Short: "workflow", Scope: Name, Keys: []string{"w"}},
			{ID: "pulse.refresh", Title: "Refresh", Scope: Name, Keys: []string{"r"}},
		},
		Open: func(env ui.Env, _ ui.Params) ui.View { return newView(env, s) },
	}}
}
