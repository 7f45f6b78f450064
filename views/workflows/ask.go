package workflows

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/status"
)

// changedMsg tells the view that asked that a workflow is not what it was.
type changedMsg struct{}

// askFreeze asks before a workflow is made inactive.
func askFreeze(env ui.Env, s *ops.Session, key string) tea.Cmd {
	snapshot := s.Pulse.Now()
	load := snapshot.Load(key)
	lines := []string{
		"New triggers are refused at once, in " + env.Status().Where() + " alone. Nothing is committed.",
		"Runs being processed end at their next step.",
		"Paused runs stay paused, and end if the workflow is still frozen when they wake. Thawed before that, they go on and send.",
		"",
		pending(snapshot, load) + " A sweep cancels what is pending, frozen or not.",
	}
	return askActive(env, s, key, false, load, ui.Confirm{
		Title: "Freeze " + key + " in " + env.Status().Where(), Lines: lines,
		Yes: "Freeze " + key, No: "No, leave it active",
	})
}

// askThaw asks before a workflow is made active again. While runs are pending in
// it, it offers to sweep them first.
func askThaw(env ui.Env, s *ops.Session, key string) tea.Cmd {
	snapshot := s.Pulse.Now()
	load := snapshot.Load(key)
	thaw := askActive(env, s, key, true, load, ui.Confirm{
		Title: "Thaw " + key + " in " + env.Status().Where(),
		Lines: []string{
			"Triggers are taken again at once.",
			wouldSend(snapshot, load),
			"What was refused or ended while it was frozen does not come back.",
		},
		Yes: "Thaw " + key, No: "No, leave it frozen",
	})
	if load.Pending == 0 {
		return thaw
	}
	return ui.Show(ui.NewPicker(env.Theme, ui.Picker{
		Title: "Thawing lets " + termtext.Plural(load.Pending, "pending run") + " go on and send",
		Empty: "No match. esc leaves it frozen.",
		Choices: []ui.Choice{
			{Name: "sweep first", Text: "cancel them before anything is sent", Run: openSweep(key)},
			{Name: "thaw all the same", Text: "asks once more; then they go on when they wake", Run: thaw},
		},
	}))
}

func wouldSend(b ops.PulseSnapshot, l ops.Load) string {
	switch {
	case l.Pending > 0:
		return pending(b, l) + " Those that are paused go on and send when they wake: sweep first to keep them from it."
	case b.Complete:
		return "No run is pending in it, so nothing goes on and sends."
	}
	return pending(b, l) + " Runs that are still paused go on and send when they wake."
}

// pending says how much is pending in a workflow, as far as it is known.
func pending(b ops.PulseSnapshot, l ops.Load) string {
	switch {
	case b.ReadAt.IsZero():
		return "How many runs are pending in it is not known yet."
	case l.Pending == 0 && b.Complete:
		return "No run is pending in it."
	case l.Pending == 0:
		return "No run is known to be pending in it so far."
	}
	n := termtext.Plural(l.Pending, "run")
	if !b.Complete {
		n = "at least " + n
	}
	verb := "are"
	if l.Pending == 1 {
		verb = "is"
	}
	if l.Keyless > 0 {
		return fmt.Sprintf("Now %s %s pending in it, %s of them without a key: no cancel reaches those.", n, verb, termtext.Count(l.Keyless))
	}
	return fmt.Sprintf("Now %s %s pending in it.", n, verb)
}

func askActive(env ui.Env, s *ops.Session, key string, active bool, load ops.Load, c ui.Confirm) tea.Cmd {
	status := env.Status()
	c.AskReason, c.NeedReason = true, status.Protected
	if status.Protected || load.Pending >= confirm.ConfirmThreshold {
		c.Word, c.WordIs = key, "the workflow's key"
	}
	c.OnYes = func(reason string) tea.Cmd { return setActive(env, s, key, active, reason) }
	return ui.Show(ui.NewConfirm(env.Theme, c))
}

// setActive goes on when the view that asked is closed; its end is told wherever the operator is by then.
func setActive(env ui.Env, s *ops.Session, key string, active bool, reason string) tea.Cmd {
	word := "frozen"
	if active {
		word = "active again"
	}
	return func() tea.Msg {
		if _, err := s.SetActive(context.Background(), key, active, reason); err != nil {
			return ui.Toast(ui.Bad, "%s: %s", key, why(err))()
		}
		return tea.BatchMsg{env.Send(changedMsg{}), ui.Toast(ui.Good, "%s is %s in %s", key, word, env.Status().Where())}
	}
}

func openSweep(key string) tea.Cmd { return ui.Open("sweep", ui.Params{"workflow": key}) }

func openRuns(key string) tea.Cmd { return ui.Open("runs", ui.Params{"workflow": key}) }

func openCompose(key string) tea.Cmd { return ui.Open("compose", ui.Params{"workflow": key}) }

// unmanaged tells the reasons for which the management API cannot be asked at all.
func unmanaged(err error) bool {
	return errors.Is(err, client.ErrNoServiceToken) || errors.Is(err, client.ErrNoEnvironment)
}

// why is an error with what helps against it.
func why(err error) string {
	switch {
	case errors.Is(err, client.ErrNoServiceToken):
		return "this profile has no service token, so workflows cannot be listed, frozen or thawed here. Make one in Knock's dashboard under Settings > Service tokens, and set KNOCK_SERVICE_TOKEN or the profile's service_token"
	case errors.Is(err, client.ErrNoEnvironment):
		return "it is not known which environment this profile's key belongs to, so workflows cannot be listed, frozen or thawed here. Name it as environment in the profile, or with --environment"
	}
	return err.Error()
}

// failed is the screen of a page that could not be read at all.
func failed(env ui.Env, err error, refresh string, width int) string {
	return status.Failed(env.Theme, why(err), env.Key(refresh)+" tries again, "+env.Key("app.back")+" goes back.", width)
}
