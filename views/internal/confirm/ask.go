package confirm

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/ui"
)

// Ask puts a question in a dialog, and carries onYes out at once where nothing is asked.
func Ask(env ui.Env, p consent.Prompt, onYes func(reason string) tea.Cmd) tea.Cmd {
	if !p.Asks() {
		return onYes("")
	}
	return ui.Show(ui.NewConfirm(env.Theme, ui.Confirm{
		Title: p.Title, Totals: p.Totals, Lines: p.Lines, Yes: p.Yes, No: p.No,
		Word: p.Word, WordIs: p.WordIs,
		AskReason: p.Reason != consent.NoReason, NeedReason: p.Reason == consent.ReasonRequired,
		Arms: p.Arms, OnYes: onYes,
	}))
}
