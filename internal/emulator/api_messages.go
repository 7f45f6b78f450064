package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

func listMessages(e *Emulator, q *query) (int, any, *apiError) {
	return e.messagesIn(q, allRows(len(e.messages.all)))
}

func listRecipientMessages(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	return e.messagesIn(q, rc.messages)
}

// messagesIn answers with the messages of rows that the filters select.
func (e *Emulator) messagesIn(q *query, rows rowSet) (int, any, *apiError) {
	match := e.messageFilter(q)
	rows = e.narrowMessages(q, rows)
	return q.listing("messages", "items", rows,
		func(n uint32) bool { return match(e.messages.all[n]) },
		func(n uint32) any { return e.messages.all[n] })
}

// narrowMessages goes by the run or the ids, where the request names them.
func (e *Emulator) narrowMessages(q *query, rows rowSet) rowSet {
	var found []*message
	switch ids := q.list("message_ids"); {
	case len(ids) > 50:
		q.bad.add("message_ids", "length", "should have at most 50 items")
	case len(ids) > 0:
		for _, id := range ids {
			if m := e.messages.byID[id]; m != nil {
				found = append(found, m)
			}
		}
	case q.one("workflow_recipient_run_id") != "":
		if n, ok := e.runs.byID[uuidOf(q.one("workflow_recipient_run_id"))]; ok {
			found = e.runs.all[n].messages()
		}
	default:
		return rows
	}
	own := postings{}
	for _, m := range found {
		own = append(own, m.seq)
	}
	slices.Sort(own)
	own = slices.Compact(own)
	if of, ok := rows.(postings); ok {
		return of.intersect(own)
	}
	return own
}

var engagementFilters = []string{"seen", "unseen", "read", "unread", "archived", "unarchived", "link_clicked", "interacted"}

func (e *Emulator) messageFilter(q *query) func(*message) bool {
	tenant, ch, source := q.one("tenant"), q.one("channel_id"), q.one("source")
	statuses := q.choices("status", messageStatuses)
	engaged := q.choices("engagement_status", engagementFilters)
	categories := q.list("workflow_categories")
	runID, recipientRunID := q.one("workflow_run_id"), q.one("workflow_recipient_run_id")
	wanted := q.bad.triggerData(q.one("trigger_data"))
	inserted := q.span("inserted_at")
	oldest := e.at - retention
	return func(m *message) bool {
		t := m.run.trig
		switch {
		case m.at < oldest, !inserted(m.at),
			tenant != "" && (t.tenant == nil || t.tenant.id != tenant),
			ch != "" && m.step.channel.id.String() != ch && m.step.channel.Key != ch,
			source != "" && t.wf.Key != source,
			len(statuses) > 0 && !slices.Contains(statuses, m.status),
			len(categories) > 0 && !slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(t.wf.Categories, c) }),
			runID != "" && t.id != uuidOf(runID),
			recipientRunID != "" && m.run.id != uuidOf(recipientRunID):
			return false
		}
		for _, want := range engaged {
			if !m.isEngaged(want) {
				return false
			}
		}
		return len(wanted) == 0 || m.activities[0].carries(wanted)
	}
}

func (m *message) isEngaged(want string) bool {
	for done, undone := range engagements {
		if want == undone {
			return m.engaged[done] == 0
		}
	}
	return m.engaged[want] != 0
}

// dataFilter is what trigger data must include, value by value.
type dataFilter []wantedValue

type wantedValue struct {
	path []string
	want any // an empty object: any object
}

// triggerData is the filter by trigger data: a JSON object that the data must
// include.
func (p *problems) triggerData(s string) dataFilter {
	if s == "" {
		return nil
	}
	var wanted map[string]any
	dec := json.NewDecoder(bytes.NewReader([]byte(s)))
	dec.UseNumber()
	if dec.Decode(&wanted) != nil || wanted == nil {
		p.add("trigger_data", "format", "must be a JSON object")
	}
	return dataFilter(nil).wanting(nil, wanted)
}

func (f dataFilter) wanting(path []string, wanted map[string]any) dataFilter {
	for k, want := range wanted {
		path := append(slices.Clone(path), k)
		if deeper, isMap := want.(map[string]any); isMap && len(deeper) > 0 {
			f = f.wanting(path, deeper)
		} else {
			f = append(f, wantedValue{path, want})
		}
	}
	return f
}

func (f dataFilter) includedIn(data map[string]any) bool {
	return !slices.ContainsFunc(f, func(w wantedValue) bool { return !w.isIn(data) })
}

func (w *wantedValue) isIn(data map[string]any) bool {
	last := len(w.path) - 1
	for _, k := range w.path[:last] {
		inner, ok := data[k].(map[string]any)
		if !ok {
			return false
		}
		data = inner
	}
	v, ok := data[w.path[last]]
	if _, object := w.want.(map[string]any); object {
		_, ok = v.(map[string]any)
		return ok
	}
	return ok && equal(v, w.want)
}

// message is the one that the path names.
func (e *Emulator) message(q *query) (*message, *apiError) {
	m := e.messages.byID[q.path("message_id")]
	if m == nil || m.at < e.at-retention {
		return nil, missing("message", q.path("message_id"))
	}
	return m, nil
}

func getMessage(e *Emulator, q *query, m *message) (int, any, *apiError) {
	return http.StatusOK, m, nil
}

func getContent(e *Emulator, q *query, m *message) (int, any, *apiError) {
	content, ok := m.contentJSON()
	if !ok {
		return 0, nil, missing("rendered content of message", m.id)
	}
	return http.StatusOK, content, nil
}

func batchContent(e *Emulator, q *query) (int, any, *apiError) {
	contents := []fields{}
	for _, id := range q.list("message_ids") {
		if m := e.messages.byID[id]; m != nil {
			if content, ok := m.contentJSON(); ok {
				contents = append(contents, content)
			}
		}
	}
	return http.StatusOK, contents, nil
}

// listOfMessage answers with something that belongs to one message. Newest
// first, as every listing.
func listOfMessage(listing string, rows func(e *Emulator, m *message) []fields) handler {
	return about((*Emulator).message, func(e *Emulator, q *query, m *message) (int, any, *apiError) {
		all := rows(e, m)
		return q.listing(listing, "items", allRows(len(all)), every, func(n uint32) any { return all[n] })
	})
}

func listActivities(e *Emulator, q *query) (int, any, *apiError) {
	wanted := q.bad.triggerData(q.one("trigger_data"))
	return listOfMessage("activities", func(e *Emulator, m *message) []fields {
		return slices.DeleteFunc(e.activitiesJSON(m), func(a fields) bool {
			data, _ := a["data"].(map[string]any)
			return !wanted.includedIn(data)
		})
	})(e, q)
}
