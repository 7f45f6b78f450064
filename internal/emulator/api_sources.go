package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// source is the one that the path names.
func (e *Emulator) source(q *query) (*source, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return nil, err
	}
	src := e.sources[q.path("source_key")]
	if src == nil {
		return nil, missing("source", q.path("source_key"))
	}
	return src, nil
}

func getSource(e *Emulator, q *query, src *source) (int, any, *apiError) {
	return http.StatusOK, src.json(e.Environment(), q.origin()), nil
}

// listSources tells them without their settings, unless these are asked for.
func listSources(e *Emulator, q *query) (int, any, *apiError) {
	withSettings := slices.Contains(q.choices("include", []string{"environment_settings"}), "environment_settings")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	entries := []fields{}
	for _, src := range e.sourceOrder {
		entry := src.json(e.Environment(), q.origin())
		if !withSettings {
			delete(entry, "environment_settings")
		}
		entries = append(entries, entry)
	}
	return http.StatusOK, fields{"entries": entries}, nil
}

// upsertSource writes a source. Other environments' settings are not kept.
func upsertSource(e *Emulator, q *query) (int, any, *apiError) {
	body, ok := q.object()["source"].(map[string]any)
	if !ok {
		q.bad.add("source", "required", "must be a map")
	}
	name := q.bad.text(body, "name")
	if name == "" {
		q.bad.add("source.name", "required", "can't be blank")
	}
	settings := q.bad.entries("source.", "environment_settings", body)
	own, _ := settings[e.Environment()].(map[string]any)
	mappings := readMappings(&q.bad, "source.environment_settings."+e.Environment()+".mappings", own["mappings"])
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	key := q.path("source_key")
	src := e.sources[key]
	if src == nil {
		src = e.newSource(Source{Key: key}, e.at)
	}
	src.Name, src.Description, src.updatedAt = name, q.bad.text(body, "description"), e.at
	if own["mappings"] != nil {
		src.Mappings, src.dirty = mappings, true
		for _, m := range mappings {
			e.emit("source_event_action.updated", func() any { return e.mappingJSON(src, m) }, nil)
		}
	}
	return http.StatusOK, fields{"source": src.json(e.Environment(), q.origin())}, nil
}

// mappingJSON is a mapping as a webhook tells it.
func (e *Emulator) mappingJSON(src *source, m Mapping) fields {
	out := m.json(src.createdAt, src.updatedAt)
	out["source_key"], out["environment"], out["key"] = src.Key, e.Environment(), src.Key+"/"+m.Event
	return out
}

func (e *Emulator) commitMappings(src *source, message string) {
	if !src.dirty {
		return
	}
	src.dirty = false
	for _, m := range src.Mappings {
		e.newCommit("source_event_action", src.Key+"/"+m.Event, message, e.Environment(), func() any { return e.mappingJSON(src, m) })
	}
}

// readMappings reads those that trigger workflows; actions of other types are
// taken and do nothing.
func readMappings(bad *problems, at string, v any) []Mapping {
	list, ok := v.([]any)
	if !ok && v != nil {
		bad.add(at, "type", "must be a list")
	}
	var mappings []Mapping
	for i, item := range list {
		m, _ := item.(map[string]any)
		p, _ := m["action_parameters"].(map[string]any)
		active, given := m["active"].(bool)
		deleted, _ := m["is_deleted"].(bool)
		if text(m["event_type"]) == "" {
			bad.add(fmt.Sprintf("%s[%d].event_type", at, i), "required", "can't be blank")
		}
		if m["action_type"] != "workflows_trigger" || deleted {
			continue
		}
		mappings = append(mappings, Mapping{
			Event: text(m["event_type"]), Workflow: cmp.Or(text(p["key"]), text(p["workflow_key"])), Inactive: given && !active,
			Recipients: cmp.Or(text(p["recipients"]), "userId"), Actor: text(p["actor"]), Tenant: text(p["tenant"]), Data: text(p["data"]),
			CancellationKey: text(p["cancellation_key"]),
		})
	}
	return mappings
}

// rehearseSource takes a payload in as if it had been sent, and says what came of it.
func rehearseSource(e *Emulator, q *query) (int, any, *apiError) {
	payload, ok := q.object()["payload"].(map[string]any)
	if !ok {
		q.bad.add("payload", "required", "must be a map")
	}
	src, err := e.source(q)
	if err != nil {
		return 0, nil, err
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	event, bad := parseTrack(payload)
	if len(bad) > 0 {
		errors := make([]fields, len(bad))
		for i, b := range bad {
			errors[i] = fields{"field": b.Field, "message": b.Message}
		}
		return http.StatusOK, fields{
			"status": "error", "log_id": nil, "errors": errors, "action_logs_count": 0, "successful_action_logs_count": 0, "failed_action_logs_count": 0,
		}, nil
	}
	entry := e.record(src, event)
	e.act(src, entry, event)
	failed := 0
	for _, a := range entry.actions {
		if a["action_status"] == "error" {
			failed++
		}
	}
	return http.StatusOK, fields{
		"status": "ok", "log_id": entry.id, "errors": []fields{}, "action_logs_count": len(entry.actions),
		"successful_action_logs_count": len(entry.actions) - failed, "failed_action_logs_count": failed,
	}, nil
}

func getSourceStatus(e *Emulator, q *query, src *source) (int, any, *apiError) {
	var last stamp
	for _, at := range src.received {
		last = max(last, at)
	}
	waiting := []fields{}
	for _, m := range src.Mappings {
		if src.dirty {
			waiting = append(waiting, fields{
				"action_type": "workflows_trigger", "active": !m.Inactive, "event_type": m.Event, "is_deleted": false,
				"resource_key": m.Workflow, "status": "updated",
			})
		}
	}
	return http.StatusOK, fields{
		"events_count": src.total, "mappings_count": len(src.Mappings), "mappings_requiring_commit": waiting,
		"last_event_received": last.orNull(),
	}, nil
}

func listSourceLogs(e *Emulator, q *query, src *source) (int, any, *apiError) {
	event, id := q.one("event"), q.one("id")
	from, until, date := q.instant("starting_at"), q.instant("ending_at"), q.instant("date")
	withActions := slices.Contains(q.choices("include", []string{"actions"}), "actions")
	at := func(n uint32) *sourceLog { return src.logs[n-src.first] }
	return q.listing("source_logs", "entries", within{allRows(int(src.first) + len(src.logs)), src.first, noBound},
		func(n uint32) bool {
			l := at(n)
			return (event == "" || l.event == event) && (id == "" || l.id == id) &&
				(from == 0 || l.at >= from) && (until == 0 || l.at <= until) && (date == 0 || l.at/day == date/day)
		},
		func(n uint32) any { return at(n).json(withActions) })
}

func listSourceEvents(e *Emulator, q *query, src *source) (int, any, *apiError) {
	entries := []fields{}
	for _, event := range slices.Sorted(maps.Keys(src.received)) {
		entries = append(entries, fields{"event": event, "last_received_at": src.received[event]})
	}
	return http.StatusOK, fields{"entries": entries}, nil
}

func ingestEvent(e *Emulator, q *query) (int, any, *apiError) {
	for _, src := range e.sourceOrder {
		if src.token != q.path("token") {
			continue
		}
		body := q.object()
		event, bad := parseTrack(body)
		if err := append(q.bad, bad...).err(); err != nil {
			return 0, nil, err
		}
		e.ingest(src, event)
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, missing("source at", q.req.URL.EscapedPath())
}
