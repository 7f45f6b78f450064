package emulator

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// How much has happened in a lively world before it is looked at, and how much
// slower than now.
const (
	history         = 3 * hour
	historySlowdown = 6
)

// rehearse makes the world as it was some time ago and lets it run, without
// anyone listening, until now.
func (e *Emulator) rehearse() error {
	now := e.clock.epoch
	e.at = now
	if e.opts.Lively {
		e.at = now - history
	}
	e.rehearsal = true
	if err := e.populate(); err != nil {
		return err
	}
	if e.opts.Lively {
		for i := range e.world.Traffic {
			t := &traffic{Traffic: e.world.Traffic[i], name: "traffic " + strconv.Itoa(i)}
			e.plan(t.pause(e), t)
		}
	}
	for _, wf := range e.order {
		if n := e.opts.Backlog[wf.Key]; n > 0 {
			if err := e.planBacklog(wf, n); err != nil {
				return err
			}
		}
	}
	for key := range e.opts.Backlog {
		if e.workflows[key] == nil {
			return fmt.Errorf("backlog: there is no workflow %q in the world", key)
		}
	}
	e.catchUp(now, math.MaxInt)
	e.rehearsal = false
	return nil
}

// underOneKey is how many recipients share a cancellation key in a backlog and
// in a flood.
const underOneKey = 45

// planBacklog plans triggers whose runs are all still paused when the
// rehearsal ends: within the last nine tenths of the first step that pauses.
func (e *Emulator) planBacklog(wf *workflow, n int) error {
	var span stamp
	for _, s := range wf.steps {
		if s.Type == "delay" && s.Until == "" {
			span = s.For.span() * 9 / 10
			break
		}
	}
	last := e.clock.epoch - 10*second
	if span < 30*second {
		return fmt.Errorf("backlog: workflow %s has no delay of half a minute or more to keep runs pending in", wf.Key)
	}
	first := e.clock.epoch - span
	e.at = min(e.at, first)
	triggers := (n + underOneKey - 1) / underOneKey
	for i := range triggers {
		recipients := min(underOneKey, n-i*underOneKey)
		at := first + stamp(float64(last-first)*float64(i)/float64(triggers))
		e.plan(at-e.at, crowd{wf, i, i * underOneKey, recipients})
	}
	return nil
}

// crowd is one trigger of a backlog: the ith, for n users from the first on.
type crowd struct {
	wf              *workflow
	i, firstUser, n int
}

func (c crowd) due(e *Emulator, _ stamp) { e.triggerMany(c.wf, c.i, c.firstUser, c.n, "") }

// triggerMany triggers for made-up users. One trigger in two hundred comes
// from a schedule and has no key.
func (e *Emulator) triggerMany(wf *workflow, i, firstUser, n int, key string) {
	in := invocation{wf: wf, source: "api", key: fmt.Sprintf("%s%s-%05d", key, wf.Key, i), data: sampleData(wf, i)}
	if i%200 == 199 {
		in.source, in.key = "schedule", ""
		in.scheduleID = e.ids.uuid("schedule of "+wf.Key, 1).String()
	}
	in.recipients = make([]invited, n)
	for j := range in.recipients {
		in.recipients[j].who = e.recipient(ref{id: fmt.Sprintf("user_%06d", firstUser+j)})
	}
	e.invoke(in)
}

// sampleData is data that fits a schema of plain properties.
func sampleData(wf *workflow, i int) json.RawMessage {
	data := map[string]any{"n": i}
	properties, _ := wf.Schema["properties"].(map[string]any)
	for name, def := range properties {
		p, _ := def.(map[string]any)
		switch p["type"] {
		case "integer", "number":
			data[name] = i
		case "boolean":
			data[name] = false
		default:
			data[name] = fmt.Sprintf("%s_%d", name, i)
		}
	}
	raw, _ := json.Marshal(data) // text, numbers and booleans
	return raw
}

// runaway triggers a workflow without end.
type runaway struct {
	wf        *workflow
	perSecond float64
	owed      float64
	n         int
}

const runawayTurn = 100e3 // microseconds

// RunAway begins to trigger a workflow without end, as if its sender had gone mad.
func (e *Emulator) RunAway(workflow string) error {
	e.enter()
	defer e.mu.Unlock()
	return e.runAway(workflow, e.opts.RunawayRate)
}

func (e *Emulator) runAway(key string, perSecond float64) error {
	wf := e.workflows[key]
	if wf == nil {
		return fmt.Errorf("runaway: there is no workflow %q in the world", key)
	}
	e.plan(runawayTurn, &runaway{wf: wf, perSecond: perSecond})
	return nil
}

// due makes the runs of one turn. A frozen workflow refuses them; whoever sends
// them does not stop for that.
func (f *runaway) due(e *Emulator, _ stamp) {
	e.plan(runawayTurn, f)
	f.owed += f.perSecond * runawayTurn / float64(second)
	for ; f.owed >= 1; f.owed-- {
		if f.wf.active {
			e.triggerMany(f.wf, f.n/underOneKey, f.n, 1, "runaway-")
		}
		f.n++
	}
}
