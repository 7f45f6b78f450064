package pulse

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// Rehearsed is the workflow that runs away where none is selected.
const Rehearsed = "invite-reminder"

// Rehearsal is what pulse can do besides in a demo: have the selected workflow run away.
func Rehearsal(start func(ctx context.Context, workflow string) error) []ui.Binding {
	return []ui.Binding{ui.Bind(keymap.Action{ID: "pulse.rehearse", Title: "Have a workflow run away, to try what stops it", Short: "runaway", Keys: []string{"ctrl+r"}}, func(v *view) tea.Cmd {
		workflow := cmp.Or(v.board.cursor().workflow, Rehearsed)
		return v.env.Go(func(ctx context.Context) tea.Msg {
			if err := start(ctx, workflow); err != nil {
				return ui.Toast(ui.Bad, "%s", err)()
			}
			return ui.Toast(ui.Warn, "%s runs away from now on: the banner comes within a minute", workflow)()
		})
	})}
}
