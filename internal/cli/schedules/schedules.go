// Package schedules holds the commands about schedules.
package schedules

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Command holds the commands about schedules.
func Command(a *app.App) *cobra.Command {
	return input.Group("schedules", "List, make, change and delete the schedules that trigger a workflow", listCmd(a), createCmd(a), updateCmd(a), deleteCmd(a))
}

var columns = []output.Column[client.Schedule]{
	output.Col("ID", func(s client.Schedule) string { return s.ID }),
	output.Col("RECIPIENT", func(s client.Schedule) string { return s.Recipient.String() }),
	output.Col("TENANT", func(s client.Schedule) string { return output.OrDash(s.Tenant) }),
	output.Col("REPEATS", func(s client.Schedule) string { return ops.ScheduleWords(s) }),
	output.Col("LAST", func(s client.Schedule) string { return output.OrDash(output.Stamp(s.LastOccurrenceAt)) }),
	output.Col("NEXT", func(s client.Schedule) string { return output.OrDash(ops.NextWords(s, time.Now())) }),
}

func listCmd(a *app.App) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list WORKFLOW", Short: "List the schedules of a workflow", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			page := func(ctx context.Context, at client.Cursor) (client.Page[client.Schedule], error) {
				return c.ListSchedules(ctx, client.ScheduleFilter{Workflow: args[0]}, at)
			}
			return output.List(a.Printer, client.All(cmd.Context(), page), limit, "schedule", columns...)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}

func deleteCmd(a *app.App) *cobra.Command {
	var all bool
	var agreed prompt.Agreement
	cmd := &cobra.Command{
		Use: "delete WORKFLOW (ID … | --all)", Short: "Delete schedules of a workflow for good", Args: cobra.MinimumNArgs(1),
		Long: "Deleted schedules trigger nothing more and do not come back. Runs that they started go on: those have no\n" +
			"cancellation key, so freezing the workflow until they wake is what ends them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return exit.Guarded(deleteSchedules(cmd.Context(), a, args[0], args[1:], all, agreed))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all schedules of the workflow")
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	return cmd
}

func deleteSchedules(ctx context.Context, a *app.App, workflow string, ids []string, all bool, agreed prompt.Agreement) error {
	switch {
	case all && len(ids) > 0:
		return exit.Usage("ids and --all contradict each other: give one of them")
	case !all && len(ids) == 0:
		return exit.Usage("which schedules? Give their ids, or --all for all of the workflow")
	}
	s, p, err := a.Session(ctx)
	if err != nil {
		return err
	}
	if err := a.Refuse(p, agreed, true); err != nil {
		return err
	}
	there, err := s.Schedules(ctx, workflow)
	if err != nil {
		return err
	}
	chosen := there
	if !all {
		if chosen, err = pick(s, workflow, there, ids); err != nil {
			return err
		}
	}
	if len(chosen) == 0 {
		a.Say("%s has no schedules: nothing was done", workflow)
		return nil
	}
	if err := a.Allow(ctx, s, p, &agreed, s.DeleteSchedulesPrompt(workflow, chosen, len(there)-len(chosen))); err != nil {
		return err
	}
	var names []string
	for _, schedule := range chosen {
		names = append(names, schedule.ID)
	}
	deleted, err := s.DeleteSchedules(workflow, names, agreed.Reason).Wait(ctx)
	if err != nil {
		return deletedInPart(deleted, err)
	}
	if err := output.NewLister(a.Printer, columns...).Rows(deleted); err != nil {
		return err
	}
	if missing := len(names) - len(deleted); missing > 0 {
		return exit.Part("deleted %s; Knock did not find %d others", termtext.Plural(len(deleted), "schedule"), missing)
	}
	a.Say("deleted %s", termtext.Plural(len(deleted), "schedule"))
	return nil
}

func deletedInPart(deleted []client.Schedule, err error) error {
	if len(deleted) == 0 {
		return err
	}
	return exit.Part("done in part: %s deleted; then %w", termtext.Plural(len(deleted), "schedule"), err)
}

// pick finds the schedules of a workflow that ids name. One that belongs to
// another workflow is refused like one that is not there.
func pick(s *ops.Session, workflow string, there []client.Schedule, ids []string) ([]client.Schedule, error) {
	var out []client.Schedule
	for _, id := range ids {
		i := slices.IndexFunc(there, func(s client.Schedule) bool { return s.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("%s has no schedule %s: nothing was deleted; `%s` shows those that it has", workflow, strconv.Quote(id), s.Command("schedules list "+termtext.ShellWord(workflow)))
		}
		if !slices.ContainsFunc(out, func(s client.Schedule) bool { return s.ID == id }) {
			out = append(out, there[i])
		}
	}
	return out, nil
}
