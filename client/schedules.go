package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Schedule triggers a workflow for one recipient again and again, or once later. Its runs have no cancellation key.
type Schedule struct {
	ID               string          `json:"id"`
	Workflow         string          `json:"workflow"`
	Recipient        Ref             `json:"recipient"`
	Actor            *Ref            `json:"actor,omitempty"`
	Tenant           string          `json:"tenant,omitempty"`
	Data             map[string]any  `json:"data,omitempty"` // for each trigger; numbers are json.Number
	Repeats          []RepeatRule    `json:"repeats"`
	NextOccurrenceAt time.Time       `json:"next_occurrence_at,omitzero"`
	LastOccurrenceAt time.Time       `json:"last_occurrence_at,omitzero"`
	InsertedAt       time.Time       `json:"inserted_at"`
	UpdatedAt        time.Time       `json:"updated_at"`
	Timezone         string          `json:"-"` // the recipient's, by which the rules go; "" for one who has none
	Raw              json.RawMessage `json:"-"` // what Knock sent, with the whole recipient and actor
}

// RepeatRule says when a schedule comes round.
type RepeatRule struct {
	Frequency  string   `json:"frequency"` // hourly, daily, weekly or monthly
	Interval   int      `json:"interval,omitempty"`
	Days       []string `json:"days,omitempty"` // mon … sun
	DayOfMonth int      `json:"day_of_month,omitempty"`
	Hours      int      `json:"hours,omitempty"`
	Minutes    int      `json:"minutes,omitempty"`
}

// UnmarshalJSON keeps what Knock sent.
func (s *Schedule) UnmarshalJSON(b []byte) (err error) {
	type fields Schedule
	if s.Raw, err = keepRaw(b, (*fields)(s)); err != nil {
		return err
	}
	var with struct {
		Recipient struct {
			Timezone string `json:"timezone"`
		} `json:"recipient"`
	}
	_ = json.Unmarshal(b, &with) // a zone that is no text is none
	s.Timezone = with.Recipient.Timezone
	return nil
}

// MarshalJSON gives what Knock sent.
func (s Schedule) MarshalJSON() ([]byte, error) {
	type fields Schedule
	return rawOr(s.Raw, fields(s))
}

// ScheduleFilter narrows a list of schedules.
type ScheduleFilter struct {
	Workflow   string // ListSchedules wants it
	Tenant     string
	Recipients []Ref
}

// ListSchedules reads a page of a workflow's schedules.
func (c *Client) ListSchedules(ctx context.Context, f ScheduleFilter, at Cursor) (Page[Schedule], error) {
	x := call{endpoint: &listSchedules, op: "list schedules of " + f.Workflow}
	x.query.text("workflow", f.Workflow)
	err := CheckID("workflow key", f.Workflow)
	for i, r := range f.Recipients {
		err = firstError(err, r.check(fieldAt("recipients", i)))
		x.query.ref("recipients[]", r)
	}
	x.query.text("tenant", f.Tenant)
	return list[Schedule](ctx, c, x, err, at)
}

func deleteSchedulesCall(ids []string) (call, error) {
	x := call{endpoint: &deleteSchedules, op: fmt.Sprintf("delete %d schedules", len(ids)), body: map[string]any{"schedule_ids": ids}}
	if len(ids) == 0 {
		return x, invalid("schedules", "none is named")
	}
	return x, checkIDs("schedules", ids)
}

// DeleteSchedules deletes schedules for good and gives them as they were. Runs that they started go on.
func (c *Client) DeleteSchedules(ctx context.Context, ids []string) ([]Schedule, error) {
	x, err := deleteSchedulesCall(ids)
	return fetch[[]Schedule](ctx, c, x, err)
}

// DeleteSchedulesRequest is the request that DeleteSchedules would send.
func (c *Client) DeleteSchedulesRequest(ids []string) (Request, error) {
	x, err := deleteSchedulesCall(ids)
	return c.preview(x, err)
}
