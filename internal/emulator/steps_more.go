package emulator

import (
	"bytes"
	"encoding/json"
)

// rendered is a template's result as the JSON value that it is, or else as text.
func (s scope) rendered(template string) any {
	out := s.render(template)
	if out == "" {
		return nil
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader([]byte(out)))
	dec.UseNumber()
	if dec.Decode(&v) != nil || dec.More() {
		return out
	}
	return v
}

// triggerAction triggers another workflow, by default for the run's own
// recipient, actor, tenant and data.
type triggerAction struct{}

func (triggerAction) start(e *Emulator, r *run, s *step) verdict {
	wf, vars := e.published(s.Trigger.Workflow), r.scope(e)
	if wf == nil {
		r.noteFailure(e, s, field{"error", "there is no workflow " + s.Trigger.Workflow}) // nor will there be at another attempt
		return verdict{kind: halt}
	}
	payload := map[string]any{"recipients": vars.rendered(s.Trigger.Recipients), "data": vars.rendered(s.Trigger.Data)}
	if payload["recipients"] == nil {
		payload["recipients"] = r.who.asGiven()
	}
	if _, ok := payload["recipients"].([]any); !ok {
		payload["recipients"] = []any{payload["recipients"]}
	}
	if payload["data"] == nil {
		payload["data"] = r.data()
	}
	for name, template := range map[string]string{"actor": s.Trigger.Actor, "tenant": s.Trigger.Tenant, "cancellation_key": s.Trigger.CancellationKey} {
		payload[name] = vars.rendered(template)
	}
	if payload["actor"] == nil && r.trig.actor != nil {
		payload["actor"] = r.trig.actor.asGiven()
	}
	if payload["tenant"] == nil && r.trig.tenant != nil {
		payload["tenant"] = r.trig.tenant.id
	}
	t, err := e.triggerBy(wf, payload, "workflow_step")
	if err != nil {
		r.noteFailure(e, s, field{"error", err.Message})
		return verdict{kind: halt}
	}
	r.note(e, s, "workflow_triggered", field{"workflow", wf.Key}, field{"workflow_run_id", t.id})
	return proceed(s)
}

func (triggerAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// asGiven is a reference in the form that a request has.
func (r ref) asGiven() any {
	if r.collection == "" {
		return r.id
	}
	return map[string]any{"id": r.id, "collection": r.collection}
}

// updateAction merges rendered JSON into the run's data, its recipient or its
// tenant.
type updateAction struct{}

func (updateAction) start(e *Emulator, r *run, s *step) verdict {
	props, _ := r.scope(e).rendered(s.Body).(map[string]any)
	switch {
	case s.Type == "update_data":
		r.merge(props)
	case s.Type == "update_tenant" && r.trig.tenant != nil:
		e.setTenant(r.trig.tenant.id, props)
	case s.Type == "update_user" || s.Type == "update_object":
		e.identify(r.who.ref, props)
	}
	r.note(e, s, "data_updated")
	return proceed(s)
}

func (updateAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// cohortAction takes a branch by chance, the same one whenever the emulator has
// the same seed.
type cohortAction struct{}

func (cohortAction) start(e *Emulator, r *run, s *step) verdict {
	left := e.ids.share(r.id, "cohort "+s.Ref) * 100
	for _, b := range s.branches {
		if left -= b.Percentage; left < 0 {
			r.note(e, s, "branch_taken", field{"branch", b.Name})
			return verdict{goOn, b.first}
		}
	}
	r.note(e, s, "step_skipped", field{"reason", "no_branch_matched"})
	return proceed(s)
}

func (cohortAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// passAction does nothing: nobody here can do what the step asks for.
type passAction struct{}

func (passAction) start(e *Emulator, r *run, s *step) verdict {
	r.note(e, s, "step_skipped", field{"reason", "not_emulated"})
	return proceed(s)
}

func (passAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }
