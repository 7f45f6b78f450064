package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/wait"
)

// steps runs the steps in order, and where actions lead.
func (fr *frame) steps(ctx context.Context) ending {
	at := 0
	if fr.from != "" {
		for i, s := range fr.order {
			if fr.w.Steps[s].ID == fr.from {
				at = i
			}
		}
	}
	for at < len(fr.order) {
		s := &fr.w.Steps[fr.order[at]]
		next := fr.step(ctx, s)
		switch {
		case next.end != nil:
			return *next.end
		case next.step != "":
			if at = fr.position(next.step); at < 0 {
				return failed(&StepError{fr.w.ID, s.ID, fmt.Errorf("there is no step %s to go to", next.step)})
			}
		default:
			at++
		}
	}
	return ending{ok: true}
}

func (fr *frame) position(step string) int {
	for i, s := range fr.order {
		if fr.w.Steps[s].ID == step {
			return i
		}
	}
	return -1
}

// next is where to go from a step: to its end, to another step, or on.
type next struct {
	end  *ending
	step string
}

func finish(e ending) next { return next{end: &e} }

// step runs one step until it passed, or its failure leads elsewhere.
func (fr *frame) step(ctx context.Context, s *arazzo.Step) next {
	fr.visits[s.ID]++
	retried := map[string]int{} // by action
	for attempt := 1; ; attempt++ {
		rec := fr.record(s, attempt)
		if fr.attempts++; fr.attempts > fr.MaxSteps {
			return finish(failed(&StepError{fr.w.ID, s.ID, fmt.Errorf("stopped after %d steps: a loop that does not end, or one that needs more (--max-steps)", fr.MaxSteps)}))
		}
		if err := fr.pace(ctx, rec, attempt); err != nil {
			return fr.fatal(s, rec, err)
		}
		passed, err := fr.attempt(ctx, s, rec)
		var fatal *FatalError
		if err != nil && (errors.As(err, &fatal) || isMissing(err) || errors.Is(err, errStop) || ctx.Err() != nil) {
			return fr.fatal(s, rec, err)
		}
		rec.end(passed, err)
		if passed {
			fr.completed[fr.w.ID+"."+s.ID] = true
			return fr.succeed(ctx, s, rec)
		}
		again, to := fr.failure(ctx, s, rec, retried, err)
		if !again {
			return to
		}
	}
}

func (fr *frame) fatal(s *arazzo.Step, rec *Record, err error) next {
	rec.end(false, err)
	if end := failed(err); end.stopped {
		rec.State = Stopped
	}
	fr.emit(rec)
	return finish(failed(&StepError{fr.w.ID, s.ID, err}))
}

// pace makes a loop wait that comes back to a step.
func (fr *frame) pace(ctx context.Context, rec *Record, attempt int) error {
	if rec.Visit < 2 || attempt > 1 || fr.Pace < 0 {
		return ctx.Err()
	}
	return fr.wait(ctx, rec, fr.Pace, "the next round of its loop")
}

// wait waits in plain sight.
func (fr *frame) wait(ctx context.Context, rec *Record, d time.Duration, why string) error {
	if d <= 0 {
		return ctx.Err()
	}
	state := rec.State
	rec.State, rec.Wait = Waiting, &Wait{Until: time.Now().Add(d), For: why}
	fr.emit(rec)
	defer func() { rec.State, rec.Wait = state, nil }()
	return wait.Sleep(ctx, d)
}

// succeed takes the first success action whose criteria hold.
func (fr *frame) succeed(ctx context.Context, s *arazzo.Step, rec *Record) next {
	for _, a := range s.OnSuccess {
		if ok, why := fr.applies(a); ok {
			rec.Action = &ActionSeen{Name: a.Name, Type: a.Type, Target: a.StepID.S + a.Workflow.S, Why: why}
			fr.emit(rec)
			if a.Type == arazzo.End {
				return finish(ending{ok: true})
			}
			return fr.jump(ctx, s, a)
		}
	}
	fr.emit(rec)
	return next{}
}

