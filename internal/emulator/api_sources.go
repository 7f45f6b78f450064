package emulator

import (
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

func getSource(e *Emulator, q *query) (int, any, *apiError) {
	src, err := e.source(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, src.json(e.Environment(), q.origin()), nil
}

func getSourceStatus(e *Emulator, q *query) (int, any, *apiError) {
	src, err := e.source(q)
	if err != nil {
		return 0, nil, err
	}
	var last stamp
	for _, at := range src.received {
		last = max(last, at)
	}
	return http.StatusOK, fields{
		"events_count": src.total, "mappings_count": len(src.Mappings), "mappings_requiring_commit": []fields{},
		"last_event_received": last.orNull(),
	}, nil
}

func listSourceLogs(e *Emulator, q *query) (int, any, *apiError) {
	src, err := e.source(q)
	if err != nil {
		return 0, nil, err
	}
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

func listSourceEvents(e *Emulator, q *query) (int, any, *apiError) {
	src, err := e.source(q)
	if err != nil {
		return 0, nil, err
	}
	entries := []fields{}
	for _, event := range slices.Sorted(maps.Keys(src.received)) {
		entries = append(entries, fields{"event": event, "last_received_at": src.received[event]})
	}
	return http.StatusOK, fields{"entries": entries}, nil
}

func ingestEvent(e *Emulator, q *query) (int, any, *apiError) {
	for _, src := range e.sources {
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

// controlStats tells what Stats does.
func controlStats(e *Emulator, _ *query) (int, any, *apiError) {
	return http.StatusOK, e.statsNow(), nil
}

// controlEmit sends a webhook of any of the 26 types: the body's data and
// event_data, or what Knock would send for the newest message, run or workflow.
func controlEmit(e *Emulator, q *query) (int, any, *apiError) {
	kind, body := q.path("type"), q.object()
	if !hookTypes[kind] {
		q.bad.add("type", "inclusion", "%q is not one of the 26 webhook types", kind)
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	eventData, _ := body["event_data"].(map[string]any)
	data := body["data"]
	if data == nil {
		data = e.sampleFor(kind)
	}
	if eventData == nil {
		eventData = sampleEventData(kind)
	}
	e.emit(kind, func() any { return data }, eventData)
	return http.StatusAccepted, nil, nil
}
