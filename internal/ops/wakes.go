package ops

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
)

// What is told of the time to come: so many spans, each of WakeSpan, that end with the clock's tens of minutes.
const (
	WakeSpan  = 10 * time.Minute
	WakeSpans = 18
)

// Wake is the paused runs of a workflow that go on by themselves in one span of time.
type Wake struct {
	Workflow string
	Sends    string    // the step that sends next, "" where that is not known
	By       time.Time // the end of the span
	Runs     int
	// Ends counts all runs of the workflow that wake by then: a freeze that lasts until then ends those.
	Ends int
	// About is true where the workflow's steps tell it, and not each run.
	About bool
}

// Wakes is what goes on by itself in the next hours.
type Wakes struct {
	Next    []Wake // by time, then by workflow
	Later   int    // runs that wake after these hours
	Unknown int    // paused runs of which it is not known when, or whether, they wake
}

// pausing is what is known of a workflow's steps: it pauses in one step alone, and there for a fixed time.
type pausing struct {
	step string
	wait time.Duration
}

// pausingOf is the only step of a workflow in which runs pause for a time that it fixes; ok is false where there
// are others or where the time depends on more. Every paused run is then in that step.
func pausingOf(steps []client.Step) (p pausing, ok bool) {
	n := 0
	var walk func([]client.Step)
	walk = func(steps []client.Step) {
		for _, s := range steps {
			switch s.Type {
			case "delay":
				n++
				p.step, p.wait = s.Ref, fixedDelay(s.Settings)
			case "batch", "wait_for_event", "throttle":
				n += 2
			}
			for _, b := range s.Ways() {
				walk(b.Steps)
			}
		}
	}
	walk(steps)
	return p, n == 1 && p.wait > 0
}

// fixedDelay is how long a delay lasts, 0 where its settings alone do not tell.
func fixedDelay(settings json.RawMessage) time.Duration {
	var set struct {
		For   span   `json:"delay_for"`
		Until string `json:"delay_until_field_path"`
	}
	if json.Unmarshal(settings, &set) != nil || set.Until != "" {
		return 0
	}
	return set.For.duration()
}

// waking tells when paused runs wake, for one snapshot.
type waking struct {
	session   *Session
	workflows map[string]client.Workflow
	pausing   map[string]pausing
	now       time.Time
}

// of is the step that a run pauses in and when it wakes; about is true where that follows from the workflow's steps.
func (w waking) of(r *client.Run) (p Place, about bool) {
	if p, known := w.session.Place(r); known {
		return p, false
	}
	in, ok := w.pausing[r.Workflow]
	if at := r.InsertedAt.Add(in.wait); ok && r.ErrorCount == 0 && at.After(w.now) { // one that failed may wait to be repeated
		return Place{in.step, at}, true
	}
	return Place{}, false
}

// look sorts what is paused by when it wakes. toRead are runs of which reading them may tell, the newest first.
func (w waking) look(runs []*client.Run) (out Wakes, toRead []*client.Run) {
	type group struct {
		workflow, step string
		span           int
	}
	type many struct {
		runs  int
		about bool
	}
	groups, first := map[group]many{}, w.now.Truncate(WakeSpan)
	for _, r := range runs {
		if r.Status != client.RunPaused {
			continue
		}
		p, about := w.of(r)
		if p.Wakes.IsZero() {
			out.Unknown++
			if _, read := w.session.Place(r); !read {
				toRead = append(toRead, r)
			}
			continue
		}
		g := group{r.Workflow, p.Step, max(0, int(p.Wakes.Sub(first)/WakeSpan))}
		if g.span >= WakeSpans {
			out.Later++
			continue
		}
		n := groups[g]
		groups[g] = many{n.runs + 1, n.about || about}
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b group) int {
		return cmp.Or(a.span-b.span, cmp.Compare(a.workflow, b.workflow), cmp.Compare(a.step, b.step))
	})
	sum, by := map[string]int{}, map[group]int{} // by is without the step: several may end in one span
	for _, g := range order {
		sum[g.workflow] += groups[g].runs
		by[group{g.workflow, "", g.span}] = sum[g.workflow]
	}
	for _, g := range order {
		out.Next = append(out.Next, Wake{
			Workflow: g.workflow, Sends: w.sends(g.workflow, g.step), By: first.Add(time.Duration(g.span+1) * WakeSpan),
			Runs: groups[g].runs, Ends: by[group{g.workflow, "", g.span}], About: groups[g].about,
		})
	}
	return out, toRead
}

// sends is the step behind another that sends next.
func (w waking) sends(workflow, step string) string {
	for _, s := range StepsAfter(w.workflows[workflow].Steps, step) {
		if s.Type == "channel" {
			return s.Ref
		}
	}
	return ""
}

// wakes tells what of the runs known last goes on by itself, and notes which are to be read for it.
func (p *Pulse) wakes(now time.Time) Wakes {
	p.mu.Lock()
	w, runs := waking{p.session, p.workflows, p.pausing, now}, p.runs
	p.mu.Unlock()
	out, toRead := w.look(runs)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.toRead = nil; p.asked { // else the workflows will tell most of it
		p.toRead = toRead
	}
	return out
}

// learn keeps what workflows are made of.
func (p *Pulse) learn(all []client.Workflow) {
	workflows, pauses := make(map[string]client.Workflow, len(all)), map[string]pausing{}
	for _, w := range all {
		workflows[w.Key] = w
		if in, ok := pausingOf(w.Steps); ok {
			pauses[w.Key] = in
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workflows, p.pausing = workflows, pauses
}

// ReadOneWake reads one run of which it is not known when it wakes, if there is any and the budget of reads leaves
// room; it reports whether it did. What it tells is in the next snapshot.
func (p *Pulse) ReadOneWake(ctx context.Context) (read bool) {
	r := p.nextToRead()
	return r != nil && p.session.FindPlace(ctx, r)
}

// CanReadWakes reports that there is a run to read for it.
func (p *Pulse) CanReadWakes() bool { return p.nextToRead() != nil }

// nextToRead is the first run to read, nil when there is none. One that was read since it was noted is passed over.
func (p *Pulse) nextToRead() *client.Run {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.toRead) > 0 {
		if _, read := p.session.Place(p.toRead[0]); !read {
			return p.toRead[0]
		}
		p.toRead = p.toRead[1:]
	}
	return nil
}
