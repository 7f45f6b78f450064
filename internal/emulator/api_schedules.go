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
	var only []ref
	for _, s := range q.list("recipients") {
		only = append(only, *q.referenceOf("recipients", s))
	}
	return e.schedulesWhere(q, func(s *schedule) bool { return only == nil || slices.Contains(only, s.who.ref) })
}

func listRecipientSchedules(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
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

func createSchedules(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	wf := e.workflows[q.bad.text(body, "workflow")]
	if wf == nil {
		q.bad.add("workflow", "exists", "does not exist")
	}
	list, _ := body["recipients"].([]any)
	if len(list) == 0 || len(list) > mostSchedules {
		q.bad.add("recipients", "length", "should have from 1 to %d items", mostSchedules)
	}
	people := make([]person, len(list))
	for i, item := range list {
		people[i] = readPerson(&q.bad, fmt.Sprintf("recipients[%d]", i), item)
	}
	def := Schedule{Tenant: q.bad.text(body, "tenant"), Repeats: readRepeats(&q.bad, body["repeats"])}
	data, ok := body["data"].(map[string]any)
	if !ok && body["data"] != nil {
		q.bad.add("data", "type", "must be a map")
	}
	def.Data = data
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	def.Workflow = wf.Key
	made := make([]*schedule, len(people))
	for i, p := range people {
		made[i] = e.addSchedule(def, e.resolve(p))
	}
	return http.StatusOK, made, nil
}

// readRepeats reads the rules of a schedule.
func readRepeats(bad *problems, v any) []Repeat {
	raw, err := json.Marshal(v)
	if err != nil || v == nil {
		bad.add("repeats", "required", "can't be blank: this emulator has recurring schedules alone")
		return nil
	}
	var given []struct {
		Frequency  string   `json:"frequency"`
		Interval   int      `json:"interval"`
		Days       []string `json:"days"`
		DayOfMonth int      `json:"day_of_month"`
		Hours      int      `json:"hours"`
		Minutes    int      `json:"minutes"`
	}
	if json.Unmarshal(raw, &given) != nil || len(given) == 0 {
		bad.add("repeats", "type", "must be a list of rules")
	}
	repeats := make([]Repeat, len(given))
	for i, g := range given {
		repeats[i] = Repeat(g)
		if !slices.Contains([]string{"hourly", "daily", "weekly", "monthly"}, g.Frequency) {
			bad.add(fmt.Sprintf("repeats[%d].frequency", i), "inclusion", "%q is not known", g.Frequency)
		}
	}
	return repeats
}

func deleteSchedules(e *Emulator, q *query) (int, any, *apiError) {
	ids := q.bad.texts(q.object(), "schedule_ids")
	if len(ids) == 0 {
		q.bad.add("schedule_ids", "required", "can't be blank")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	gone := []*schedule{}
	for _, s := range e.schedules {
		if !s.deleted && slices.Contains(ids, s.id.String()) {
			s.deleted = true
			gone = append(gone, s)
		}
	}
	return http.StatusOK, gone, nil
}
