package emulator

import (
	"time"

	"github.com/google/uuid"
)

// RunState is all there is to know of a run, told past the API: what a test
// holds against what a client believes.
type RunState struct {
	ID, WorkflowRunID uuid.UUID
	Workflow          string
	// Recipient and Actor are user_1 or collection/id; Actor, Tenant and
	// CancellationKey are "" where there is none.
	Recipient, Actor, Tenant, CancellationKey string
	// Source is the type of what triggered it: api, schedule and so on.
	Source      string
	TriggeredAt time.Time
	// Status is the run's present one, in Knock's words; Pending says that it can
	// still change.
	Status  string
	Pending bool
	Errors  int
	// EndedAt is the zero time while it is pending.
	EndedAt time.Time
	// CancelledBy is the X-Request-Id of the request that ended it: a cancel, or
	// one that made its workflow inactive. It is "" unless the status is
	// cancelled, and for what the emulator's own traffic cancelled.
	CancelledBy string
	// Messages are the ids of what it made.
	Messages []string
}

// Runs are all runs that there ever were, oldest first.
func (e *Emulator) Runs() []RunState {
	e.enter()
	defer e.mu.Unlock()
	all := make([]RunState, len(e.runs.all))
	for i, r := range e.runs.all {
		all[i] = r.state()
	}
	return all
}

// RunByID is the run of that id; ok says whether there is one.
func (e *Emulator) RunByID(id uuid.UUID) (state RunState, ok bool) {
	e.enter()
	defer e.mu.Unlock()
	n, ok := e.runs.byID[id]
	if !ok {
		return RunState{}, false
	}
	return e.runs.all[n].state(), true
}

func (r *run) state() RunState {
	t := r.trig
	s := RunState{
		ID: r.id, WorkflowRunID: t.id, Workflow: t.wf.Key, Recipient: r.who.String(), CancellationKey: t.key, Source: t.source,
		TriggeredAt: t.at.time(), Status: r.status.String(), Pending: r.status.pending(), Errors: int(r.errors),
	}
	if t.actor != nil {
		s.Actor = t.actor.String()
	}
	if t.tenant != nil {
		s.Tenant = t.tenant.id
	}
	if !s.Pending {
		s.EndedAt = r.updated.time() // nothing touches a run that is over
	}
	if r.extra != nil {
		s.CancelledBy = r.extra.cancelledBy
	}
	for _, m := range r.messages() {
		s.Messages = append(s.Messages, m.id)
	}
	return s
}
