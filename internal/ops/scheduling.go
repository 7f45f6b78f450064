package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// CreateSchedules makes a schedule of a workflow for each recipient.
func (s *Session) CreateSchedules(workflow string, to []client.Recipient, t client.Timing, reason string) *runner.Change[[]client.Schedule] {
	return runner.Start(&s.Runner, "schedule "+workflow, func(ctx context.Context) (made []client.Schedule, err error) {
		r, err := s.Client.CreateSchedulesRequest(workflow, to, t)
		if err != nil {
			return nil, err
		}
		a := journal.Action{Kind: journal.Schedule, Workflow: workflow, Reason: reason}
		for _, r := range to {
			a.Recipients = append(a.Recipients, r.Ref.String())
		}
		err = s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			made, err = s.Client.CreateSchedules(ctx, workflow, to, t)
			return journal.Outcome{}, err
		})
		return made, err
	})
}

// UpdateSchedules gives schedules of a workflow another time, or other data.
func (s *Session) UpdateSchedules(workflow string, chosen []client.Schedule, t client.Timing, reason string) *runner.Change[[]client.Schedule] {
	return runner.Start(&s.Runner, "change schedules of "+workflow, func(ctx context.Context) (changed []client.Schedule, err error) {
		a := journal.Action{Kind: journal.Schedule, Workflow: workflow, Reason: reason}
		ids := make([]string, len(chosen))
		for i, schedule := range chosen {
			ids[i] = schedule.ID
			a.Recipients = append(a.Recipients, schedule.Recipient.String())
		}
		r, err := s.Client.UpdateSchedulesRequest(ids, t)
		if err != nil {
			return nil, err
		}
		err = s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			changed, err = s.Client.UpdateSchedules(ctx, ids, t)
			return journal.Outcome{}, err
		})
		return changed, err
	})
}

// CreateSchedulesPrompt asks before schedules are made.
func (s *Session) CreateSchedulesPrompt(workflow string, to []client.Recipient, t client.Timing, spelledOut bool) consent.Prompt {
	refs := make([]client.Ref, len(to))
	for i, r := range to {
		refs[i] = r.Ref
	}
	t.Once = len(t.Repeats) == 0
	p := s.schedulePrompt(workflow, refs, TimingWords(t, "the recipient's time"), spelledOut)
	p.Title = fmt.Sprintf("Schedule %s for %s in %s", workflow, termtext.Plural(len(to), "recipient"), s.Where())
	p.Yes, p.No = "Schedule it", "No, make none"
	return p
}

// UpdateSchedulesPrompt asks before schedules are changed.
func (s *Session) UpdateSchedulesPrompt(workflow string, chosen []client.Schedule, t client.Timing, spelledOut bool) consent.Prompt {
	refs := make([]client.Ref, len(chosen))
	for i, schedule := range chosen {
		refs[i] = schedule.Recipient
	}
	clock := "the recipient's time"
	if zone := chosen[0].Timezone; zone != "" && !slices.ContainsFunc(chosen, func(s client.Schedule) bool { return s.Timezone != zone }) {
		clock += ", " + zone
	}
	p := s.schedulePrompt(workflow, refs, TimingWords(t, clock), spelledOut)
	if t.Once {
		p.Lines = append(p.Lines, "It repeats no more.")
	}
	p.Title = fmt.Sprintf("Change %s of %s in %s", termtext.Plural(len(chosen), "schedule"), workflow, s.Where())
	p.Yes, p.No = "Change", "No, leave them"
	return p
}

func (s *Session) schedulePrompt(workflow string, to []client.Ref, when string, spelledOut bool) consent.Prompt {
	f := s.Facts(workflow)
	f.Count, f.SpelledOut = len(to), spelledOut
	lines := []string{workflow + "   to " + Names(to)}
	if when != "" {
		lines = append(lines, capital(when)+".")
	}
	return consent.Prompt{
		Question: consent.For(consent.Schedule, f),
		Lines:    append(lines, "What it triggers has no cancellation key: deleting the schedule, or freezing the workflow, is what stops it."),
	}
}

// TimingWords says when a schedule comes round: "once, at 2026-12-01 09:00 UTC", "every day at 09:00 in the recipient's
// time, from … until …", where clock is whose time the rules go by; "" where the time is not said.
func TimingWords(t client.Timing, clock string) string {
	moment := func(at time.Time) string { return at.Format(zonedTime) }
	var words []string
	switch {
	case len(t.Repeats) > 0:
		words = append(words, RepeatWords(t.Repeats)+" in "+clock)
		if !t.ScheduledAt.IsZero() {
			words = append(words, "from "+moment(t.ScheduledAt))
		}
	case !t.ScheduledAt.IsZero() && t.Once:
		words = append(words, "once, at "+moment(t.ScheduledAt))
	case !t.ScheduledAt.IsZero():
		words = append(words, "at "+moment(t.ScheduledAt))
	}
	for _, field := range t.Unset {
		words = append(words, "without "+strings.TrimSuffix(field, "_at"))
	}
	if !t.EndingAt.IsZero() {
		words = append(words, "until "+moment(t.EndingAt))
	}
	return strings.Join(words, ", ")
}
