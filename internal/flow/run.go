package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
)

// Options are what a run needs besides its document.
type Options struct {
	Transport Transport
	Receiver  Receiver // nil when no webhooks arrive
	Inputs    map[string]any
	// From is the step to begin with; "" for the first. Outputs are what the steps before it set, as
	// an earlier run has them.
	From    string
	Outputs map[string]map[string]any
	// MaxSteps bounds the attempts of one run, also of one whose goto never ends; 0 is 1,000.
	MaxSteps int
	// Pace is how long a step waits that is reached again; 0 is half a second, less than 0 none.
	Pace time.Duration
	// SameKey says whether a key is the one that the transport sends with.
	SameKey func(string) bool
	Secrets []string     // never shown, besides what looks like a key
	Observe func(Record) // is told of every change of a step, in order
	// Pause is asked before the requests that PauseAt wants, before all where that is nil, and after a
	// step that failed and has no action for it. How long it takes does not count as the step's time.
	Pause   func(context.Context, Point) Decision
	PauseAt func(Record) bool
}

// Point is where a run stops to ask: before a request is sent, which may be changed, or after a step
// that failed and has no action for it.
type Point struct {
	Record Record
	Call   *Call // nil where there is no request
	Failed bool
}

// Decision is the answer to a [Point].
type Decision int

// The decisions.
const (
	Continue Decision = iota
	TryAgain          // after a failure
	Stop
)

const (
	defaultMaxSteps = 1000
	defaultPace     = 500 * time.Millisecond
	deepestCall     = 20 // workflows that call workflows
)

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	Succeeded   Outcome = "succeeded"
	Unconfirmed Outcome = "unconfirmed" // all steps passed, and a cancel is not proven
	NotDone     Outcome = "failed"
	WasStopped  Outcome = "stopped"
)

// Result is what a run came to.
type Result struct {
	Workflow string         `json:"workflow"`
	Outcome  Outcome        `json:"outcome"`
	Outputs  map[string]any `json:"outputs"`
	Missing  []string       `json:"missing,omitempty"` // outputs that found nothing, and why
	Steps    int            `json:"steps"`             // attempts
	Sent     int            `json:"sent"`              // requests
	Unproven []string       `json:"unproven,omitempty"`
	Started  time.Time      `json:"started"`
	Ended    time.Time      `json:"ended"`
	Err      error          `json:"-"`
}

// StepError is what ended a run, and where.
type StepError struct {
	Workflow, Step string
	Err            error
}

func (e *StepError) Error() string { return "step " + e.Step + ": " + e.Err.Error() }

func (e *StepError) Unwrap() error { return e.Err }

// FatalError is how a transport says that going on makes no sense: a guard refused, or the operator
// did. No failure action is taken.
type FatalError struct{ Err error }

func (e *FatalError) Error() string { return e.Err.Error() }

func (e *FatalError) Unwrap() error { return e.Err }

type run struct {
	Options
	texts     *compiled
	started   time.Time
	seq       int
	attempts  int
	sent      int
	unproven  []string
	workflows map[string]expr.Results
	completed map[string]bool // steps, as <workflow>.<step>
	redact    redactor
}

// Run runs a workflow. An error says that nothing was sent; what ends a run later is in the result.
func (f *Flow) Run(ctx context.Context, w *arazzo.Workflow, o Options) (Result, error) {
	r, inputs, err := f.prepare(w, o)
	if err != nil {
		return Result{}, err
	}
	res := Result{Workflow: w.ID, Started: r.started}
	out := r.dependencies(ctx, f, w, 0)
	if out.err == nil && out.ok {
		out = r.workflow(ctx, frame{flow: f, w: w, from: o.From, given: inputs})
	}
	res.Outputs, res.Missing = out.outputs, out.missing
	res.Steps, res.Sent, res.Unproven, res.Ended = r.attempts, r.sent, r.unproven, time.Now()
	res.Err = out.err
	switch {
	case out.stopped:
		res.Outcome = WasStopped
	case !out.ok:
		res.Outcome = NotDone
	case len(r.unproven) > 0:
		res.Outcome = Unconfirmed
	default:
		res.Outcome = Succeeded
	}
	r.redact.result(&res)
	return res, nil
}

