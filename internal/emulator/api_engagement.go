package emulator

import (
	"net/http"
	"slices"
)

// markMessage records one engagement, or takes one back.
func markMessage(what string) handler {
	return about((*Emulator).message, func(e *Emulator, q *query, m *message) (int, any, *apiError) {
		metadata, _ := q.object()["metadata"].(map[string]any)
		e.engage(m, what, metadata)
		return http.StatusOK, m, nil
	})
}

const mostInBatch = 50

// batchMark does it for up to 50 messages; ids that nobody has are left out of
// the answer.
func batchMark(what string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		body := q.object()
		ids, ok := body["message_ids"].([]any)
		if !ok || len(ids) == 0 || len(ids) > mostInBatch {
			q.bad.add("message_ids", "length", "should be a list of 1 to %d ids", mostInBatch)
		}
		if err := q.bad.err(); err != nil {
			return 0, nil, err
		}
		metadata, _ := body["metadata"].(map[string]any)
		marked := []*message{}
		for _, id := range ids {
			s, _ := id.(string)
			if m := e.messages.byID[s]; m != nil {
				e.engage(m, what, metadata)
				marked = append(marked, m)
			}
		}
		return http.StatusOK, marked, nil
	}
}

// markRow marks one message, as part of a bulk operation.
type markRow struct {
	m    *message
	what string
}

func (r markRow) apply(e *Emulator) bool {
	e.engage(r.m, r.what, nil)
	return true
}

func (r markRow) about() ref { return ref{id: r.m.id} }

var bulkActions = map[string]string{
	"seen": "seen", "unseen": "unseen", "read": "read", "unread": "unread", "archived": "archived", "unarchived": "unarchived",
	"interacted": "interacted", "archive": "archived", "unarchive": "unarchived",
}

func bulkMark(e *Emulator, q *query) (int, any, *apiError) {
	what := bulkActions[q.path("action")]
	if what == "" {
		q.bad.add("action", "inclusion", "%q is not one that this emulator can do", q.path("action"))
	}
	ch := e.channel(q.path("channel_id"))
	if ch == nil {
		return 0, nil, fault(http.StatusNotFound, invalidRequest, "channel_invalid", "There is no channel %q", q.path("channel_id"))
	}
	match := bulkFilter(&q.bad, q.object())
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	var rows []bulkRow
	for _, m := range e.messages.all {
		if m.step.channel == ch && m.at >= e.at-retention && match(m) {
			rows = append(rows, markRow{m, what})
		}
	}
	return e.bulkOf(q, "messages."+q.path("action"), rows)
}

var bulkFilters = []string{
	"archived", "delivery_status", "engagement_status", "has_tenant", "newer_than", "older_than", "recipient_ids", "user_ids", "tenants",
	"trigger_data", "workflows",
}

// bulkFilter reads the filters of a bulk operation.
func bulkFilter(bad *problems, body map[string]any) func(*message) bool {
	for name := range body {
		if !slices.Contains(bulkFilters, name) {
			bad.add(name, "unknown", "is no filter of this endpoint")
		}
	}
	workflows, recipients, tenants := bad.texts(body, "workflows"), bad.texts(body, "recipient_ids"), bad.texts(body, "tenants")
	if users := bad.texts(body, "user_ids"); users != nil { // what in-app clients call them
		recipients = users
	}
	newer, older := bad.instant(body, "newer_than"), bad.instant(body, "older_than")
	delivery, engaged, archived := bad.text(body, "delivery_status"), bad.text(body, "engagement_status"), bad.text(body, "archived")
	hasTenant, tenantMatters := body["has_tenant"].(bool)
	for field, check := range map[string]struct {
		value string
		known []string
	}{
		"delivery_status": {delivery, messageStatuses}, "engagement_status": {engaged, engagementFilters},
		"archived": {archived, []string{"exclude", "include", "only"}},
	} {
		if check.value != "" && !slices.Contains(check.known, check.value) {
			bad.add(field, "inclusion", "%q is not known", check.value)
		}
	}
	wanted := bad.triggerData(bad.text(body, "trigger_data"))
	return func(m *message) bool {
		t := m.run.trig
		switch {
		case workflows != nil && !slices.Contains(workflows, t.wf.Key),
			recipients != nil && !slices.Contains(recipients, m.who.id),
			tenants != nil && (t.tenant == nil || !slices.Contains(tenants, t.tenant.id)),
			tenantMatters && hasTenant != (t.tenant != nil),
			newer > 0 && m.at <= newer, older > 0 && m.at >= older,
			delivery != "" && m.status != delivery,
			engaged != "" && !m.isEngaged(engaged),
			archived == "exclude" && m.isEngaged("archived"), archived == "only" && !m.isEngaged("archived"):
			return false
		}
		return len(wanted) == 0 || m.activities[0].carries(wanted)
	}
}
