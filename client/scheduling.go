package client

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Timing says when schedules come round, and with what. What is zero is not sent: on an update it stays as it is.
type Timing struct {
	Repeats     []RepeatRule
	Once        bool      // of an update: it repeats no more, and comes round at ScheduledAt alone
	Unset       []string  // of an update: fields that are taken away, of [Unsettable]
	ScheduledAt time.Time // the one time, or the first that a rule may come round
	EndingAt    time.Time // the rules end then
	Actor       *Recipient
	Tenant      *Tenant
	Data        json.RawMessage
}

// Unsettable are the fields that an update can take from a schedule: Knock's description lets them be null. A rule
// can not be; it gives way to a list without one.
var Unsettable = []string{"ending_at", "actor", "tenant", "data"}

// body is what a request says of it.
func (t Timing) body() map[string]any {
	b := map[string]any{}
	for _, field := range t.Unset {
		b[field] = nil
	}
	if t.Once {
		b["repeats"] = []any{}
	}
	if len(t.Repeats) > 0 {
		rules := make([]map[string]any, len(t.Repeats))
		for i, r := range t.Repeats {
			rules[i] = r.body()
		}
		b["repeats"] = rules
	}
	for name, at := range map[string]time.Time{"scheduled_at": t.ScheduledAt, "ending_at": t.EndingAt} {
		if !at.IsZero() {
			b[name] = at.UTC().Format(time.RFC3339)
		}
	}
	if t.Actor != nil {
		b["actor"] = t.Actor
	}
	if t.Tenant != nil {
		b["tenant"] = t.Tenant
	}
	if len(t.Data) > 0 {
		b["data"] = t.Data
	}
	return b
}

// body says the time in full: midnight is an hour too.
func (r RepeatRule) body() map[string]any {
	b := map[string]any{"frequency": r.Frequency, "interval": max(1, r.Interval), "minutes": r.Minutes}
	if r.Frequency != "hourly" {
		b["hours"] = r.Hours
	}
	if len(r.Days) > 0 {
		b["days"] = r.Days
	}
	if r.DayOfMonth > 0 {
		b["day_of_month"] = r.DayOfMonth
	}
	return b
}

func (t Timing) check() error {
	if !t.EndingAt.IsZero() && !t.ScheduledAt.IsZero() && !t.EndingAt.After(t.ScheduledAt) {
		return invalid("ending", "must be after the first time")
	}
	for _, field := range t.Unset {
		if !slices.Contains(Unsettable, field) {
			return invalid("schedule", "cannot be without %s: only %s can be taken away", field, strings.Join(Unsettable, ", "))
		}
	}
	return checkObject("data", t.Data)
}

// maxScheduled is how many recipients one request schedules, and how many schedules it changes.
const maxScheduled = 100

func createSchedulesCall(workflow string, to []Recipient, t Timing) (call, error) {
	body := t.body()
	body["workflow"], body["recipients"] = workflow, to
	x := call{endpoint: &createSchedules, op: "schedule " + workflow, body: body}
	err := firstError(CheckID("workflow key", workflow), t.check())
	switch n := len(to); {
	case err != nil:
	case n == 0:
		err = invalid("recipients", "are missing: say who")
	case n > maxScheduled:
		err = invalid("recipients", "are %d, and one request schedules at most %d", n, maxScheduled)
	case len(t.Repeats) == 0 && t.ScheduledAt.IsZero():
		err = invalid("schedule", "never comes round: say when, or how it repeats")
	}
	for i, r := range to {
		err = firstError(err, r.check("recipient "+strconv.Itoa(i+1)))
	}
	return x, err
}

// CreateSchedules makes a schedule of a workflow for each recipient. It is not repeated after a lost answer: Knock would
// make them twice.
func (c *Client) CreateSchedules(ctx context.Context, workflow string, to []Recipient, t Timing) ([]Schedule, error) {
	x, err := createSchedulesCall(workflow, to, t)
	return fetch[[]Schedule](ctx, c, x, err)
}

// CreateSchedulesRequest is the request that CreateSchedules would send.
func (c *Client) CreateSchedulesRequest(workflow string, to []Recipient, t Timing) (Request, error) {
	x, err := createSchedulesCall(workflow, to, t)
	return c.preview(x, err)
}

func updateSchedulesCall(ids []string, t Timing) (call, error) {
	body := t.body()
	changes := len(body)
	body["schedule_ids"] = ids
	x := call{endpoint: &updateSchedules, op: fmt.Sprintf("change %d schedules", len(ids)), body: body}
	err := firstError(checkIDs("schedules", ids), t.check())
	switch n := len(ids); {
	case err != nil:
	case n == 0:
		err = invalid("schedules", "none is named")
	case n > maxScheduled:
		err = invalid("schedules", "are %d, and one request changes at most %d", n, maxScheduled)
	case t.Once && len(t.Repeats) > 0:
		err = invalid("schedule", "cannot repeat and come round once")
	case t.Once && t.ScheduledAt.IsZero():
		err = invalid("schedule", "that repeats no more never comes round: say when it does once")
	case changes == 0:
		err = invalid("schedule", "nothing is changed")
	}
	return x, err
}

// UpdateSchedules gives schedules another time, or other data.
func (c *Client) UpdateSchedules(ctx context.Context, ids []string, t Timing) ([]Schedule, error) {
	x, err := updateSchedulesCall(ids, t)
	return fetch[[]Schedule](ctx, c, x, err)
}

// UpdateSchedulesRequest is the request that UpdateSchedules would send.
func (c *Client) UpdateSchedulesRequest(ids []string, t Timing) (Request, error) {
	x, err := updateSchedulesCall(ids, t)
	return c.preview(x, err)
}
