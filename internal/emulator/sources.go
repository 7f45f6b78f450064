package emulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// logsKept bounds what a source remembers of the events it received.
const logsKept = 10_000

// source receives events.
type source struct {
	Source
	token     string
	createdAt stamp
	updatedAt stamp
	dirty     bool            // its mappings were changed and not committed
	seen      map[string]bool // message ids
	logs      []*sourceLog
	first     uint32 // number of logs[0]
	dropped   int
	received  map[string]stamp // last, by event
	total     int
}

type sourceLog struct {
	id      string
	event   string
	data    map[string]any
	at      stamp
	actions []fields
}

// trackEvent is an event as it is ingested.
type trackEvent struct {
	event, userID, messageID string
	properties               map[string]any
	raw                      map[string]any
}

// lookup follows a mapping's path: data.x stands for properties.x, anything
// else is a field of the event, which may be called the body.
func (t trackEvent) lookup(path string) any {
	s, path := scope(t.raw), strings.TrimPrefix(path, "body.")
	if rest, ok := strings.CutPrefix(path, "data."); ok {
		s, path = scope(t.properties), rest
	}
	v, _ := s.lookup(path)
	return v
}

// ingest takes an event in, and does what is mapped to it once for each messageId. A log has an entry for every event
// that was received, so a repeat has one too, without actions.
func (e *Emulator) ingest(src *source, t trackEvent) {
	repeat := t.messageID != "" && src.seen[t.messageID]
	entry := e.record(src, t)
	if t.messageID != "" {
		src.seen[t.messageID] = true
	}
	if !repeat {
		e.act(src, entry, t)
	}
}

// record notes an event.
func (e *Emulator) record(src *source, t trackEvent) *sourceLog {
	src.total++
	e.stats.SourceEvents++
	src.received[t.event] = e.at
	entry := &sourceLog{id: e.ids.ksuid("source log", e.ids.next("source log")), event: t.event, data: t.raw, at: e.at}
	if len(src.logs) == logsKept {
		delete(src.seen, text(src.logs[0].data["messageId"]))
		src.logs = src.logs[1:]
		src.first++
		src.dropped++
	}
	src.logs = append(src.logs, entry)
	return entry
}

// act does what an event is mapped to.
func (e *Emulator) act(src *source, entry *sourceLog, t trackEvent) {
	for i, m := range src.Mappings {
		if m.Event == t.event && !m.Inactive {
			entry.actions = append(entry.actions, e.actOn(entry, i, m, t))
		}
	}
	if t.userID != "" {
		e.notify(waitKey{"source/" + src.Key + "/" + t.event, ref{id: t.userID}}, t.properties)
	}
}

// actOn triggers the mapped workflow and says how it went.
func (e *Emulator) actOn(entry *sourceLog, i int, m Mapping, t trackEvent) fields {
	payload := fields{"key": m.Workflow, "recipients": t.lookup(m.Recipients), "data": t.properties}
	if list, ok := payload["recipients"].([]any); !ok {
		payload["recipients"] = []any{payload["recipients"]}
	} else {
		payload["recipients"] = list
	}
	if m.Data != "" {
		payload["data"] = t.lookup(m.Data)
	}
	for name, path := range map[string]string{"actor": m.Actor, "tenant": m.Tenant, "cancellation_key": m.CancellationKey} {
		if path != "" {
			payload[name] = t.lookup(path)
		}
	}
	out := fields{
		"id": e.ids.ksuid("source action "+entry.id, uint64(i)), "action_type": "workflows_trigger", "inserted_at": e.at,
		"action_parameters": fields{
			"key": m.Workflow, "recipients": m.Recipients, "actor": orNull(m.Actor), "tenant": orNull(m.Tenant),
			"data": orNull(m.Data), "cancellation_key": orNull(m.CancellationKey),
		},
		"action_payload": asParsed(payload),
	}
	wf := e.published(m.Workflow)
	if wf == nil {
		out["action_status"], out["action_result"] = "error", fields{"code": "workflow_missing", "message": "There is no workflow " + m.Workflow}
		return out
	}
	tr, err := e.triggerBy(wf, payload, "integration")
	if err != nil {
		out["action_status"], out["action_result"] = "error", fields{"code": err.Code, "message": err.Message}
		return out
	}
	out["action_status"], out["action_result"] = "success", fields{"id": tr.id}
	return out
}

// asParsed is a trigger's payload as a log shows it, with users by their collection.
func asParsed(payload fields) fields {
	out := maps.Clone(payload)
	recipients := slices.Clone(payload["recipients"].([]any))
	for i, r := range recipients {
		if id, ok := r.(string); ok {
			recipients[i] = fields{"collection": "$users", "id": id}
		}
	}
	out["recipients"] = recipients
	return out
}

// parseTrack checks an ingested event.
func parseTrack(v map[string]any) (trackEvent, problems) {
	var bad problems
	t := trackEvent{raw: v}
	if kind, _ := v["type"].(string); kind != "track" {
		bad.add("type", "inclusion", `must be "track"; this source takes no other events`)
	}
	t.event = bad.text(v, "event")
	if t.event == "" {
		bad.add("event", "required", "can't be blank")
	}
	t.userID, t.messageID = bad.text(v, "userId"), bad.text(v, "messageId")
	if at := bad.text(v, "timestamp"); at != "" {
		if _, ok := timestamp(at); !ok {
			bad.add("timestamp", "format", "is not an ISO-8601 timestamp")
		}
	}
	props, ok := v["properties"].(map[string]any)
	if !ok && v["properties"] != nil {
		bad.add("properties", "type", "must be a map")
	}
	if props == nil {
		props = map[string]any{}
	}
	t.properties = props
	return t, bad
}

func (l *sourceLog) json(withActions bool) fields {
	out := fields{
		"id": l.id, "event": l.event, "data": l.data, "inserted_at": l.at, "source": nil,
		"preprocess_output": nil, "verification_status": nil,
	}
	if withActions {
		out["actions"] = listOf(l.actions)
	}
	return out
}

func (s *source) json(environment, origin string) fields {
	mappings := make([]fields, len(s.Mappings))
	for i, m := range s.Mappings {
		mappings[i] = m.json(s.createdAt, s.updatedAt)
	}
	return fields{
		"key": s.Key, "name": s.Name, "description": orNull(s.Description), "custom_image_url": nil,
		"created_at": s.createdAt, "updated_at": s.updatedAt,
		"environment_settings": fields{environment: fields{
			"updated_at": s.updatedAt, "mappings": mappings,
			"settings": fields{
				"endpoint": origin + ingestPath + s.token, "enforce_idempotency": true, "enforce_verification": false,
				"event_type_path": "body.event", "idempotency_key_path": "body.messageId", "timestamp_path": "body.timestamp",
			},
		}},
	}
}

// dataOf writes a trigger's data as it will be kept, or nil.
func dataOf(v any) (json.RawMessage, bool) {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return nil, ok || v == nil
	}
	raw, err := json.Marshal(m)
	return raw, err == nil
}

// json is the mapping as the management API shows it.
func (m Mapping) json(created, updated stamp) fields {
	parameters := fields{"key": m.Workflow, "recipients": m.Recipients}
	for name, path := range map[string]string{"actor": m.Actor, "tenant": m.Tenant, "data": m.Data, "cancellation_key": m.CancellationKey} {
		if path != "" {
			parameters[name] = path
		}
	}
	return fields{
		"event_type": m.Event, "action_type": "workflows_trigger", "active": !m.Inactive, "is_deleted": false,
		"action_parameters": parameters, "created_at": created, "updated_at": updated,
	}
}
