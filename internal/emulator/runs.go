package emulator

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// status is a workflow recipient run's.
type status uint8

const (
	queued status = iota
	processing
	paused
	completed
	cancelled
	statusCount
)

var statusNames = [statusCount]string{"queued", "processing", "paused", "completed", "cancelled"}

func (s status) String() string { return statusNames[s] }

// MarshalText writes the status's name.
func (s status) MarshalText() ([]byte, error) { return []byte(statusNames[s]), nil }

func (s status) pending() bool { return s <= paused }

// trigger is one call of a workflow. Its runs have consecutive numbers.
type trigger struct {
	id         uuid.UUID
	wf         *workflow
	steps      []*step // of the version that was triggered
	source     string  // api, audience, schedule, broadcast, workflow_step, integration, rehearsal
	key        string
	scheduleID string
	audience   string // its key
	actor      *recipient
	tenant     *tenant
	data       json.RawMessage // an object, or nil
	read       map[string]any  // data as values, once somebody looked
	sandbox    bool
	skipDelay  bool
	at         stamp
	first, n   uint32
	same       *trigger // the trigger before it under the same cancellation key
}

// run is one recipient's way through a workflow. A million of them are kept at
// once, so what is seldom needed is behind a pointer.
type run struct {
	id      uuid.UUID
	seq     uint32
	trig    *trigger
	who     *recipient
	wakeAt  stamp // when it goes on by itself; 0 when something else must happen first
	updated stamp
	events  []event
	waits   *step // the step that paused it
	extra   *runExtra
	pc      int32
	errors  uint16
	attempt uint8 // failed attempts at the present step
	status  status
}

// runExtra is what few runs have.
type runExtra struct {
	data     map[string]any // the recipient's $trigger_data and what was fetched
	given    map[string]any // the former alone, where something was fetched
	batch    *batch         // the batch it is in, or carries on
	messages []*message
	// cancelledBy is the id of the request that ended it: a cancel, or one that
	// made the workflow inactive.
	cancelledBy string
}

func (r *run) more() *runExtra {
	if r.extra == nil {
		r.extra = &runExtra{}
	}
	return r.extra
}

// merge lays more over the run's data; what it was triggered with stays known.
func (r *run) merge(props map[string]any) {
	more := r.more()
	data := map[string]any{}
	maps.Copy(data, more.data)
	if more.given == nil {
		more.given = maps.Clone(data)
	}
	maps.Copy(data, props)
	more.data = data
}

func (r *run) batch() *batch {
	if r.extra == nil {
		return nil
	}
	return r.extra.batch
}

func (r *run) messages() []*message {
	if r.extra == nil {
		return nil
	}
	return r.extra.messages
}

// field is one entry of an event's data, in the order it is told.
type field struct {
	name  string
	value any
}

// event is something that happened in a run.
type event struct {
	at      stamp
	name    string
	step    *step // nil for the run itself
	data    []field
	attempt uint8
	failed  bool
}

func (r *run) note(e *Emulator, s *step, name string, data ...field) {
	r.events = append(r.events, event{at: e.at, name: name, step: s, data: data, attempt: r.attempt + 1})
	r.updated = e.at
}

func (r *run) noteFailure(e *Emulator, s *step, data ...field) {
	r.note(e, s, "step_failed", data...)
	r.events[len(r.events)-1].failed = true
	r.errors++
	e.runs.failed.set(r.seq)
}

// runStore keeps all runs and what is needed to find them.
type runStore struct {
	all      []*run
	byID     map[uuid.UUID]uint32
	byStatus [statusCount]bitmap
	counts   [statusCount]int
	failed   bitmap
}

func newRunStore() runStore { return runStore{byID: map[uuid.UUID]uint32{}} }

func (s *runStore) add(r *run) {
	r.seq = uint32(len(s.all))
	s.all = append(s.all, r)
	s.byID[r.id] = r.seq
	s.byStatus[r.status].set(r.seq)
	s.counts[r.status]++
	r.trig.wf.runs.set(r.seq)
	r.who.runs = append(r.who.runs, r.seq)
	if t := r.trig.tenant; t != nil {
		t.runs = append(t.runs, r.seq)
	}
}

