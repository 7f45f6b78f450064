package emulator

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// markMessage records one engagement, or takes one back.
func markMessage(what string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		m, err := e.message(q)
		if err != nil {
			return 0, nil, err
		}
		metadata, _ := q.object()["metadata"].(map[string]any)
		e.engage(m, what, metadata)
		return http.StatusOK, m, nil
	}
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

// bulkOperation works through messages over time.
type bulkOperation struct {
	id                              uuid.UUID
	name, what                      string
	todo                            []*message
	total, done                     int
	insertedAt, startedAt, finished stamp
	updated                         stamp
}

// How fast a bulk operation goes.
const (
	bulkTurn     = 250e3 // microseconds
	bulkRowsTurn = 500
)

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
	b := &bulkOperation{
		id: e.ids.uuid("bulk operation", e.ids.next("bulk operation")), name: "messages." + q.path("action"), what: what,
		insertedAt: e.at, updated: e.at,
	}
	for _, m := range e.messages.all {
		if m.step.channel == ch && m.at >= e.at-retention && match(m) {
			b.todo = append(b.todo, m)
		}
	}
	b.total = len(b.todo)
	e.bulk[b.id.String()] = b
	e.plan(bulkTurn, b)
	return http.StatusOK, b.json(q), nil
}

// due does the next turn.
func (b *bulkOperation) due(e *Emulator, _ stamp) {
	if b.startedAt == 0 {
		b.startedAt = e.at
	}
	n := min(len(b.todo), bulkRowsTurn)
	for _, m := range b.todo[:n] {
		e.engage(m, b.what, nil)
	}
	b.todo, b.done, b.updated = b.todo[n:], b.done+n, e.at
	if len(b.todo) == 0 {
		b.finished = e.at
		return
	}
	e.plan(bulkTurn, b)
}

// bulkFilter reads the filters of a bulk operation.
func bulkFilter(bad *problems, body map[string]any) func(*message) bool {
	workflows, recipients, tenants := bad.texts(body, "workflows"), bad.texts(body, "recipient_ids"), bad.texts(body, "tenants")
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
	q := query{values: map[string][]string{"trigger_data": {bad.text(body, "trigger_data")}}}
	wanted := q.triggerData()
	*bad = append(*bad, q.bad...)
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
		return wanted == nil || includes(m.activities[0].data(), wanted)
	}
}

func getBulkOperation(e *Emulator, q *query) (int, any, *apiError) {
	b := e.bulk[q.path("operation_id")]
	if b == nil {
		return 0, nil, missing("bulk operation", q.path("operation_id"))
	}
	return http.StatusOK, b.json(q), nil
}

func (b *bulkOperation) json(q *query) fields {
	status := "queued"
	switch {
	case b.finished > 0:
		status = "completed"
	case b.startedAt > 0:
		status = "processing"
	}
	return fields{
		"__typename": "BulkOperation", "id": b.id, "name": b.name, "status": status,
		"estimated_total_rows": b.total, "processed_rows": b.done, "success_count": b.done, "error_count": 0, "error_items": []fields{},
		"progress_path": q.origin() + "/v1/bulk_operations/" + b.id.String(),
		"inserted_at":   b.insertedAt, "updated_at": b.updated, "started_at": b.startedAt.orNull(), "completed_at": b.finished.orNull(), "failed_at": nil,
	}
}
