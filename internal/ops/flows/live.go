package flows

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/wait"
)

// Runs are the runs of a session that go on while the operator looks elsewhere.
type Runs struct {
	session *ops.Session
	ctx     context.Context
	stop    context.CancelFunc
	wait    sync.WaitGroup

	mu   sync.Mutex
	last int
	all  []*Live
}

// NewRuns makes the runs of a session, which ends them when it is closed.
func NewRuns(s *ops.Session) *Runs {
	r := &Runs{session: s}
	r.ctx, r.stop = context.WithCancel(context.Background())
	s.Keep(r)
	return r
}

// InProgress counts the runs that have not ended.
func (r *Runs) InProgress() (n int) {
	for _, l := range r.All() {
		if !l.State().Over {
			n++
		}
	}
	return n
}

// Close ends the runs. What they sent stays sent.
func (r *Runs) Close() {
	r.stop()
	r.wait.Wait()
}

// All are the runs of this session, the oldest first.
func (r *Runs) All() []*Live {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// Of is the run of a number.
func (r *Runs) Of(number int) (*Live, bool) {
	all := r.All()
	if number < 1 || number > len(all) {
		return nil, false
	}
	return all[number-1], true
}

// Start begins a run that was agreed to with granted, for a reason that goes into the journal.
// Stepwise pauses it before each step that it comes to for the first time.
func (r *Runs) Start(f *flow.Flow, w *arazzo.Workflow, o flow.Options, granted consent.Question, reason string, stepwise bool) *Live {
	ctx, stop := context.WithCancel(r.ctx)
	l := &Live{Flow: f, Workflow: w, Inputs: shownInputs(f, w, o.Inputs), stop: stop, stepwise: stepwise, breaks: map[string]bool{}}
	operator := &Operator{Session: r.session, Granted: granted, Reason: reason}
	operator.Ask = func(ctx context.Context, p consent.Prompt) error { return l.ask(ctx, operator, p) }
	o.Observe, o.Pause, o.PauseAt = l.observe, l.pause, l.pausesAt
	r.mu.Lock()
	r.last++
	l.Number = r.last
	r.all = append(r.all, l)
	r.mu.Unlock()
	r.wait.Go(func() {
		defer stop()
		res, id, err := operator.Run(ctx, f, w, o)
		l.end(res, id, err)
	})
	return l
}

// BreakName names a step for breakpoints: the same step is another one in another workflow.
func BreakName(workflow, step string) string {
	if i := strings.LastIndex(workflow, " › "); i >= 0 {
		workflow = workflow[i+len(" › "):]
	}
	return workflow + "." + step
}

// Live is one run while it goes on, and afterwards.
type Live struct {
	Number   int
	Flow     *flow.Flow
	Workflow *arazzo.Workflow
	Inputs   json.RawMessage // without keys and passwords

	stop     context.CancelFunc
	stepwise bool

	mu       sync.Mutex
	news     wait.News
	trace    flow.Trace
	breaks   map[string]bool
	once     string // a step to pause at although it has no breakpoint
	state    LiveState
	decision chan flow.Decision // of the pause that there is
	answer   chan string        // of the question that there is
}

// LiveState is how far a run is.
type LiveState struct {
	Records []flow.Record
	Dropped int // attempts between the first and the last that are not kept
	// At is where it pauses, and Asks what it asks before it goes on; nil for nothing.
	At   *flow.Point
	Asks *consent.Prompt

	Over   bool
	Result flow.Result
	ID     int64 // in the journal, once it is over
	Err    error // that kept it from being run, or from being kept
}

// State is how far the run is now.
func (l *Live) State() LiveState {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.state
	s.Records, s.Dropped = l.trace.Records()
	return s
}

// Changed is closed when the state is another than it was.
func (l *Live) Changed() <-chan struct{} { return l.news.Next() }

func (l *Live) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	l.news.Tell()
}

func (l *Live) observe(r flow.Record) { l.change(func() { l.trace.Add(r) }) }

func (l *Live) end(res flow.Result, id int64, err error) {
	l.change(func() {
		l.state = LiveState{Over: true, Result: res, ID: id, Err: err}
	})
}

// Break sets a breakpoint before a step, or takes it away.
func (l *Live) Break(name string, on bool) { l.change(func() { l.breaks[name] = on }) }

// Breaks reports that there is a breakpoint before a step.
func (l *Live) Breaks(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.breaks[name]
}

func (l *Live) pausesAt(r flow.Record) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := BreakName(r.Workflow, r.Step)
	if l.once == name {
		l.once = ""
		return true
	}
	return l.breaks[name] || l.stepwise && r.Visit == 1 && r.Attempt == 1
}

func (l *Live) pause(ctx context.Context, at flow.Point) flow.Decision {
	decision := make(chan flow.Decision, 1)
	l.change(func() { l.state.At, l.decision = &at, decision })
	defer l.change(func() { l.state.At = nil })
	select {
	case <-ctx.Done():
		return flow.Stop
	case d := <-decision:
		return d
	}
}

// ask waits until the operator has answered.
func (l *Live) ask(ctx context.Context, o *Operator, p consent.Prompt) error {
	answer := make(chan string, 1)
	l.change(func() { l.state.Asks, l.answer = &p, answer })
	defer l.change(func() { l.state.Asks = nil })
	select {
	case <-ctx.Done():
		return ctx.Err()
	case reason := <-answer:
		if reason != "" {
			o.Reason = reason
		}
		return nil
	}
}

// Answer says yes to what the run asks with. A question that is no longer the one is not answered.
func (l *Live) Answer(p *consent.Prompt, reason string) {
	l.change(func() {
		if l.state.Asks == p {
			l.state.Asks = nil
			l.answer <- reason
		}
	})
}

// GoOn ends the pause at a point: on from a breakpoint, or to the run's end after a failure.
func (l *Live) GoOn(at *flow.Point) { l.decide(at, flow.Continue) }

// Retry tries the step that failed again; paused says to stop before its request, so that it can be
// changed.
func (l *Live) Retry(at *flow.Point, paused bool) {
	if at.Failed && paused {
		l.mu.Lock()
		l.once = BreakName(at.Record.Workflow, at.Record.Step)
		l.mu.Unlock()
	}
	l.decide(at, flow.TryAgain)
}

// decide takes one decision for each pause, and none for one that is over.
func (l *Live) decide(at *flow.Point, d flow.Decision) {
	l.change(func() {
		if l.state.At == at {
			l.state.At = nil
			l.decision <- d
		}
	})
}

// ErrHoldsSecrets says that a request cannot be shown as it is sent.
var ErrHoldsSecrets = errors.New("the request holds something that is not shown: it cannot be edited here")

// Body is the body of the request that the run pauses before, as it will be sent.
func Body(at *flow.Point) (string, error) {
	if at.Record.Request == nil || string(at.Call.Body) != at.Record.Request.Body {
		return "", ErrHoldsSecrets
	}
	return string(at.Call.Body), nil
}

// Edit replaces the body of the request that the run pauses before.
func (l *Live) Edit(at *flow.Point, body string) {
	l.change(func() {
		if l.state.At == at && at.Call != nil {
			at.Call.Body = []byte(body)
			seen := *at.Record.Request
			seen.Body = body
			at.Record.Request = &seen
			l.trace.Add(at.Record)
		}
	})
}

// Stop ends the run. What it sent stays sent.
func (l *Live) Stop() { l.stop() }
