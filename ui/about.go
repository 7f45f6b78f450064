package ui

import "github.com/knockops/knockops/keymap"

// About is how a page tells about what is selected on any other page, by one action that works everywhere.
type About struct {
	// Action is global and opens the page.
	Action keymap.Action
	// Params are the page's for a subject, nil for one that it tells nothing of.
	Params func(Subject) Params
	// Nothing says why the action cannot be done where nothing fitting is selected.
	Nothing string
}

// about is the page that an action opens about what is selected, with its parameters, nil where nothing fitting is.
func (a *App) about(id string) (page Page, params Params, ok bool) {
	for _, page := range a.pages {
		if page.About == nil || page.About.Action.ID != id {
			continue
		}
		var s Subject
		if p, ok := a.focus().view.(Pointed); ok {
			s = p.Subject()
		}
		return page, page.About.Params(s), true
	}
	return Page{}, nil, false
}
