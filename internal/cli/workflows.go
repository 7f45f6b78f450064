package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

func (a *app) workflowsCmd() *cobra.Command {
	return group("workflows", "List, read, freeze and thaw workflows",
		a.workflowListCmd(), a.workflowGetCmd(), a.workflowOpenCmd(), a.freezeCmd(), a.thawCmd())
}

// managing explains what the management API lacks, where that is why a call failed.
func managing(err error) error {
	if why, help := ops.Unmanaged(err); why != "" {
		return fmt.Errorf("%w\n  %s: %s", err, why, help)
	}
	return err
}

func (a *app) workflowListCmd() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List the environment's workflows", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			return managing(list(a.Printer, c.Workflows(cmd.Context()), limit, "workflow",
				column[client.Workflow]{"KEY", func(w client.Workflow) string { return w.Key }},
				column[client.Workflow]{"STATE", workflowState},
				column[client.Workflow]{"NAME", func(w client.Workflow) string { return w.Name }},
				column[client.Workflow]{"CATEGORIES", func(w client.Workflow) string { return orDash(strings.Join(w.Categories, ",")) }},
				column[client.Workflow]{"STEPS", func(w client.Workflow) string { return fmt.Sprint(len(w.Steps)) }},
				column[client.Workflow]{"UPDATED", func(w client.Workflow) string { return stamp(w.UpdatedAt) }},
			))
		},
	}
	limitFlag(cmd, &limit)
	return cmd
}

func workflowState(w client.Workflow) string {
	switch {
	case !w.Active:
		return "frozen"
	case !w.Valid:
		return "invalid"
	}
	return "active"
}

func (a *app) workflowGetCmd() *cobra.Command {
	return &cobra.Command{
		Use: "get KEY", Short: "Show a workflow and its steps", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			w, err := c.GetWorkflow(cmd.Context(), args[0])
			if err != nil {
				return managing(err)
			}
			if err := a.printWorkflow(w); err != nil || a.Format != table {
				return err
			}
			return section(a.Printer, "steps", newLister(a.Printer,
				column[client.Step]{"REF", func(s client.Step) string { return s.Ref }},
				column[client.Step]{"TYPE", func(s client.Step) string { return s.Type }},
				column[client.Step]{"CHANNEL", func(s client.Step) string { return s.ChannelKey + s.ChannelGroupKey }},
				column[client.Step]{"NAME", func(s client.Step) string { return s.Name }},
			), w.Steps)
		},
	}
}

func (a *app) printWorkflow(w client.Workflow) error {
	schema := ""
	if w.TriggerDataSchema != nil {
		schema = string(w.TriggerDataSchema)
	}
	return a.Item(w,
		fact{"key", w.Key}, fact{"state", workflowState(w)}, fact{"name", w.Name}, fact{"description", w.Description},
		fact{"environment", w.Environment}, fact{"categories", strings.Join(w.Categories, ", ")}, fact{"tags", strings.Join(w.Tags, ", ")},
		fact{"trigger_data_json_schema", schema}, fact{"updated_at", stamp(w.UpdatedAt)},
	)
}

func (a *app) freezeCmd() *cobra.Command {
	return a.setActiveCmd(false, "freeze KEY", "Make a workflow inactive at once: triggers are refused, runs end", ops.FreezeMeans)
}

func (a *app) thawCmd() *cobra.Command {
	return a.setActiveCmd(true, "thaw KEY", "Make a frozen workflow active again", ops.ThawMeans)
}

func (a *app) setActiveCmd(active bool, use, short string, means []string) *cobra.Command {
	var agreed agreement
	cmd := &cobra.Command{
		Use: use, Short: short, Long: short + ".\n\n" + strings.Join(means, "\n"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key := args[0]
			s, p, err := a.session(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Refuse(p, agreed, true); err != nil {
				return err
			}
			before, err := s.Client.GetWorkflow(cmd.Context(), key)
			if err != nil {
				return managing(err)
			}
			if before.Active == active {
				a.Say("%s is %s already: nothing was done", key, workflowState(before))
				return a.printWorkflow(before)
			}
			pending, err := s.CountPending(cmd.Context(), key)
			if err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.SetActivePrompt(key, active, pending)); err != nil {
				return err
			}
			w, err := s.SetActive(key, active, agreed.reason).Wait(cmd.Context())
			if err != nil {
				return managing(err)
			}
			a.Say("%s is %s in %s", key, workflowState(w), s.Where())
			return a.printWorkflow(w)
		},
	}
	consentFlags(cmd, &agreed)
	reasonFlag(cmd, &agreed)
	return cmd
}
