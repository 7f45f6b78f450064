package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

// record begins the record of an attempt.
func (fr *frame) record(s *arazzo.Step, attempt int) *Record {
	fr.seq++
	return &Record{
		Seq: fr.seq, Workflow: fr.path, Depth: fr.depth, Step: s.ID, Description: s.Description, Target: s.Target().S,
		Visit: fr.visits[s.ID], Attempt: attempt, State: Running, Started: time.Now(),
	}
}

// end closes a record.
func (rec *Record) end(passed bool, err error) {
	rec.Ended, rec.State, rec.Wait = time.Now(), Passed, nil
	if passed {
		return
	}
	rec.State = Failed
	switch {
	case err != nil:
		rec.Error = err.Error()
	case rec.Error == "":
		rec.Error = rec.unmet()
	}
}

// unmet says which criterion failed, and why.
func (rec *Record) unmet() string {
	for _, c := range rec.Criteria {
		if !c.Pass {
			return fmt.Sprintf("the criterion %s is not met: %s", c.Condition, c.Why)
		}
	}
	return "it did not succeed"
}

func (fr *frame) emit(rec *Record) { fr.Observe(fr.redact.record(*rec)) }

// attempt makes one attempt: it calls, judges by the criteria, and sets the outputs.
func (fr *frame) attempt(ctx context.Context, s *arazzo.Step, rec *Record) (passed bool, err error) {
	if err := fr.depends(s); err != nil {
		return false, &FatalError{err}
	}
	fr.env.Request, fr.env.Response, fr.env.Message, fr.env.Status, fr.env.URL, fr.env.Method = nil, nil, nil, 0, "", ""
	fr.env.Outputs = nil
	fr.emit(rec)
	calls := s.Workflow.S == "" && !fr.flow.Sources.IsChannel(s)
	var c Call
	if calls {
		if c, err = fr.prepare(ctx, s, rec); err != nil {
			return false, err
		}
	}
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, time.Duration(s.Timeout)*time.Millisecond, errTimeout)
		defer cancel()
	}
	switch {
	case calls:
		passed, err = fr.request(ctx, s, rec, c)
	case s.Workflow.S != "":
		passed, err = fr.subflow(ctx, s, rec)
	default:
		passed, err = fr.receive(ctx, s, rec)
	}
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return false, fmt.Errorf("no answer within %d ms, the step's timeout", s.Timeout)
	}
	if err != nil || !passed {
		return false, err
	}
	return true, fr.setOutputs(s, rec)
}

var errTimeout = errors.New("the step's timeout")

// depends checks that the steps this one depends on are completed.
func (fr *frame) depends(s *arazzo.Step) error {
	for _, d := range s.DependsOn {
		key := fr.w.ID + "." + d.S
		if e, err := expr.Parse(d.S); err == nil && e.Root == expr.Workflows {
			key = e.ID + "." + e.Name
		}
		if !fr.completed[key] {
			return fmt.Errorf("it depends on the step %s, which is not completed", d.S)
		}
	}
	return nil
}

// prepare makes the request of a step, and lets it be looked at and changed before it is sent.
func (fr *frame) prepare(ctx context.Context, s *arazzo.Step, rec *Record) (c Call, err error) {
	o, err := fr.flow.Sources.Find(s, pathParameters(s))
	if err != nil {
		return c, &FatalError{err}
	}
	if c, err = fr.call(s, o); err != nil {
		return c, &FatalError{err}
	}
	rec.Request = c.seen()
	if fr.Pause != nil && (fr.PauseAt == nil || fr.PauseAt(*rec)) {
		rec.State = Paused
		fr.emit(rec)
		if fr.Pause(ctx, Point{Record: fr.redact.record(*rec), Call: &c}) == Stop {
			return c, errStop
		}
		rec.State, rec.Request = Running, c.seen()
	}
	return c, nil
}

