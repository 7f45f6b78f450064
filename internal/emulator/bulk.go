package emulator

import (
	"net/http"

	"github.com/google/uuid"
)

// bulkRow is one of the things that a bulk operation does.
type bulkRow interface {
	apply(e *Emulator) bool // says whether it could be done
	about() ref             // what it is done to
}

// bulkOperation works through its rows over time.
type bulkOperation struct {
	id                                       uuid.UUID
	name                                     string
	todo                                     []bulkRow
	total, done                              int
	failed                                   []ref
	insertedAt, startedAt, finished, updated stamp
}

// How fast a bulk operation goes, and how much it takes at once.
const (
	bulkTurn     = 250e3 // microseconds
	bulkRowsTurn = 500
	mostBulkRows = 1000
)

// bulkOf accepts a bulk operation, unless something is wrong with the request.
func (e *Emulator) bulkOf(q *query, name string, rows []bulkRow) (int, any, *apiError) {
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	b := &bulkOperation{
		id: e.ids.uuid("bulk operation", e.ids.next("bulk operation")), name: name, todo: rows, total: len(rows),
		insertedAt: e.at, updated: e.at,
	}
	e.bulk[b.id.String()] = b
	e.plan(bulkTurn, b)
	return http.StatusOK, b.json(q), nil
}

// ids reads the list of ids that a bulk operation is for.
func (q *query) ids(body map[string]any, name string) []string {
	ids := q.bad.texts(body, name)
	q.checkCount(name, len(ids))
	return ids
}

// maps reads the list of maps that a bulk operation is for.
func (q *query) maps(body map[string]any, name string) []map[string]any {
	list, ok := body[name].([]any)
	if !ok && body[name] != nil {
		q.bad.add(name, "type", "must be a list")
	}
	q.checkCount(name, len(list))
	rows := make([]map[string]any, len(list))
	for i, item := range list {
		if rows[i], ok = item.(map[string]any); !ok {
			q.bad.add(name, "type", "must be a list of maps")
		}
	}
	return rows
}

func (q *query) checkCount(name string, n int) {
	if n == 0 || n > mostBulkRows {
		q.bad.add(name, "length", "should have from 1 to %d items, not %d", mostBulkRows, n)
	}
}

// due does the next turn.
func (b *bulkOperation) due(e *Emulator, _ stamp) {
	if b.startedAt == 0 {
		b.startedAt = e.at
	}
	n := min(len(b.todo), bulkRowsTurn)
	for _, row := range b.todo[:n] {
		if !row.apply(e) {
			b.failed = append(b.failed, row.about())
		}
	}
	b.todo, b.done, b.updated = b.todo[n:], b.done+n, e.at
	if len(b.todo) == 0 {
		b.finished = e.at
		return
	}
	e.plan(bulkTurn, b)
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
	failed := make([]fields, len(b.failed))
	for i, r := range b.failed {
		failed[i] = fields{"id": r.id, "collection": orNull(r.collection)}
	}
	return fields{
		"__typename": "BulkOperation", "id": b.id, "name": b.name, "status": status, "estimated_total_rows": b.total,
		"processed_rows": b.done, "success_count": b.done - len(failed), "error_count": len(failed), "error_items": failed,
		"progress_path": q.origin() + "/v1/bulk_operations/" + b.id.String(),
		"inserted_at":   b.insertedAt, "updated_at": b.updated, "started_at": b.startedAt.orNull(), "completed_at": b.finished.orNull(), "failed_at": nil,
	}
}
