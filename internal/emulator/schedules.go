package emulator

import (
	"encoding/json"
	"slices"
	"time"
	_ "time/tzdata" // schedules go by the recipient's time zone, also where the machine knows none

	"github.com/google/uuid"
)

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// timetable says when a schedule triggers: by its rules between start and end,
// or, without rules, once at its start. A start or end of 0 is none.
type timetable struct {
	repeats    []Repeat
	start, end stamp
}

// schedule triggers a workflow for one recipient at its times.
type schedule struct {
	timetable
	id        uuid.UUID
	wf        *workflow
	who       *recipient
	actor     *recipient
	tenant    *tenant
	data      map[string]any
	next      stamp // 0 when it is over
	last      stamp
	createdAt stamp
	updatedAt stamp
	deleted   bool
}

// addSchedule gives a new schedule its id and its place, and plans its first
// time.
func (e *Emulator) addSchedule(s schedule) *schedule {
	s.id, s.createdAt, s.updatedAt = e.ids.uuid("schedule", e.ids.next("schedule")), e.at, e.at
	e.schedules = append(e.schedules, &s)
	s.planNext(e)
	return &s
}

func (s *schedule) planNext(e *Emulator) {
	s.next = s.after(e.at, s.who.location(), s.last > 0)
	if s.next != 0 {
		e.plan(max(s.next-e.at, 0), s)
	}
}

// after is the timetable's first time after t, or 0. A single time that has
// passed without being used is due at once.
func (tt timetable) after(t stamp, zone *time.Location, used bool) stamp {
	if len(tt.repeats) == 0 {
		if used {
			return 0
		}
		return tt.start
	}
	var next stamp
	for _, r := range tt.repeats {
		if at := r.after(max(t, tt.start-1), zone); at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	if tt.end > 0 && next > tt.end {
		return 0
	}
	return next
}

// due fires and plans the next time.
func (s *schedule) due(e *Emulator, at stamp) {
	if s.deleted || s.next == 0 || at < s.next {
		return
	}
	if s.wf.active {
		s.fire(e)
	}
	s.last = max(s.last, at)
	s.planNext(e)
}

// fire triggers the workflow. Schedules have no cancellation key.
func (s *schedule) fire(e *Emulator) {
	data, _ := dataOf(s.data)
	s.last, s.updatedAt = e.at, e.at
	e.invoke(invocation{
		wf: s.wf, recipients: []invited{{who: s.who}}, actor: s.actor, tenant: s.tenant, data: data,
		source: "schedule", scheduleID: s.id.String(),
	})
}

// location is the recipient's time zone; UTC where it has none that is known.
func (rc *recipient) location() *time.Location {
	zone, err := time.LoadLocation(rc.text("timezone"))
	if err != nil {
		return time.UTC
	}
	return zone
}

// after is the rule's first time after t, by the clocks of a time zone.
func (r Repeat) after(t stamp, zone *time.Location) stamp {
	every := max(r.Interval, 1)
	from := t.time().In(zone)
	if r.Frequency == "hourly" {
		at := time.Date(from.Year(), from.Month(), from.Day(), from.Hour(), r.Minutes, 0, 0, zone)
		for !at.After(from) {
			at = at.Add(time.Duration(every) * time.Hour)
		}
		return stampOf(at)
	}
	for i := range 366 * 2 {
		at := time.Date(from.Year(), from.Month(), from.Day()+i, r.Hours, r.Minutes, 0, 0, zone)
		if at.After(from) && r.onDay(at, every) {
			return stampOf(at)
		}
	}
	return 0
}

// onDay says whether the rule means this day. Intervals are counted from 1970,
// so that they do not depend on when the emulator was started.
func (r Repeat) onDay(at time.Time, every int) bool {
	days := int(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
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

// MarshalJSON writes the rule as the API shows it.
func (r Repeat) MarshalJSON() ([]byte, error) {
	out := fields{
		"__typename": "ScheduleRepeat", "frequency": r.Frequency, "interval": max(r.Interval, 1), "days": nil,
		"day_of_month": nil, "hours": r.Hours, "minutes": r.Minutes,
	}
	if len(r.Days) > 0 {
		out["days"] = r.Days
	}
	if r.DayOfMonth > 0 {
		out["day_of_month"] = r.DayOfMonth
	}
	return json.Marshal(out)
}

// MarshalJSON writes the schedule as the API shows it.
func (s *schedule) MarshalJSON() ([]byte, error) {
	out := fields{
		"__typename": "Schedule", "id": s.id, "workflow": s.wf.Key, "recipient": s.who.profile, "actor": nil, "tenant": nil,
		"data": s.data, "repeats": listOf(s.repeats), "next_occurrence_at": s.next.orNull(), "last_occurrence_at": s.last.orNull(),
		"scheduled_at": s.start.orNull(), "ending_at": s.end.orNull(), "inserted_at": s.createdAt, "updated_at": s.updatedAt,
	}
	if s.actor != nil {
		out["actor"] = s.actor.profile
	}
	if s.tenant != nil {
		out["tenant"] = s.tenant.id
	}
	return json.Marshal(out)
}
