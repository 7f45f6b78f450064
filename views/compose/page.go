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

// Pages returns the page. What is typed on it outlives it, and the session where it was not sent.
func Pages(s *ops.Session) []ui.Page {
	d := &workspace{}
	if s != nil && s.Journal != nil {
		d.kept = s.LeftOpen(d.leave)
	}
	return []ui.Page{{
		Name: Name, Title: "Compose", Help: "Trigger a workflow and follow its runs",
		Scopes: []string{keymap.List}, Arg: Workflow, Bindings: bindings(),
		Open: func(env ui.Env, p ui.Params) ui.View { return newView(env, s, d, p) },
	}}
}
