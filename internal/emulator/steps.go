package emulator

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// delayAction pauses for a fixed time or until a time in the data.
type delayAction struct{}

func (delayAction) start(e *Emulator, r *run, s *step) verdict {
	if r.trig.skipDelay {
		r.note(e, s, "step_skipped", field{"reason", "skip_delay"})
		return proceed(s)
	}
	if s.Until == "" {
		r.wakeAt = e.plan(s.For.span(), r)
		r.note(e, s, "delay_started", field{"duration", &s.For}, field{"until", r.wakeAt})
		return verdict{kind: pause}
	}
	v, _ := r.scope(e).lookup(s.Until)
	until, ok := timestamp(v)
	if !ok {
		r.noteFailure(e, s, field{"error", s.Until + " is not a timestamp"}) // another attempt would find the same
		return verdict{kind: halt}
	}
	left := stampOf(until) - e.at
	if left <= 0 {
		r.note(e, s, "step_skipped", field{"reason", "until_is_past"}, field{"until", until.UTC().Format(time.RFC3339)})
		return proceed(s)
	}
	r.wakeAt = e.plan(left, r)
	r.note(e, s, "delay_started", field{"field", s.Until}, field{"until", r.wakeAt})
	return verdict{kind: pause}
}

func (delayAction) resume(e *Emulator, r *run, s *step) verdict {
	r.note(e, s, "delay_finished")
	return proceed(s)
}

// fetchAction gets one of the step's answers. It sends nothing.
type fetchAction struct{}

func (fetchAction) start(e *Emulator, r *run, s *step) verdict {
	answer := s.Respond[min(int(r.attempt), len(s.Respond)-1)]
	what := []field{{"method", method(s.Method)}, {"url", r.scope(e).render(s.URL)}, {"status", answer.Status}}
	if answer.Status < 200 || answer.Status > 299 {
		return e.failed(r, s, 5*second, pause, fmt.Sprintf("the request was answered with %d", answer.Status), what...)
	}
	r.merge(answer.Body)
	r.note(e, s, "fetch_succeeded", what...)
	r.attempt = 0
	return proceed(s)
}

func (a fetchAction) resume(e *Emulator, r *run, s *step) verdict { return a.start(e, r, s) }

// throttleKey is what a throttle step counts by.
type throttleKey struct {
	step  *step
	who   ref
	value string
}

// throttleAction ends runs past the limit of its window.
type throttleAction struct{}

func (throttleAction) start(e *Emulator, r *run, s *step) verdict {
	k := throttleKey{s, r.who.ref, ""}
	if s.Key != "" {
		v, _ := r.scope(e).lookup(s.Key)
		k.value = text(v)
	}
	since := e.at - s.Window.span()
	recent := slices.DeleteFunc(e.throttles[k], func(at stamp) bool { return at <= since })
	if len(recent) >= max(s.Limit, 1) {
		e.throttles[k] = recent
		r.note(e, s, "throttled", field{"limit", max(s.Limit, 1)}, field{"window", &s.Window}, field{"until", recent[0] + s.Window.span()})
		return verdict{goOn, end}
	}
	e.throttles[k] = append(recent, e.at)
	r.note(e, s, "throttle_passed", field{"limit", max(s.Limit, 1)}, field{"window", &s.Window})
	return proceed(s)
}

func (throttleAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// branchAction takes the first branch whose conditions hold.
type branchAction struct{}

func (branchAction) start(e *Emulator, r *run, s *step) verdict {
	vars := r.scope(e)
	for _, b := range s.branches {
		if b.Conditions == nil || b.Conditions.unmet(vars) == nil {
			r.note(e, s, "branch_taken", field{"branch", b.Name})
			return verdict{goOn, b.first}
		}
	}
	r.note(e, s, "step_skipped", field{"reason", "no_branch_matched"})
	return proceed(s)
}

func (branchAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// waitKey is what a run can wait for: something that happens to a recipient.
type waitKey struct {
	what string
	who  ref
}

// waitAction pauses until an event, or until the wait expires.
type waitAction struct{}

func (w *WaitEvent) key(who ref) waitKey {
	switch {
	case w.Source != "":
		return waitKey{"source/" + w.Source + "/" + w.Event, who}
	case w.Message != "":
		return waitKey{"message/" + w.Workflow + "/" + w.Message, who}
	case w.Event != "":
		return waitKey{"workflow/" + w.Workflow + "/" + w.Event, who}
	}
	return waitKey{"recipient/updated", who}
}

func (waitAction) start(e *Emulator, r *run, s *step) verdict {
	k := s.Event.key(r.who.ref)
	e.waiting[k] = append(e.waiting[k], r)
	data := []field{{"event", k.what}}
	if s.Event.ExpiresAfter.Value > 0 {
		r.wakeAt = e.plan(s.Event.ExpiresAfter.span(), r)
		data = append(data, field{"until", r.wakeAt})
	}
	r.note(e, s, "wait_started", data...)
	return verdict{kind: pause}
}

// resume is reached by the timer; an event has taken the run out of waiting.
func (waitAction) resume(e *Emulator, r *run, s *step) verdict {
	k := s.Event.key(r.who.ref)
	name, ends := "wait_matched", s.Event.HaltOnMatch
	if slices.Contains(e.waiting[k], r) {
		e.stopWaiting(k, r)
		name, ends = "wait_expired", s.Event.HaltOnExpiry
	}
	r.note(e, s, name, field{"event", k.what})
	if ends {
		return verdict{goOn, end}
	}
	return proceed(s)
}

func (e *Emulator) stopWaiting(k waitKey, r *run) {
	rest := slices.DeleteFunc(e.waiting[k], func(o *run) bool { return o == r })
	if len(rest) == 0 {
		delete(e.waiting, k)
		return
	}
	e.waiting[k] = rest
}

// notify wakes the runs that wait for what happened. data, if any, is laid
// over the run's own under "event".
func (e *Emulator) notify(k waitKey, data map[string]any) {
	runs := e.waiting[k]
	if len(runs) == 0 {
		return
	}
	delete(e.waiting, k)
	for _, r := range runs {
		if r.status != paused || r.waits == nil {
			continue
		}
		if data != nil {
			more := r.more()
			merged := maps.Clone(more.data)
			if merged == nil {
				merged = map[string]any{}
			}
			merged["event"] = data
			more.data = merged
		}
		r.wakeAt = e.plan(0, r)
	}
}
