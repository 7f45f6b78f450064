package flows

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/journal"
)

// Run runs a workflow of a flow with an operator, and keeps the run in the journal. An error says that
// nothing was sent, and nothing is kept then; id is the run's in the journal.
func (o *Operator) Run(ctx context.Context, f *flow.Flow, w *arazzo.Workflow, options flow.Options) (res flow.Result, id int64, err error) {
	k := &keeper{j: o.Session.Journal, observe: options.Observe, ctx: ctx}
	options.Transport, options.SameKey = o, o.Session.Client.HasKey
	if options.Receiver == nil {
		options.Receiver = Receiver{o.Session}
	}
	options.Observe = k.take
	k.begin = func() {
		k.id, k.err = o.Session.Journal.BeginFlow(ctx, journal.FlowRun{
			Profile: o.Session.Profile, Environment: o.Session.Environment, Document: f.File, Title: f.Title, Workflow: w.ID, Inputs: shownInputs(f, w, options.Inputs),
		})
	}
	if res, err = f.Run(ctx, w, options); err != nil {
		return res, 0, err
	}
	k.end(res)
	return res, k.id, k.err
}

// shownInputs are inputs as they are kept: without keys and passwords.
func shownInputs(f *flow.Flow, w *arazzo.Workflow, inputs map[string]any) json.RawMessage {
	out := make(map[string]any, len(inputs))
	for k, v := range inputs {
		out[k] = v
	}
	for _, in := range f.Inputs(w) {
		if _, given := out[in.Name]; given && in.Password {
			out[in.Name] = flow.Redacted
		}
	}
	return value.Encode(out)
}

// keeper writes a run down while it goes on.
type keeper struct {
	ctx     context.Context
	j       *journal.Journal
	observe func(flow.Record)
	begin   func()
	begun   bool
	id      int64
	err     error // the first thing that could not be written
}

func (k *keeper) take(r flow.Record) {
	if !k.begun {
		k.begun = true
		k.begin()
	}
	if k.err == nil && (r.State == flow.Passed || r.State == flow.Failed || r.State == flow.Stopped) {
		record, err := json.Marshal(r)
		if err == nil {
			err = k.j.FlowStep(k.ctx, k.id, r.Seq, record, flow.KeepFirst, flow.KeepLast)
		}
		k.err = err
	}
	if k.observe != nil {
		k.observe(r)
	}
}

func (k *keeper) end(res flow.Result) {
	if !k.begun {
		k.begun = true
		k.begin()
	}
	result, err := json.Marshal(res)
	failure := ""
	if res.Err != nil {
		failure = res.Err.Error()
	}
	if k.id != 0 {
		err = errors.Join(err, k.j.EndFlow(k.ctx, k.id, string(res.Outcome), result, failure))
	}
	k.err = errors.Join(k.err, err)
}

// PastRun is a run of a flow as the journal lists it.
type PastRun = journal.FlowRun

// Kept is a run of the journal with its steps.
type Kept struct {
	journal.FlowRun
	Records []flow.Record
	// Dropped is how many attempts between the first and the last are not kept.
	Dropped int
	Took    time.Duration
}

// Load reads a run from the journal, as it was shown.
func Load(ctx context.Context, j *journal.Journal, id int64) (Kept, error) {
	run, steps, err := j.FlowRun(ctx, id)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{FlowRun: run}
	last := 0
	for _, s := range steps {
		var r flow.Record
		if err := json.Unmarshal(s, &r); err != nil {
			return Kept{}, err
		}
		if r.Seq > last+1 {
			k.Dropped += r.Seq - last - 1
		}
		last = r.Seq
		k.Records = append(k.Records, r)
	}
	if !run.EndedAt.IsZero() {
		k.Took = run.EndedAt.Sub(run.At)
	}
	return k, nil
}
