package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

func listSchedules(e *Emulator, q *query) (int, any, *apiError) {
	if q.one("workflow") == "" {
		q.bad.add("workflow", "required", "can't be blank")
	}
	only := q.references("recipients")
	return e.schedulesWhere(q, func(s *schedule) bool { return only == nil || slices.Contains(only, s.who.ref) })
}

func listRecipientSchedules(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	return e.schedulesWhere(q, func(s *schedule) bool { return s.who == rc })
}

func (e *Emulator) schedulesWhere(q *query, match func(*schedule) bool) (int, any, *apiError) {
	wf, tenant := q.one("workflow"), q.one("tenant")
	return q.listing("schedules", "entries", allRows(len(e.schedules)),
		func(n uint32) bool {
			s := e.schedules[n]
			return !s.deleted && (wf == "" || s.wf.Key == wf) && (tenant == "" || s.tenant != nil && s.tenant.id == tenant) && match(s)
		},
		func(n uint32) any { return e.schedules[n] })
}

const mostSchedules = 100

// timing is what a request says of a schedule, its recipients apart.
type timing struct {
	timetable
	actor       person
	tenant      string
	tenantProps map[string]any
	data        map[string]any
}

// readTiming reads it from a map whose fields at goes before.
func (e *Emulator) readTiming(bad *problems, at string, v map[string]any) timing {
	t := timing{data: bad.entries(at, "data", v)}
	t.repeats = readRepeats(bad, at, v["repeats"])
	t.start, t.end = bad.instant(v, "scheduled_at"), bad.instant(v, "ending_at")
	if v["actor"] != nil {
		t.actor = e.readPerson(bad, at+"actor", v["actor"])
	}
	t.tenant, t.tenantProps = readTenant(bad, v["tenant"])
	if t.end > 0 && t.end <= t.start {
		bad.add(at+"ending_at", "order", "must be after scheduled_at")
	}
	return t
}

// need reports a timing that is never due.
func (t timing) need(bad *problems, at string) {
	if len(t.repeats) == 0 && t.start == 0 {
		bad.add(at+"repeats", "required", "can't be blank, unless scheduled_at is given")
	}
}

// schedule makes the schedule of one recipient.
func (e *Emulator) schedule(wf *workflow, to person, t timing) *schedule {
	s := schedule{timetable: t.timetable, wf: wf, who: e.resolve(to), data: t.data}
	if t.actor.id != "" {
		s.actor = e.resolve(t.actor)
	}
	if t.tenant != "" {
		s.tenant = e.setTenant(t.tenant, t.tenantProps)
	}
	return e.addSchedule(s)
}

func (e *Emulator) readWorkflow(bad *problems, at string, v map[string]any) *workflow {
	wf := e.published(bad.text(v, "workflow"))
	if wf == nil {
		bad.add(at+"workflow", "exists", "does not exist")
	}
	return wf
}

func createSchedules(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	wf := e.readWorkflow(&q.bad, "", body)
	list, _ := body["recipients"].([]any)
	if len(list) == 0 || len(list) > mostSchedules {
		q.bad.add("recipients", "length", "should have from 1 to %d items", mostSchedules)
	}
	people := make([]person, len(list))
	for i, item := range list {
		people[i] = e.readPerson(&q.bad, fmt.Sprintf("recipients[%d]", i), item)
	}
	t := e.readTiming(&q.bad, "", body)
	t.need(&q.bad, "")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	made := make([]*schedule, len(people))
	for i, p := range people {
		made[i] = e.schedule(wf, p, t)
	}
	return http.StatusOK, made, nil
}

// scheduleRow makes one schedule, as part of a bulk operation.
type scheduleRow struct {
	wf *workflow
	to person
	t  timing
}

func (r scheduleRow) apply(e *Emulator) bool {
	e.schedule(r.wf, r.to, r.t)
	return true
}