// applies says whether an action is to be taken, and why.
func (fr *frame) applies(a arazzo.Action) (bool, string) {
	ok, results := fr.criteria(a.Criteria, fr.env)
	if !ok || len(results) == 0 {
		return ok, ""
	}
	return true, results[0].Why
}

// failure takes the first failure action whose criteria hold: again says to try the step again.
func (fr *frame) failure(ctx context.Context, s *arazzo.Step, rec *Record, retried map[string]int, cause error) (again bool, to next) {
	for _, a := range s.OnFailure {
		ok, why := fr.applies(a)
		if !ok || a.Type == arazzo.Retry && retried[a.Name] >= a.RetryLimit {
			continue
		}
		rec.Action = &ActionSeen{Name: a.Name, Type: a.Type, Target: a.StepID.S + a.Workflow.S, Why: why}
		fr.emit(rec)
		switch a.Type {
		case arazzo.End:
			return false, finish(failed(fr.because(s, rec, cause)))
		case arazzo.Goto:
			return false, fr.jump(ctx, s, a)
		}
		retried[a.Name]++
		if err := fr.retry(ctx, rec, a); err != nil {
			return false, fr.fatal(s, rec, err)
		}
		return true, next{}
	}
	fr.emit(rec)
	if fr.Pause != nil {
		switch fr.Pause(ctx, Point{Record: fr.redact.record(*rec), Failed: true}) {
		case TryAgain:
			return true, next{}
		case Stop:
			return false, fr.fatal(s, rec, errStop)
		}
	}
	return false, finish(failed(fr.because(s, rec, cause)))
}

// because says why a step failed.
func (fr *frame) because(s *arazzo.Step, rec *Record, cause error) error {
	if cause == nil {
		cause = errors.New(rec.Error)
	}
	return &StepError{fr.w.ID, s.ID, cause}
}

// retry waits, and runs what the action refers to, before the step is tried again. What the server
// asks for in Retry-After goes before the document's own delay.
func (fr *frame) retry(ctx context.Context, rec *Record, a arazzo.Action) error {
	delay := time.Duration(a.RetryAfter * float64(time.Second))
	why := fmt.Sprintf("the next attempt, by %s", a.Name)
	if after, ok := retryAfter(fr.env.Response != nil, fr.header("Retry-After")); ok {
		delay, why = after, why+", as Retry-After asks"
	}
	if err := fr.wait(ctx, rec, min(delay, longestRetry), why); err != nil {
		return err
	}
	switch {
	case a.StepID.S != "":
		i := fr.w.Step(a.StepID.S)
		saved := *fr.env
		fr.visits[a.StepID.S] = 0 // it is no loop
		if out := fr.step(ctx, &fr.w.Steps[i]); out.end != nil && !out.end.ok {
			return &FatalError{out.end.err}
		}
		fr.env.Request, fr.env.Response, fr.env.Message, fr.env.Status = saved.Request, saved.Response, saved.Message, saved.Status
	case a.Workflow.S != "":
		to, err := fr.enter(a.Workflow.S, a.Parameters)
		if err != nil {
			return err
		}
		if out := fr.workflow(ctx, *to); !out.ok {
			return &FatalError{out.err}
		}
	}
	return nil
}

// longestRetry bounds a delay that a server or a document asks for.
const longestRetry = 15 * time.Minute

func (fr *frame) header(name string) string {
	if fr.env.Response == nil {
		return ""
	}
	return http.Header(fr.env.Response.Header).Get(name)
}

func retryAfter(answered bool, text string) (time.Duration, bool) {
	if !answered || text == "" {
		return 0, false
	}
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

// jump goes where an action leads.
func (fr *frame) jump(ctx context.Context, s *arazzo.Step, a arazzo.Action) next {
	if a.StepID.S != "" {
		return next{step: a.StepID.S}
	}
	to, err := fr.enter(a.Workflow.S, a.Parameters)
	if err != nil {
		return finish(failed(&StepError{fr.w.ID, s.ID, err}))
	}
	to.depth, to.caller = fr.depth, fr.caller // control does not come back
	return finish(ending{transfer: to})
}
