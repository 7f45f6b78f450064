package emulator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// schedule triggers a workflow for one recipient at its times.
type schedule struct {
	id        uuid.UUID
	place     uint32
	wf        *workflow
	who       *recipient
	tenant    *tenant
	data      map[string]any
	repeats   []Repeat
	next      stamp // 0 when it is over
	last      stamp
	createdAt stamp
	deleted   bool
}

func (e *Emulator) addSchedule(def Schedule, who *recipient) *schedule {
	s := &schedule{
		id: e.ids.uuid("schedule", e.ids.next("schedule")), place: uint32(len(e.schedules)), wf: e.workflows[def.Workflow],
		who: who, data: def.Data, repeats: def.Repeats, createdAt: e.at,
	}
	if def.Tenant != "" {
		s.tenant = e.setTenant(def.Tenant, nil)
	}
	e.schedules = append(e.schedules, s)
	s.planNext(e)
	return s
}

func (s *schedule) planNext(e *Emulator) {
	s.next = 0
	for _, r := range s.repeats {
		if at := r.after(e.at); s.next == 0 || at < s.next {
			s.next = at
		}
	}
	if s.next != 0 {
		e.plan(s.next-e.at, s)
	}
}

// due fires and plans the next time.
func (s *schedule) due(e *Emulator, at stamp) {
	if s.deleted || at != s.next {
		return
	}
	s.planNext(e)
	if s.wf.active {
		s.fire(e)
	}
}

// fire triggers the workflow. Schedules have no cancellation key.
func (s *schedule) fire(e *Emulator) {
	data, _ := dataOf(s.data)
	s.last = e.at
	e.invoke(invocation{
		wf: s.wf, recipients: []invited{{who: s.who}}, tenant: s.tenant, data: data, source: "schedule", scheduleID: s.id.String(),
	})
}

// after is the rule's first time after t. Times are UTC.
func (r Repeat) after(t stamp) stamp {
	every := max(r.Interval, 1)
	from := t.time()
	if r.Frequency == "hourly" {
		at := from.Truncate(time.Hour).Add(time.Duration(r.Minutes) * time.Minute)
		for !at.After(from) {
			at = at.Add(time.Duration(every) * time.Hour)
		}
		return stampOf(at)
	}
	start := time.Date(from.Year(), from.Month(), from.Day(), r.Hours, r.Minutes, 0, 0, time.UTC)
	for i := range 366 * 2 {
		at := start.AddDate(0, 0, i)
		if at.After(from) && r.onDay(at, every) {
			return stampOf(at)
		}
	}
	return 0
}

// onDay says whether the rule means this day. Intervals are counted from 1970,
// so that they do not depend on when the emulator was started.
func (r Repeat) onDay(at time.Time, every int) bool {
	days := int(at.Unix() / 86400)
	named := len(r.Days) == 0 || slices.Contains(r.Days, weekdays[at.Weekday()])
	switch r.Frequency {
	case "daily":
		return named && days%every == 0
	case "weekly":
		if len(r.Days) == 0 {
			named = at.Weekday() == time.Monday
		}
		return named && (days+3)/7%every == 0
	}
	return at.Day() == max(r.DayOfMonth, 1) && (at.Year()*12+int(at.Month()))%every == 0
}

// MarshalJSON writes the schedule as the API shows it.
func (s *schedule) MarshalJSON() ([]byte, error) {
	repeats := make([]fields, len(s.repeats))
	for i, r := range s.repeats {
		repeats[i] = fields{
			"__typename": "ScheduleRepeat", "frequency": r.Frequency, "interval": max(r.Interval, 1), "days": nil,
			"day_of_month": nil, "hours": r.Hours, "minutes": r.Minutes,
		}
		if len(r.Days) > 0 {
			repeats[i]["days"] = r.Days
		}
		if r.DayOfMonth > 0 {
			repeats[i]["day_of_month"] = r.DayOfMonth
		}
	}
	out := fields{
		"__typename": "Schedule", "id": s.id, "workflow": s.wf.Key, "recipient": s.who.profile, "actor": nil, "tenant": nil,
		"data": s.data, "repeats": repeats, "next_occurrence_at": s.next.orNull(), "last_occurrence_at": s.last.orNull(),
		"inserted_at": s.createdAt, "updated_at": max(s.last, s.createdAt),
	}
	if s.tenant != nil {
		out["tenant"] = s.tenant.id
	}
	return json.Marshal(out)
}
