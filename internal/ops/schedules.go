package ops

import (
	"context"
	"slices"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// mostSchedules is how many schedules one request deletes.
const mostSchedules = 100

// Schedules returns all schedules of a workflow.
func (s *Session) Schedules(ctx context.Context, workflow string) ([]client.Schedule, error) {
	list := func(ctx context.Context, at client.Cursor) (client.Page[client.Schedule], error) {
		return s.Client.ListSchedules(ctx, client.ScheduleFilter{Workflow: workflow}, at)
	}
	var out []client.Schedule
	for schedule, err := range client.All(ctx, list) {
		if err != nil {
			return out, err
		}
		out = append(out, schedule)
	}
	return out, nil
}

// DeleteSchedules deletes schedules of a workflow for good, and returns those
// that Knock deleted. Runs that they started go on: none has a key to cancel it by.
func (s *Session) DeleteSchedules(workflow string, ids []string, reason string) *runner.Change[[]client.Schedule] {
	return runner.Start(&s.Runner, "delete schedules of "+workflow, func(ctx context.Context) ([]client.Schedule, error) {
		return s.deleteSchedules(ctx, workflow, ids, reason)
	})
}

func (s *Session) deleteSchedules(ctx context.Context, workflow string, ids []string, reason string) ([]client.Schedule, error) {
	if len(ids) == 0 {
		return nil, runner.Refuse("no schedule is named")
	}
	var out []client.Schedule
	for part := range slices.Chunk(ids, mostSchedules) {
		r, err := s.Client.DeleteSchedulesRequest(part)
		if err != nil {
			return out, err
		}
		var deleted []client.Schedule
		a := journal.Action{Kind: journal.DeleteSchedules, Workflow: workflow, Reason: reason}
		err = s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			deleted, err = s.Client.DeleteSchedules(ctx, part)
			return journal.Outcome{}, err
		})
		out = append(out, deleted...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