func (e *Emulator) setStatus(r *run, next status) {
	r.updated = e.at
	if r.status == next {
		return
	}
	e.runs.byStatus[r.status].clear(r.seq)
	e.runs.counts[r.status]--
	e.runs.byStatus[next].set(r.seq)
	e.runs.counts[next]++
	r.status = next
}

// retention is how long runs and messages can be read.
const retention = 30 * day

// since is the number of the first run made at or after t.
func (s *runStore) since(t stamp) uint32 {
	i, _ := slices.BinarySearchFunc(s.all, t, func(r *run, t stamp) int {
		if r.trig.at < t {
			return -1
		}
		return 1
	})
	return uint32(i)
}

// runJSON is a run as the API shows it; Events only in the detail.
type runJSON struct {
	Typename      string        `json:"__typename"`
	ID            uuid.UUID     `json:"id"`
	WorkflowRunID uuid.UUID     `json:"workflow_run_id"`
	Workflow      string        `json:"workflow"`
	Status        status        `json:"status"`
	Recipient     ref           `json:"recipient"`
	Actor         *ref          `json:"actor"`
	Tenant        *string       `json:"tenant"`
	ErrorCount    uint16        `json:"error_count"`
	TriggerSource sourceJSON    `json:"trigger_source"`
	InsertedAt    stamp         `json:"inserted_at"`
	UpdatedAt     stamp         `json:"updated_at"`
	Events        *[]*eventJSON `json:"events,omitempty"`
}

type sourceJSON struct {
	Type            string  `json:"type"`
	CancellationKey *string `json:"cancellation_key"`
	ScheduleID      *string `json:"schedule_id"`
	AudienceKey     *string `json:"audience_key"`
}

type eventJSON struct {
	Typename   string  `json:"__typename"`
	ID         string  `json:"id"`
	Event      string  `json:"event"`
	Status     string  `json:"status"`
	StepRef    *string `json:"step_ref"`
	StepType   *string `json:"step_type"`
	Attempt    uint8   `json:"attempt"`
	Data       fields  `json:"data"`
	InsertedAt stamp   `json:"inserted_at"`
}

// fields is a JSON object made up on the way out.
type fields map[string]any

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (r *run) json() runJSON {
	t := r.trig
	out := runJSON{
		Typename: "WorkflowRecipientRun", ID: r.id, WorkflowRunID: t.id, Workflow: t.wf.Key, Status: r.status,
		Recipient: r.who.ref, ErrorCount: r.errors, InsertedAt: t.at, UpdatedAt: r.updated,
		TriggerSource: sourceJSON{Type: t.source, CancellationKey: orNull(t.key), ScheduleID: orNull(t.scheduleID), AudienceKey: orNull(t.audience)},
	}
	if t.actor != nil {
		out.Actor = &t.actor.ref
	}
	if t.tenant != nil {
		out.Tenant = &t.tenant.id
	}
	return out
}

// detail is the run with its events.
func (r *run) detail(e *Emulator) runJSON {
	events := make([]*eventJSON, len(r.events))
	for i, ev := range r.events {
		out := &eventJSON{
			Typename: "WorkflowRecipientRunEvent", ID: e.ids.ksuid("run event "+r.id.String(), uint64(i)),
			Event: ev.name, Status: "ok", Attempt: ev.attempt, InsertedAt: ev.at,
		}
		if ev.failed {
			out.Status = "error"
		}
		if ev.step != nil {
			out.StepRef, out.StepType = &ev.step.Ref, &ev.step.Type
		}
		if len(ev.data) > 0 {
			out.Data = fields{}
			for _, f := range ev.data {
				out.Data[f.name] = f.value
			}
		}
		events[i] = out
	}
	out := r.json()
	out.Events = &events
	return out
}
