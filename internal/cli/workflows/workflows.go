// Package workflows holds the commands that read, open, freeze and thaw workflows.
package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/conditions"
	"github.com/knockops/knockops/internal/ops/origins"
)

// Command holds the commands about workflows.
func Command(a *app.App) *cobra.Command {
	return input.Group("workflows", "List, read, render, freeze and thaw workflows",
		listCmd(a), getCmd(a), renderCmd(a), openCmd(a), freezeCmd(a), thawCmd(a))
}

// Managing explains what the management API lacks, where that is why a call failed.
func Managing(err error) error {
	if why, help := ops.Unmanaged(err); why != "" {
		return fmt.Errorf("%w\n  %s: %s", err, why, help)
	}
	return err
}

func listCmd(a *app.App) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List the environment's workflows", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			return Managing(output.List(a.Printer, c.Workflows(cmd.Context()), limit, "workflow",
				output.Col("KEY", func(w client.Workflow) string { return w.Key }),
				output.Col("STATE", state),
				output.Col("NAME", func(w client.Workflow) string { return w.Name }),
				output.Col("CATEGORIES", func(w client.Workflow) string { return output.OrDash(strings.Join(w.Categories, ",")) }),
				output.Col("STEPS", func(w client.Workflow) string { return fmt.Sprint(len(w.Steps)) }),
				output.Col("UPDATED", func(w client.Workflow) string { return output.Stamp(w.UpdatedAt) }),
			))
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}

func state(w client.Workflow) string {
	switch {
	case !w.Active:
		return "frozen"
	case !w.Valid:
		return "invalid"
	}
	return "active"
}

func getCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "get KEY", Short: "Show a workflow, its steps, what triggers it and its commits", Args: cobra.ExactArgs(1),
		Long: "Show a workflow, its steps, what triggers it and its commits: sources, schedules and other workflows by how they\n" +
			"are set up, and API triggers, audiences and broadcasts by its newest runs. What could not be read is named. As JSON\n" +
			"it is the workflow as Knock has it, with triggered_by beside it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			w, err := s.Client.GetWorkflow(cmd.Context(), args[0])
			if err != nil {
				return Managing(err)
			}
			return printAll(a, w, origins.Of(cmd.Context(), s, w.Key), s.Client.ServerNow())
		},
	}
}

// printAll prints all that is known of a workflow.
func printAll(a *app.App, w client.Workflow, o origins.Origins, now time.Time) error {
	if a.Format != output.Table {
		return a.Object(output.Beside{Of: w, Name: "triggered_by", More: o})
	}
	steps := output.NewLister(a.Printer,
		output.Col("REF", func(s step) string { return s.Ref }),
		output.Col("TYPE", func(s step) string { return s.Type }),
		output.Col("CHANNEL", func(s step) string { return s.ChannelKey + s.ChannelGroupKey }),
		output.Col("BRANCH", func(s step) string { return output.OrDash(s.branch) }),
		output.Col("DOES", func(s step) string { return output.OrDash(strings.Join(ops.StepWords(s.Step), "; ")) }),
		output.Col("NAME", func(s step) string { return s.Name }),
	)
	by := output.NewLister(a.Printer,
		output.Col("BY", func(l origins.Line) string { return l.What }),
		output.Col("HOW", func(l origins.Line) string { return l.Says }),
	)
	commits := output.NewLister(a.Printer,
		output.Col("COMMITTED", func(c client.Commit) string { return output.Stamp(c.CreatedAt) }),
		output.Col("ID", func(c client.Commit) string { return c.ID }),
		output.Col("MESSAGE", func(c client.Commit) string { return origins.CommitLine(c).Says }),
	)
	return errors.Join(printWorkflow(a, w), output.Section(a.Printer, "steps", steps, stepsOf(w.Steps, "")),
		output.Section(a.Printer, "triggered by", by, o.Lines(now)), output.Section(a.Printer, "commits", commits, o.Commits))
}

// step is a step with the branch that it is on.
type step struct {
	client.Step
	branch string
}

// stepsOf lists the steps with those of their branches behind them.
func stepsOf(steps []client.Step, branch string) (all []step) {
	for _, s := range steps {
		all = append(all, step{s, branch})
		for _, b := range s.Ways() {
			on := b.Name
			if only := conditions.Parse(b.Conditions).String(); only != "" {
				on += ", if " + only
			}
			all = append(all, stepsOf(b.Steps, on)...)
		}
	}
	return all
}

func printWorkflow(a *app.App, w client.Workflow) error {
	schema := ""
	if w.TriggerDataSchema != nil {
		schema = string(w.TriggerDataSchema)
	}
	return a.Item(w,
		output.Fact{"key", w.Key}, output.Fact{"state", state(w)}, output.Fact{"name", w.Name}, output.Fact{"description", w.Description}, output.Fact{"settings", strings.Join(ops.WorkflowWords(w), " ")},
		output.Fact{"environment", w.Environment}, output.Fact{"categories", strings.Join(w.Categories, ", ")}, output.Fact{"tags", strings.Join(w.Tags, ", ")},
		output.Fact{"trigger_data_json_schema", schema}, output.Fact{"sha", w.SHA}, output.Fact{"updated_at", output.Stamp(w.UpdatedAt)},
	)
}

func freezeCmd(a *app.App) *cobra.Command {
	return setActiveCmd(a, false, "freeze KEY", "Make a workflow inactive at once: triggers are refused, runs end", ops.FreezeMeans)
}

func thawCmd(a *app.App) *cobra.Command {
	return setActiveCmd(a, true, "thaw KEY", "Make a frozen workflow active again", ops.ThawMeans)
}

func setActiveCmd(a *app.App, active bool, use, short string, means []string) *cobra.Command {
	var agreed prompt.Agreement
	cmd := &cobra.Command{
		Use: use, Short: short, Long: short + ".\n\n" + strings.Join(means, "\n"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key := args[0]
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Refuse(p, agreed, true); err != nil {
				return err
			}
			before, err := s.Client.GetWorkflow(cmd.Context(), key)
			if err != nil {
				return Managing(err)
			}
			if before.Active == active {
				a.Say("%s is %s already: nothing was done", key, state(before))
				return printWorkflow(a, before)
			}
			pending, err := s.CountPending(cmd.Context(), key)
			if err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.SetActivePrompt(key, active, pending)); err != nil {
				return err
			}
			w, err := s.SetActive(key, active, agreed.Reason).Wait(cmd.Context())
			if err != nil {
				return Managing(err)
			}
			a.Say("%s is %s in %s", key, state(w), s.Where())
			return printWorkflow(a, w)
		},
	}
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	return cmd
}
