package confirm_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
)

// asking is a page that asks one question when it is opened.
type asking struct {
	ask  func() tea.Cmd
	said string
}

func (v *asking) Init() tea.Cmd          { return v.ask() }
func (v *asking) Update(tea.Msg) tea.Cmd { return nil }
func (v *asking) View() string           { return v.said }
func (v *asking) SetSize(int, int)       {}
func (v *asking) Crumb() string          { return "" }
func (v *asking) Note() string           { return "" }
func (v *asking) Do(string) tea.Cmd      { return nil }
func (v *asking) Disabled(string) string { return "" }
func (v *asking) Editing() bool          { return false }

// Every act asks in a dialog what the policy says, as it does at a command's prompt.
func TestEveryActAsksInADialog(t *testing.T) {
	fullscale.Unraced(t)
	for _, p := range world.Prompts() {
		t.Run(p.Name, func(t *testing.T) { inADialog(t, p.Prompt) })
	}
}

func inADialog(t *testing.T, p consent.Prompt) {
	t.Helper()
	v := &asking{said: "not yet"}
	pages := func(*ops.Session) []ui.Page {
		return []ui.Page{{Name: "asking", Title: "Asking", Open: func(env ui.Env, _ ui.Params) ui.View {
			v.ask = func() tea.Cmd {
				return confirm.Ask(env, p, func(reason string) tea.Cmd {
					v.said = "done, because: " + reason
					return nil
				})
			}
			return v
		}}}
	}
	world.Play(t, world.Options{Pages: pages, Start: "asking"}, func(w *world.World) {
		s := w.Stage
		if !p.Asks() {
			s.See("done, because:").Miss(p.No)
			return
		}
		s.See("not yet", p.Title, "this is what happens", p.No).Wait(time.Second)
		if p.Reason == consent.ReasonRequired {
			s.Press("shift+tab", "enter").See("A reason is required").Wait(time.Second)
		}
		if p.Level == consent.Word {
			s.See(p.WordIs + " to continue: " + p.Word)
		} else {
			s.Miss("to continue:")
		}
		if p.Reason == consent.NoReason {
			s.Miss("Reason")
		}
		w.Yes("ticket 5").See("done, because:").Miss(p.No)
	})
}
