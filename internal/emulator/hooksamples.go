package emulator

import (
	"maps"
	"slices"
	"strings"
)

// sampleFor is what a webhook of the type would tell: the newest object that it
// could have been sent for, or, where there is none, one made to fit.
func (e *Emulator) sampleFor(kind string) (data any, eventData fields) {
	what, did, _ := strings.Cut(kind, ".")
	switch {
	case what == "message" && len(e.messages.all) > 0:
		return e.sampleMessage(did)
	case what == "workflow_recipient_run" && len(e.runs.all) > 0:
		return e.sampleRun(did), nil
	}
	c := e.sampleCommit(what)
	if did == "committed" && c != nil {
		eventData = fields{"commit_id": c.id}
	}
	return e.sampleVersioned(what, c), eventData
}

// sampleMessage is a message that the event happened to last, with what the event said.
func (e *Emulator) sampleMessage(did string) (any, fields) {
	for _, m := range slices.Backward(e.messages.all) {
		if n := len(m.events); n > 0 && m.events[n-1].kind == did {
			return m, m.events[n-1].data
		}
	}
	m := *e.messages.all[len(e.messages.all)-1] // a copy: nothing has happened to the message itself
	m.engaged = maps.Clone(m.engaged)
	if m.engaged == nil {
		m.engaged = map[string]stamp{}
	}
	for done, undone := range engagements {
		switch did {
		case done:
			m.engaged[done] = e.at
		case undone:
			delete(m.engaged, done)
		}
	}
	if slices.Contains(messageStatuses, did) {
		m.status = did
	}
	switch did {
	case msgAttempted:
		return &m, fields{"attempt": 1, "max_attempts": maxAttempts, "retryable": true}
	case msgUndelivered:
		return &m, fields{"failure_reason": "provider_error", "failure_details": "the provider answered 503 three times"}
	case msgBounced:
		return &m, m.bounce()
	case "link_clicked":
		return &m, fields{"url": "https://example.com/" + m.run.trig.wf.Key}
	case "interacted":
		return &m, fields{"button": "primary"}
	}
	return &m, nil
}

// sampleRun is a run in the state that the event speaks of.
func (e *Emulator) sampleRun(did string) any {
	fits := func(r *run) bool {
		switch did {
		case "started":
			return r.status == processing || r.status == paused
		case "error":
			return r.status == completed && r.halted()
		}
		return r.status == completed && !r.halted()
	}
	for _, r := range slices.Backward(e.runs.all) {
		if fits(r) {
			return r.json()
		}
	}
	r := *e.runs.all[len(e.runs.all)-1]
	switch did {
	case "started":
		r.status = processing
	case "error":
		r.status, r.errors = completed, maxAttempts
	default:
		r.status = completed
	}
	return r.json()
}

// halted says whether a step failed for good and the run with it.
func (r *run) halted() bool { return r.events[len(r.events)-1].name == "run_halted" }

// sampleCommit is the newest commit of a kind of resource, or nil.
func (e *Emulator) sampleCommit(kind string) *commit {
	for _, c := range slices.Backward(e.commits) {
		if c.kind == kind {
			return c
		}
	}
	if kind != "source_event_action" || len(e.sourceOrder) == 0 || len(e.sourceOrder[0].Mappings) == 0 {
		return nil
	}
	return e.newCommit(kind, e.sourceOrder[0].Key+"/"+e.sourceOrder[0].Mappings[0].Event, "", e.Environment(), nil)
}

// sampleVersioned is what the commit made, or something of its kind.
func (e *Emulator) sampleVersioned(kind string, c *commit) any {
	if c != nil {
		if wf := e.workflows[c.key]; kind == "workflow" && wf != nil {
			return wf.json(e.Environment())
		}
		for _, r := range e.resources {
			if r.kind.name == kind && r.key == c.key {
				return r.json(e, nowhere(), r.draft)
			}
		}
		for _, src := range e.sourceOrder {
			for _, m := range src.Mappings {
				if src.Key+"/"+m.Event == c.key {
					return e.mappingJSON(src, m)
				}
			}
		}
	}
	return fields{"key": "default", "name": "Default", "environment": e.Environment(), "updated_at": e.at}
}
