// Package compose writes a trigger: the form on the left, the request as it
// will be sent on the right, and once it is sent, the runs that come of it.
package compose

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// Name of the page, for those who open it.
const Name = nav.ComposePage

// Params: the workflow's key, and who it is for: references apart by commas or
// spaces, or JSON strings and objects.
const (
	Workflow = nav.Workflow
	To       = nav.To
)

// Pages returns the page. What is typed on it outlives it.
func Pages(s *ops.Session) []ui.Page {
	d := &workspace{}
	return []ui.Page{{
		Name: Name, Title: "Compose", Help: "Trigger a workflow and follow its runs",
		Scopes: []string{keymap.List}, Arg: Workflow,
		Actions: []keymap.Action{
			{ID: "compose.open", Title: "Open the run, or edit", Short: "open", Scope: Name, Keys: []string{"enter"}},
			{ID: "compose.cancel", Title: "Cancel the runs of this trigger", Short: "cancel these runs", Scope: Name, Keys: []string{"c"}, Danger: keymap.Destroys},
			{ID: "compose.edit", Title: "Edit", Short: "type", Scope: Name, Keys: []string{"i", "tab"}},
			{ID: "compose.send", Title: "Send the trigger", Short: "send", Scope: Name, Keys: []string{"ctrl+s"}, Danger: keymap.Destroys, InText: true},
			{ID: "compose.pick", Title: "Pick a workflow", Short: "workflows", Scope: Name, Keys: []string{"ctrl+o"}, InText: true},
			{ID: "compose.show", Title: "Show the request as JSON, as curl, or the runs", Short: "JSON/curl", Scope: Name, Keys: []string{"ctrl+t"}, InText: true},
			{ID: "compose.new", Title: "Start a new draft", Short: "new", Scope: Name, Keys: []string{"ctrl+n"}, InText: true},
			{ID: "compose.other", Title: "Go to the previous draft", Short: "other draft", Scope: Name, Keys: []string{"ctrl+r"}, InText: true},
			{ID: "compose.format", Title: "Format the data", Scope: Name, Keys: []string{"ctrl+g"}, InText: true},
			{ID: "compose.copy", Title: "Copy the request as curl", Short: "copy curl", Scope: Name, Keys: []string{"C"}},
			{ID: "compose.copykey", Title: "Copy the cancellation key", Scope: Name, Keys: []string{"Y"}},
		},
		Open: func(env ui.Env, p ui.Params) ui.View { return newView(env, s, d, p) },
	}}
}