func (r scheduleRow) about() ref { return r.to.ref }

func bulkCreateSchedules(e *Emulator, q *query) (int, any, *apiError) {
	given := q.maps(q.object(), "schedules")
	rows := make([]bulkRow, len(given))
	for i, v := range given {
		at := fmt.Sprintf("schedules[%d].", i)
		r := scheduleRow{e.readWorkflow(&q.bad, at, v), e.readPerson(&q.bad, at+"recipient", v["recipient"]), e.readTiming(&q.bad, at, v)}
		r.t.need(&q.bad, at)
		rows[i] = r
	}
	return e.bulkOf(q, "schedules.create", rows)
}

// scheduleIDs are the schedules that the body names. Ids that are nobody's are
// left out.
func (e *Emulator) scheduleIDs(q *query) []*schedule {
	ids := q.bad.texts(q.object(), "schedule_ids")
	if len(ids) == 0 {
		q.bad.add("schedule_ids", "required", "can't be blank")
	}
	found := []*schedule{}
	for _, s := range e.schedules {
		if !s.deleted && slices.Contains(ids, s.id.String()) {
			found = append(found, s)
		}
	}
	return found
}

// updateSchedules gives schedules what the body says; the rest they keep.
func updateSchedules(e *Emulator, q *query) (int, any, *apiError) {
	body, found := q.object(), e.scheduleIDs(q)
	t := e.readTiming(&q.bad, "", body)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	for _, s := range found {
		s.update(e, body, t)
	}
	return http.StatusOK, found, nil
}

func (s *schedule) update(e *Emulator, body map[string]any, t timing) {
	for name := range body {
		switch name {
		case "repeats":
			s.repeats = t.repeats
		case "scheduled_at":
			s.start, s.last = t.start, 0
		case "ending_at":
			s.end = t.end
		case "data":
			s.data = t.data
		case "actor":
			s.actor = nil
			if t.actor.id != "" {
				s.actor = e.resolve(t.actor)
			}
		case "tenant":
			s.tenant = nil
			if t.tenant != "" {
				s.tenant = e.setTenant(t.tenant, t.tenantProps)
			}
		}
	}
	s.updatedAt = e.at
	s.planNext(e)
}

func deleteSchedules(e *Emulator, q *query) (int, any, *apiError) {
	gone := e.scheduleIDs(q)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	for _, s := range gone {
		s.deleted = true
	}
	return http.StatusOK, gone, nil
}

// readRepeats reads the rules of a schedule.
func readRepeats(bad *problems, at string, v any) []Repeat {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	var given []struct {
		Frequency  string   `json:"frequency"`
		Interval   int      `json:"interval"`
		Days       []string `json:"days"`
		DayOfMonth int      `json:"day_of_month"`
		Hours      int      `json:"hours"`
		Minutes    int      `json:"minutes"`
	}
	if err != nil || json.Unmarshal(raw, &given) != nil {
		bad.add(at+"repeats", "type", "must be a list of rules")
	}
	repeats := make([]Repeat, len(given))
	for i, g := range given {
		repeats[i] = Repeat(g)
		rule := fmt.Sprintf("%srepeats[%d]", at, i)
		if !slices.Contains([]string{"hourly", "daily", "weekly", "monthly"}, g.Frequency) {
			bad.add(rule+".frequency", "inclusion", "%q is not known", g.Frequency)
		}
		if slices.ContainsFunc(g.Days, func(d string) bool { return !slices.Contains(weekdays, d) }) {
			bad.add(rule+".days", "inclusion", "must be some of mon, tue, wed, thu, fri, sat, sun")
		}
		if g.Hours < 0 || g.Hours > 23 || g.Minutes < 0 || g.Minutes > 59 || g.DayOfMonth < 0 || g.DayOfMonth > 31 || g.Interval < 0 {
			bad.add(rule, "number", "has a number that no clock or calendar has")
		}
	}
	return repeats
}
