package emulator

import "net/http"

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
	data, eventData := body["data"], fields(nil)
	if data == nil {
		data, eventData = e.sampleFor(kind)
	}
	if given, ok := body["event_data"].(map[string]any); ok {
		eventData = given
	}
	e.emit(kind, func() any { return data }, eventData)
	return http.StatusAccepted, nil, nil
}
