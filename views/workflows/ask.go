package workflows

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
)

// changedMsg tells the view that asked that a workflow is not what it was.
type changedMsg struct{}

// askFreeze asks before a workflow is made inactive.
func askFreeze(env ui.Env, s *ops.Session, key string) tea.Cmd {
	return askActive(env, s, key, false, s.Pulse.Now().Pending(key))
}

// askThaw asks before a workflow is made active again. While runs are pending in
// it, it offers to sweep them first.
func askThaw(env ui.Env, s *ops.Session, key string) tea.Cmd {
	pending := s.Pulse.Now().Pending(key)
	thaw := askActive(env, s, key, true, pending)
	if pending.Runs == 0 {
		return thaw
	}
	return ui.Show(ui.NewPicker(env.Theme, ui.Picker{
		Title: "Thawing lets " + termtext.Plural(pending.Runs, "pending run") + " go on and send",
		Empty: "No match. esc leaves it frozen.",
		Choices: []ui.Choice{
			{Name: "sweep first", Text: "cancel them before anything is sent", Run: openSweep(key)},
			{Name: "thaw all the same", Text: "asks once more; then they go on when they wake", Run: thaw},
		},
	}))
}

func askActive(env ui.Env, s *ops.Session, key string, active bool, pending ops.PendingCount) tea.Cmd {
	return confirm.Ask(env, s.SetActivePrompt(key, active, pending), func(reason string) tea.Cmd { return setActive(env, s, key, active, reason) })
}

// setActive goes on when the view that asked is closed; its end is told wherever the operator is by then.
func setActive(env ui.Env, s *ops.Session, key string, active bool, reason string) tea.Cmd {
	word := "frozen"
	if active {
		word = "active again"
	}
	change := s.SetActive(key, active, reason)
	return func() tea.Msg {
		if _, err := change.Result(); err != nil {
			return ui.Toast(ui.Bad, "%s: %s", key, why(err))()
		}
		return tea.BatchMsg{env.Send(changedMsg{}), ui.Toast(ui.Good, "%s is %s in %s", key, word, env.Status().Where())}
	}
}

func openSweep(key string) tea.Cmd { return nav.Sweep(nav.RunsOf{Workflow: key}, false) }

func openDetail(key string) tea.Cmd { return nav.WorkflowDetail(key) }

func openSchedules(key string) tea.Cmd { return nav.Schedules(key) }

func openRuns(key string) tea.Cmd { return nav.Runs(nav.RunsOf{Workflow: key}) }

func openCompose(key string) tea.Cmd { return nav.Compose(key, "") }

// unmanaged tells the reasons for which the management API cannot be asked at all.
func unmanaged(err error) bool {
	why, _ := ops.Unmanaged(err)
	return why != ""
}

// why is an error with what helps against it.
func why(err error) string {
	if why, help := ops.Unmanaged(err); why != "" {
		return why + ", so workflows cannot be listed, frozen or thawed here: " + help
	}
	return err.Error()
}