// prepare finds everything that is wrong before the first request.
func (f *Flow) prepare(w *arazzo.Workflow, o Options) (*run, map[string]any, error) {
	if p := f.Check().Errors(); len(p) > 0 {
		return nil, nil, p
	}
	if o.MaxSteps == 0 {
		o.MaxSteps = defaultMaxSteps
	}
	if o.Pace == 0 {
		o.Pace = defaultPace
	}
	if o.Observe == nil {
		o.Observe = func(Record) {}
	}
	r := &run{
		Options: o, texts: newCompiled(), started: time.Now(), workflows: map[string]expr.Results{}, completed: map[string]bool{},
		redact: newRedactor(o.Secrets),
	}
	if err := f.checkKeys(w, o); err != nil {
		return nil, nil, err
	}
	inputs, err := f.CheckInputs(w, o.Inputs)
	if err != nil {
		return nil, nil, err
	}
	if err := f.checkUndeclared(w, inputs); err != nil {
		return nil, nil, err
	}
	if o.From != "" && w.Step(o.From) < 0 {
		return nil, nil, fmt.Errorf("the workflow %s has no step %s to begin with", w.ID, o.From)
	}
	for _, in := range f.Inputs(w) {
		if s, ok := inputs[in.Name].(string); ok && in.Password {
			r.redact.add(s)
		}
	}
	return r, inputs, nil
}

// ending is how a workflow ended.
type ending struct {
	ok      bool
	stopped bool
	outputs map[string]any
	missing []string
	err     error
	// transfer is the workflow that a goto led to, which ends what this one was called for.
	transfer *frame
}

func failed(err error) ending {
	return ending{err: err, stopped: errors.Is(err, context.Canceled) || errors.Is(err, errStop)}
}

var errStop = errors.New("stopped by the operator")

// dependencies runs the workflows that have to be completed before, each once, with the inputs of the
// run that they declare.
func (r *run) dependencies(ctx context.Context, f *Flow, w *arazzo.Workflow, depth int) ending {
	for _, d := range w.DependsOn {
		in, dep, err := f.find(d.S)
		if err != nil {
			return failed(err)
		}
		if _, ran := r.workflows[dep.ID]; ran {
			continue
		}
		if out := r.dependencies(ctx, in, dep, depth+1); !out.ok {
			return out
		}
		given := map[string]any{}
		for _, i := range in.Inputs(dep) {
			if v, ok := r.Inputs[i.Name]; ok {
				given[i.Name] = v
			}
		}
		if given, err = in.CheckInputs(dep, given); err != nil {
			return failed(fmt.Errorf("the workflow %s, which %s depends on: %w", dep.ID, w.ID, err))
		}
		if out := r.workflow(ctx, frame{flow: in, w: dep, given: given, depth: depth}); !out.ok {
			return out
		}
	}
	return ending{ok: true}
}

// workflow runs one workflow to its end.
func (r *run) workflow(ctx context.Context, fr frame) ending {
	if fr.depth > deepestCall {
		return failed(fmt.Errorf("workflows call one another more than %d deep, at %s", deepestCall, fr.w.ID))
	}
	for {
		fr.open(r)
		end := fr.steps(ctx)
		if end.transfer == nil {
			fr.outputs(&end)
			r.workflows[fr.w.ID] = expr.Results{Inputs: fr.env.Inputs, Outputs: end.outputs}
			return end
		}
		r.workflows[fr.w.ID] = expr.Results{Inputs: fr.env.Inputs}
		fr = *end.transfer
	}
}

// frame is one workflow while it runs.
type frame struct {
	*run
	filler
	flow   *Flow
	w      *arazzo.Workflow
	from   string
	given  map[string]any
	depth  int
	caller string // the workflows that called it
	path   string // those and its own
	visits map[string]int
	order  []int
}

func (fr *frame) open(r *run) {
	fr.run = r
	sources := map[string]map[string]any{}
	for _, s := range fr.flow.Document.Sources {
		sources[s.Name] = map[string]any{"name": s.Name, "url": s.URL, "type": s.Type}
	}
	env := &expr.Env{
		Self: fr.flow.Self, Inputs: fr.given, Steps: map[string]map[string]any{}, Workflows: r.workflows, Sources: sources,
	}
	if fr.from != "" {
		maps.Copy(env.Steps, r.Options.Outputs)
	}
	fr.filler = filler{compiled: r.texts, env: env, optional: map[string]bool{}}
	for _, in := range fr.flow.Inputs(fr.w) {
		fr.optional[in.Name] = !in.Required
	}
	fr.visits, fr.order = map[string]int{}, order(fr.w)
	fr.path = fr.w.ID
	if fr.caller != "" {
		fr.path = fr.caller + " › " + fr.w.ID
	}
}

// outputs evaluates the workflow's outputs. What finds nothing is left out and named.
func (fr *frame) outputs(end *ending) {
	end.outputs = map[string]any{}
	for _, o := range fr.w.Outputs {
		v, err := fr.value(o.Value)
		if err != nil {
			if end.ok {
				end.missing = append(end.missing, o.Name+": "+err.Error())
			}
			continue
		}
		end.outputs[o.Name] = v
	}
}
