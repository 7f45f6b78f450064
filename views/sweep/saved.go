package sweep

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// mostDrifts is how many keys are named that differ from a saved plan.
const mostDrifts = 8

// askSave asks for the file that the plan is written to.
func (v *plan) askSave() tea.Cmd {
	p, s := v.estimate, v.session
	save := func(entered *form.Form) (tea.Cmd, error) {
		path := strings.TrimSpace(entered.Value(File))
		f, err := s.Sweeps.File(p)
		if err == nil {
			err = f.Write(path)
		}
		return ui.Toast(ui.Good, "the plan of %s is in %s", termtext.Plural(f.Runs, "run"), path), err
	}
	return ui.AskForm(v.env.Theme, "Save the plan", "It can be carried out later, here or by `knockops sweep apply`.  enter to write · esc to cancel", save,
		form.Text{ID: File, Label: "File", Value: v.scope.Workflow + "-plan.json", Validate: fileNeeded})
}

// askFile asks for a saved plan and opens it.
func askFile(env ui.Env) tea.Cmd {
	open := func(entered *form.Form) (tea.Cmd, error) {
		path := strings.TrimSpace(entered.Value(File))
		_, err := sweep.ReadFile(path)
		return ui.Open(Name, ui.Params{File: path}), err
	}
	return ui.AskForm(env.Theme, "Open a saved plan", "Nothing is sent before you confirm it.  enter to open · esc to cancel", open,
		form.Text{ID: File, Label: "File", Placeholder: "plan.json", Validate: fileNeeded})
}

func fileNeeded(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("name a file")
	}
	return nil
}

// tooFar says why a saved plan is not carried out as things stand.
func (v *plan) tooFar() string {
	if _, grown := sweep.Drifted(v.drifts); v.file != nil && grown > sweep.MaxDrift {
		return fmt.Sprintf("%s came in the plan's scope since it was made, more than %d: make the plan again", termtext.Plural(grown, "run"), sweep.MaxDrift)
	}
	return ""
}

// drifted are the lines on how what is pending differs from a saved plan.
func (v *plan) drifted() []string {
	if v.file == nil {
		return nil
	}
	lines := v.fact(theme.Plain, "Saved plan", fmt.Sprintf("made %s in %s", moment(v.file.Made), v.file.Environment))
	ink := theme.Plain
	if v.tooFar() != "" {
		ink = theme.Danger
	}
	lines = append(lines, v.fact(ink, "Drift", sweep.DriftWords(v.file.Runs, v.estimate.Cancellable, v.drifts))...)
	for i, d := range v.drifts {
		if i == mostDrifts {
			lines = append(lines, v.line(theme.Muted, "… "+termtext.Count(len(v.drifts)-i)+" more keys"))
			break
		}
		words := fmt.Sprintf("%s gone, %s came", termtext.Count(d.Gone), termtext.Count(d.Grown))
		if d.New {
			words += ", a new key"
		}
		lines = append(lines, v.fact(theme.Muted, "", "key "+d.Key+": "+words)...)
	}
	return lines
}
