package sweep

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// askScope asks what is swept.
func askScope(t *theme.Theme, p ui.Params, workflows []string, apply func(ui.Params) tea.Cmd) tea.Cmd {
	take := func(entered *form.Form) (tea.Cmd, error) {
		p := ui.Params(entered.Values())
		if p[Errors] = "no"; entered.On(Errors) {
			p[Errors] = "yes"
		}
		_, err := scopeOf(p, time.Now())
		return apply(p), err
	}
	return ui.AskForm(t, "Sweep scope", "enter to plan · tab next · esc to cancel", take,
		form.Text{ID: Workflow, Label: "Workflow", Value: p[Workflow], Placeholder: "its key", Validate: workflowNeeded, Suggest: containing(workflows)},
		form.Text{ID: Key, Label: "Key", Value: p[Key], Placeholder: "any, or a pattern: invite-99*"},
		form.Text{ID: Regex, Label: "Key matches", Value: p[Regex], Placeholder: "a regular expression", Validate: check(Regex)},
		form.Text{ID: Recipient, Label: "Recipients", Value: p[Recipient], Placeholder: "anybody, or user_1, collection/id", Validate: check(Recipient)},
		form.Text{ID: Tenant, Label: "Tenant", Value: p[Tenant]},
		form.Text{ID: Since, Label: "Since", Value: p[Since], Placeholder: "2h, 3d or 2026-11-21 14:02", Validate: check(Since)},
		form.Text{ID: Until, Label: "Until", Value: p[Until], Validate: check(Until)},
		form.Text{ID: Source, Label: "Sources", Value: p[Source], Placeholder: "any, or api, audience …", Validate: check(Source), Suggest: containing(sweep.SourceTypes)},
		form.Text{ID: Actor, Label: "Actor", Value: p[Actor], Placeholder: "who caused the runs: user_1, collection/id", Validate: check(Actor)},
		form.Text{ID: Where, Label: "Fields", Value: p[Where], Placeholder: "trigger_source.schedule_id=ID, …", Validate: check(Where)},
		form.Toggle{ID: Errors, Label: "With errors", On: p[Errors] == "yes"},
	)
}

func workflowNeeded(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("a sweep is about one workflow: name its key")
	}
	return nil
}

// check holds one part of a scope against what the others cannot make wrong.
func check(name string) func(string) error {
	return func(s string) error {
		_, err := scopeOf(ui.Params{Workflow: "any", name: s}, time.Now())
		return err
	}
}

func containing(all []string) func(string) []string {
	return func(typed string) []string { return termtext.Matching(typed, all, nil) }
}
