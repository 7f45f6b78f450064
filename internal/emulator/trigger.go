package emulator

import (
	"encoding/json"

	"github.com/google/uuid"
)

// invocation is a call of a workflow, checked and with its recipients resolved.
type invocation struct {
	wf         *workflow
	recipients []invited
	actor      *recipient
	tenant     *tenant
	data       json.RawMessage
	key        string
	source     string
	scheduleID string
	audience   string
	sandbox    bool
	skipDelay  bool
}

// invited is a recipient with the data that is meant for it alone.
type invited struct {
	who  *recipient
	data map[string]any
}

// invoke makes the runs of a trigger: one for each recipient and each
// subscriber of an object, each recipient once.
func (e *Emulator) invoke(in invocation) *trigger {
	number := e.ids.next("trigger")
	t := &trigger{
		id: e.ids.uuid("trigger", number), wf: in.wf, source: in.source, key: in.key, scheduleID: in.scheduleID, audience: in.audience,
		actor: in.actor, tenant: in.tenant, data: in.data, sandbox: in.sandbox, skipDelay: in.skipDelay,
		at: e.at, first: uint32(len(e.runs.all)), steps: in.wf.steps,
	}
	if t.key != "" {
		k := cancelKey{t.wf, t.key}
		t.same = e.keys[k]
		e.keys[k] = t
	}
	all := e.withSubscribers(in.recipients)
	started := field{"recipients", len(all)}
	t.n = uint32(len(all))
	for _, to := range all {
		e.begin(t, to, started)
	}
	return t
}

func (e *Emulator) withSubscribers(recipients []invited) []invited {
	seen := make(map[ref]bool, len(recipients))
	all := make([]invited, 0, len(recipients))
	add := func(to invited) {
		if !seen[to.who.ref] {
			seen[to.who.ref] = true
			all = append(all, to)
		}
	}
	for _, to := range recipients {
		add(to)
		if to.who.collection == "" {
			continue
		}
		for _, s := range e.subs {
			if s.object == to.who {
				add(invited{s.recipient, to.data})
			}
		}
	}
	return all
}

// queueTime is how long a run is queued: the same for all, so that they start in
// the order they were triggered.
const queueTime = 300e3 // microseconds

// begin makes one run. A cancel that is still under way may have overtaken it.
func (e *Emulator) begin(t *trigger, to invited, recipients field) {
	r := &run{id: e.ids.uuid("run", e.ids.next("run")), trig: t, who: to.who, updated: e.at}
	if len(to.data) > 0 {
		r.more().data = to.data
	}
	if len(t.steps) == 0 {
		r.pc = end
	}
	e.runs.add(r)
	r.events = make([]event, 0, 2)
	r.note(e, nil, "triggered", field{"source", t.source}, recipients)
	if c := e.overtakes(r); c != nil {
		e.cancelRun(r, c.by, field{"reason", "a cancel sent before the trigger overtook it"})
		return
	}
	r.wakeAt = e.plan(queueTime, r)
}

// uuidOf reads an id of a run or bulk operation; the zero id is nobody's.
func uuidOf(s string) uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil
	}
	return id
}
