package emulator

// maxAttempts is how often a failing step is tried before its run halts.
const maxAttempts = 3

// verdict is what a step made of its run.
type verdict struct {
	kind verdictKind
	to   int32 // where it goes on
}

type verdictKind uint8

const (
	goOn  verdictKind = iota // to the step at verdict.to, at once
	pause                    // until wakeAt, or until something happens
	rest                     // still processing; goes on at wakeAt
	halt                     // the step failed for good, and the run with it
)

func proceed(s *step) verdict { return verdict{goOn, s.next} }

// action is what a type of step does. start is called when a run reaches the
// step, and again for another attempt; resume when a paused run wakes.
type action interface {
	start(e *Emulator, r *run, s *step) verdict
	resume(e *Emulator, r *run, s *step) verdict
}

var actions = map[string]action{
	"delay":          delayAction{},
	"batch":          batchAction{},
	"http_fetch":     fetchAction{},
	"throttle":       throttleAction{},
	"branch":         branchAction{},
	"wait_for_event": waitAction{},
	"channel":        channelAction{},

	"trigger_workflow": triggerAction{},
	"random_cohort":    cohortAction{},
	"update_data":      updateAction{},
	"update_user":      updateAction{},
	"update_object":    updateAction{},
	"update_tenant":    updateAction{},
	"ai_agent":         passAction{},
}

// due wakes the run, unless what it was to wake for has been overtaken.
func (r *run) due(e *Emulator, at stamp) {
	if at == r.wakeAt && r.status.pending() {
		e.advance(r)
	}
}

// advance carries a run on until it pauses, rests or ends. An inactive
// workflow ends it here, whatever it was about to do.
func (e *Emulator) advance(r *run) {
	r.wakeAt = 0
	if !r.trig.wf.active {
		e.cancelRun(r, r.trig.wf.stoppedBy, field{"reason", "workflow_inactive"})
		return
	}
	first := r.status == queued
	e.setStatus(r, processing)
	if first {
		e.emitRun("workflow_recipient_run.started", r)
		e.notify(waitKey{"workflow/" + r.trig.wf.Key + "/started", r.who.ref}, nil)
		if unmet := e.unmet(r, r.trig.wf.Conditions); unmet != nil {
			r.note(e, nil, "conditions_not_met", field{"condition", unmet.String()})
			r.pc = end
		}
	}
	v := verdict{goOn, r.pc}
	if s := r.waits; s != nil {
		r.waits = nil
		v = s.action.resume(e, r, s)
	}
	for v.kind == goOn {
		r.pc = v.to
		if r.pc == end {
			e.finish(r)
			return
		}
		v = e.doStep(r, r.trig.steps[r.pc])
	}
	switch v.kind {
	case pause:
		r.waits = r.trig.steps[r.pc]
		e.setStatus(r, paused)
	case halt:
		e.halt(r)
	}
}

func (e *Emulator) doStep(r *run, s *step) verdict {
	if unmet := e.unmet(r, s.Conditions); unmet != nil {
		r.note(e, s, "step_skipped", field{"reason", "conditions_not_met"}, field{"condition", unmet.String()})
		return proceed(s)
	}
	return s.action.start(e, r, s)
}

// unmet is the condition that does not hold for the run, or nil.
func (e *Emulator) unmet(r *run, c *Conditions) *Condition {
	if c == nil {
		return nil
	}
	return c.unmet(r.scope(e))
}

// finish ends a run that has come to its end.
func (e *Emulator) finish(r *run) {
	r.note(e, nil, "run_completed", field{"messages", len(r.messages())})
	e.end(r, completed)
	e.emitRun("workflow_recipient_run.completed", r)
	e.notify(waitKey{"workflow/" + r.trig.wf.Key + "/completed", r.who.ref}, nil)
}

// halt ends a run whose step failed. Knock has no status for it: the run is
// completed, with errors.
func (e *Emulator) halt(r *run) {
	r.attempt = 0
	r.note(e, nil, "run_halted", field{"reason", "step_failed"}, field{"messages", len(r.messages())})
	e.end(r, completed)
	e.emitRun("workflow_recipient_run.error", r)
}

// cancelRun ends a run that was stopped by the request of that id.
func (e *Emulator) cancelRun(r *run, by string, why field) {
	r.attempt = 0
	r.more().cancelledBy = by
	r.note(e, nil, "run_cancelled", why)
	e.end(r, cancelled)
}

func (e *Emulator) end(r *run, last status) {
	if s := r.waits; s != nil && s.Event != nil {
		e.stopWaiting(s.Event.key(r.who.ref), r)
	}
	r.wakeAt, r.waits = 0, nil
	e.setStatus(r, last)
}

// failed counts a failed attempt: the step is tried again after retryIn, which
// doubles each time, or the run halts.
func (e *Emulator) failed(r *run, s *step, retryIn stamp, between verdictKind, text string, data ...field) verdict {
	data = append(data, field{"error", text})
	if r.attempt+1 >= maxAttempts {
		r.noteFailure(e, s, data...)
		return verdict{kind: halt}
	}
	at := e.plan(retryIn<<r.attempt, r)
	r.noteFailure(e, s, append(data, field{"until", at})...)
	r.attempt++
	r.wakeAt = at
	return verdict{kind: between}
}
