// Package workflows lists the environment's workflows, shows what one is made
// of, freezes and thaws it, and deletes the schedules behind it.
package workflows

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them.
const (
	Name      = "workflows"
	Detail    = nav.WorkflowPage
	Rendered  = "rendered"
	Schedules = nav.SchedulesPage
)

// Key is the param of the detail and of the schedules: the workflow's key. Find
// is the text that the list is opened with.
const (
	Key  = nav.Workflow
	Find = "find"
)

// Params of the rendered templates, besides the key: whom and what they are filled in with, as it was typed.
const (
	To     = nav.To
	Actor  = "actor"
	Tenant = nav.Tenant
	Data   = "data"
)

// Pages returns the list, the detail, its templates as they are sent, and a workflow's schedules.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{
		{
			Name: Name, Title: "Workflows", Help: "Workflows and what is pending in them: freeze, thaw, sweep",
			Scopes: listpage.Scopes, Arg: Find, Bindings: listBindings(),
			Fields: fields.Key(func(l *list) (string, string) {
				r, whyNot := l.Selected()
				return r.key, whyNot
			}),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Detail, Title: "Workflow", Hidden: true, Arg: nav.Workflow, Scopes: detailpage.Scopes, Bindings: detailBindings(),
			Fields: fields.Key(func(d *detail) (string, string) { return d.key, "" }),
			Open:   func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p) },
		},
		{
			Name: Rendered, Title: "Messages", Hidden: true, Scopes: detailpage.Scopes, Bindings: renderedBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newRendered(env, s, p) },
		},
		{
			Name: Schedules, Title: "Schedules", Hidden: true, Scopes: listpage.Scopes, Bindings: scheduleBindings(), Fields: fields.Schedule((*schedules).Selected),
			Open: func(env ui.Env, p ui.Params) ui.View { return newSchedules(env, s, p) },
		},
	}
}
