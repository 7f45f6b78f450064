package flow

import (
	"fmt"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
)

// A dry run marks what is not known yet like this.
const (
	unknownOpen  = "‹"
	unknownClose = "›"
)

// Planned is what a step would do, as far as it is known before the run.
type Planned struct {
	Workflow string       `json:"workflow"`
	Step     string       `json:"step"`
	Depth    int          `json:"depth,omitempty"`
	Request  *RequestSeen `json:"request,omitempty"`
	Waits    string       `json:"waits,omitempty"` // for what, of a step that receives
	Calls    string       `json:"calls,omitempty"` // the workflow
	Call     *Call        `json:"-"`
}

// DryRun builds every request of a workflow and sends none. Values that only an answer brings are
// marked ‹$steps.…›; the path is the one without gotos. The error is that of [Flow.Run] before it sends.
func (f *Flow) DryRun(w *arazzo.Workflow, o Options) ([]Planned, error) {
	r, inputs, err := f.prepare(w, o)
	if err != nil {
		return nil, err
	}
	return r.plan(frame{flow: f, w: w, given: inputs})
}

func (r *run) plan(fr frame) (out []Planned, err error) {
	fr.open(r)
	fr.env.Unknown = func(e expr.Expression) any {
		if e.Root == expr.Inputs {
			return nil
		}
		return unknownOpen + e.Text + unknownClose
	}
	for _, i := range fr.order {
		s := &fr.w.Steps[i]
		p := Planned{Workflow: fr.path, Step: s.ID, Depth: fr.depth}
		fail := func(err error) ([]Planned, error) { return nil, &StepError{fr.w.ID, s.ID, err} }
		switch {
		case s.Workflow.S != "":
			p.Calls = s.Workflow.S
			out = append(out, p)
			if fr.depth >= deepestCall {
				return fail(fmt.Errorf("workflows call one another more than %d deep", deepestCall))
			}
			to, err := fr.enter(s.Workflow.S, s.Parameters)
			if err != nil {
				return fail(err)
			}
			below, err := r.plan(*to)
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
			continue
		case fr.flow.Sources.IsChannel(s):
			c, err := fr.flow.Sources.FindChannel(s)
			if err != nil {
				return fail(err)
			}
			p.Waits = c.Name
		default:
			op, err := fr.flow.Sources.Find(s, pathParameters(s))
			if err != nil {
				return fail(err)
			}
			c, err := fr.call(s, op)
			if err != nil {
				return fail(err)
			}
			seen := c.seen()
			seen.Path, seen.Query, seen.Body, seen.Header = r.redact.text(seen.Path), r.redact.text(seen.Query), r.redact.text(seen.Body), r.redact.header(seen.Header)
			p.Request, p.Call = seen, &c
		}
		out = append(out, p)
	}
	return out, nil
}
