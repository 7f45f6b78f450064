package emulator

import "net/http"

// notify is the older form of a trigger: the workflow is named in the body, an
// actor is required, and the run's id is called the result's.
func notify(e *Emulator, q *query, wf *workflow) (int, any, *apiError) {
	if q.object()["actor"] == nil {
		return 0, nil, fault(http.StatusUnprocessableEntity, invalidRequest, "actor_missing", "This endpoint needs an actor")
	}
	t, err := e.triggerBy(wf, q.object(), "api")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, fields{"result_id": t.id}, nil
}

// notified is the workflow that the body names.
func (e *Emulator) notified(q *query) (*workflow, *apiError) {
	name := q.bad.text(q.object(), "name")
	if name == "" {
		q.bad.add("name", "required", "can't be blank")
	}
	if err := q.bad.err(); err != nil {
		return nil, err
	}
	wf := e.published(name)
	if wf == nil {
		return nil, fault(http.StatusNotFound, invalidRequest, "workflow_missing", "There is no workflow %q in this environment", name)
	}
	return wf, nil
}

// cancelNotified cancels what notify or a trigger began.
func cancelNotified(e *Emulator, q *query) (int, any, *apiError) {
	name := q.bad.text(q.object(), "name")
	if name == "" {
		q.bad.add("name", "required", "can't be blank")
	}
	return e.cancelBy(q, name)
}