// request calls an operation.
func (fr *frame) request(ctx context.Context, s *arazzo.Step, rec *Record, c Call) (bool, error) {
	fr.emit(rec)
	fr.sent++
	at := time.Now()
	a, err := fr.Transport.Send(ctx, c, func(w Wait) {
		rec.State, rec.Wait = Waiting, &w
		fr.emit(rec)
	})
	rec.State, rec.Wait = Running, nil
	if err != nil {
		return false, err
	}
	rec.Response = &ResponseSeen{Status: a.Status, Header: a.Header, Body: shown(a.Body), Took: time.Since(at), RequestID: a.RequestID}
	rec.Proof, rec.Notes = a.Proof, append(rec.Notes, a.Notes...)
	if a.Proof != nil && !a.Proof.Proven {
		fr.unproven = append(fr.unproven, s.ID+": "+a.Proof.Text)
	}
	answered(fr.env, a)
	if words := refusal(a.Status, fr.env.Response.Body); words != "" {
		rec.Notes = append(rec.Notes, words)
	}
	return fr.judge(s, rec, a.Status/100 == 2, fmt.Sprintf("the answer is %d, and a step without criteria passes with 2xx", a.Status)), nil
}

// refusal is what an error's answer says of itself.
func refusal(status int, body any) string {
	object, _ := body.(map[string]any)
	code, _ := object["code"].(string)
	message, _ := object["message"].(string)
	if status < 400 || code+message == "" {
		return ""
	}
	return "Knock answers: " + strings.TrimPrefix(code+": "+message, ": ")
}

// judge holds the criteria of a step; without any, passes decides.
func (fr *frame) judge(s *arazzo.Step, rec *Record, passes bool, why string) bool {
	if len(s.Criteria) == 0 {
		if !passes {
			rec.Error = why
		}
		return passes
	}
	var ok bool
	ok, rec.Criteria = fr.criteria(s.Criteria, fr.env)
	return ok
}

func pathParameters(s *arazzo.Step) (names []string) {
	for _, p := range s.Parameters {
		if p.In == "path" {
			names = append(names, p.Name)
		}
	}
	return names
}

// setOutputs evaluates the outputs of a step. One that finds nothing is left out, which is an error
// only for what needs it.
func (fr *frame) setOutputs(s *arazzo.Step, rec *Record) error {
	if len(s.Outputs) == 0 {
		fr.env.Steps[s.ID] = map[string]any{}
		return nil
	}
	out := make(map[string]any, len(s.Outputs))
	for _, o := range s.Outputs {
		v, err := fr.value(o.Value)
		if err != nil {
			rec.Notes = append(rec.Notes, fmt.Sprintf("the output %s is not set: %v", o.Name, err))
			continue
		}
		out[o.Name] = v
	}
	fr.env.Steps[s.ID], rec.Outputs = out, out
	return nil
}

// subflow runs a workflow as a step.
func (fr *frame) subflow(ctx context.Context, s *arazzo.Step, rec *Record) (bool, error) {
	to, err := fr.enter(s.Workflow.S, s.Parameters)
	if err != nil {
		return false, &FatalError{err}
	}
	end := fr.workflow(ctx, *to)
	fr.env.Outputs = end.outputs
	fr.env.Request, fr.env.Response, fr.env.Message, fr.env.Status = nil, nil, nil, 0
	var fatal *FatalError
	switch {
	case end.stopped, end.err != nil && errors.As(end.err, &fatal):
		return false, end.err
	case end.err != nil:
		rec.Notes = append(rec.Notes, end.err.Error())
	}
	why := fmt.Sprintf("the workflow %s failed", to.w.ID)
	if end.err != nil {
		why = fmt.Sprintf("the workflow %s: %v", to.w.ID, end.err)
	}
	return fr.judge(s, rec, end.ok, why), nil
}

// enter prepares a workflow that is called, with the parameters as its inputs.
func (fr *frame) enter(id string, parameters []arazzo.Parameter) (*frame, error) {
	in, w, err := fr.flow.find(id)
	if err != nil {
		return nil, err
	}
	secret := in.secrets(w)
	given := map[string]any{}
	for _, p := range parameters {
		if secret[p.Name] {
			continue // the profile's key needs no handing on
		}
		v, err := fr.value(p.Value)
		if errors.Is(err, errAbsent) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the parameter %s: %w", p.Name, err)
		}
		given[p.Name] = value.Clone(v)
	}
	inputs, err := in.CheckInputs(w, given)
	if err != nil {
		return nil, fmt.Errorf("the workflow %s: %w", w.ID, err)
	}
	return &frame{flow: in, w: w, given: inputs, depth: fr.depth + 1, caller: fr.path}, nil
}
