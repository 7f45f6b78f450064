// Package dashboard goes from the console to Knock's dashboard.
package dashboard

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// Action opens a workflow in the dashboard, from the page of that name.
func Action(page string) keymap.Action {
	return keymap.Action{
		ID: page + ".dashboard", Title: "Open the workflow in Knock's dashboard", Short: "dashboard", Scope: page, Keys: []string{"o"},
	}
}

// Open opens a workflow in the dashboard, or says why it has no address there.
func Open(env ui.Env, s *ops.Session, workflow string) tea.Cmd {
	return func() tea.Msg {
		url, err := s.DashboardURL(env.Context(), workflow)
		refusal := (*runner.Refusal)(nil)
		switch {
		case env.Context().Err() != nil: // the page was left meanwhile
			return nil
		case errors.As(err, &refusal):
			return ui.Toast(ui.Warn, "%s", err)()
		case err != nil:
			return ui.Toast(ui.Bad, "%s", err)()
		}
		return ui.Browse(url)()
	}
}
