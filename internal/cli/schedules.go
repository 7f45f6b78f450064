package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

func (a *app) schedulesCmd() *cobra.Command {
	return group("schedules", "List and delete the schedules that trigger a workflow", a.scheduleListCmd(), a.scheduleDeleteCmd())
}

var scheduleColumns = []column[client.Schedule]{
	{"ID", func(s client.Schedule) string { return s.ID }},
	{"RECIPIENT", func(s client.Schedule) string { return s.Recipient.String() }},
	{"TENANT", func(s client.Schedule) string { return orDash(s.Tenant) }},
	{"REPEATS", func(s client.Schedule) string { return orDash(repeats(s)) }},
	{"LAST", func(s client.Schedule) string { return orDash(stamp(s.LastOccurrenceAt)) }},
	{"NEXT", func(s client.Schedule) string { return orDash(stamp(s.NextOccurrenceAt)) }},
}

func repeats(s client.Schedule) string {
	var words []string
	for _, r := range s.Repeats {
		word := r.Frequency
		if r.Interval > 1 {
			word = fmt.Sprintf("%s×%d", word, r.Interval)
		}
		if len(r.Days) > 0 {
			word += " " + strings.Join(r.Days, ",")
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

func (a *app) scheduleListCmd() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list WORKFLOW", Short: "List the schedules of a workflow", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			page := func(ctx context.Context, at client.Cursor) (client.Page[client.Schedule], error) {
				return c.ListSchedules(ctx, client.ScheduleFilter{Workflow: args[0]}, at)
			}
			return list(a.Printer, client.All(cmd.Context(), page), limit, "schedule", scheduleColumns...)
		},
	}
	limitFlag(cmd, &limit)
	return cmd
}

func (a *app) scheduleDeleteCmd() *cobra.Command {
	var all bool
	var agreed agreement
	cmd := &cobra.Command{
		Use: "delete WORKFLOW (ID … | --all)", Short: "Delete schedules of a workflow for good", Args: cobra.MinimumNArgs(1),
		Long: "Deleted schedules trigger nothing more and do not come back. Runs that they started go on: those have no\n" +
			"cancellation key, so freezing the workflow until they wake is what ends them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return guarded(a.deleteSchedules(cmd.Context(), args[0], args[1:], all, agreed))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all schedules of the workflow")
	consentFlags(cmd, &agreed)
	reasonFlag(cmd, &agreed)
	return cmd
}

func (a *app) deleteSchedules(ctx context.Context, workflow string, ids []string, all bool, agreed agreement) error {
	switch {
	case all && len(ids) > 0:
		return usage("ids and --all contradict each other: give one of them")
	case !all && len(ids) == 0:
		return usage("which schedules? Give their ids, or --all for all of the workflow")
	}
	s, p, err := a.session(ctx)
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
	deleted, err := s.DeleteSchedules(workflow, names, agreed.reason).Wait(ctx)
	if err != nil {
		return deletedInPart(deleted, err)
	}
	l := newLister(a.Printer, scheduleColumns...)
	for _, schedule := range deleted {
		if err := l.add(schedule); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	if missing := len(names) - len(deleted); missing > 0 {
		return part("deleted %s; Knock did not find %d others", termtext.Plural(len(deleted), "schedule"), missing)
	}
	a.Say("deleted %s", termtext.Plural(len(deleted), "schedule"))
	return nil
}

func deletedInPart(deleted []client.Schedule, err error) error {
	if len(deleted) == 0 {
		return err
	}
	return part("done in part: %s deleted; then %w", termtext.Plural(len(deleted), "schedule"), err)
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
