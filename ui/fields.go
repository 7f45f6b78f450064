package ui

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
)

// Fields are what a page tells of what is selected on it, by name. A page that tells nothing has the zero Fields.
type Fields struct {
	// Names are the fields that there are.
	Names []string
	// Of gives their values in a view, or says why there are none.
	Of func(View) (values map[string]string, whyNot string)
}

// FieldsOf makes fields of what is selected on views of one type.
func FieldsOf[V, R any](selected func(V) (R, string), fields map[string]func(R) string) Fields {
	return Fields{
		Names: slices.Sorted(maps.Keys(fields)),
		Of: func(v View) (map[string]string, string) {
			r, whyNot := selected(v.(V))
			if whyNot != "" {
				return nil, whyNot
			}
			values := map[string]string{}
			for name, of := range fields {
				values[name] = of(r)
			}
			return values, ""
		},
	}
}

// BindAny ties an action to whatever view it is done on, with what that view may use of the shell.
func BindAny(a keymap.Action, run func(Env, View) tea.Cmd, cannot func(View) string) Binding {
	return Binding{
		Action: a,
		run:    func(app *App, v View) tea.Cmd { return run(app.env(app.focus()), v) },
		why:    func(_ *App, v View) string { return cannot(v) },
	}
}
