package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// end is the place after the last step.
const end = -1

// workflow is a workflow made ready to run: its steps lie in one list, each
// knowing which comes next, so that a run's position is a number.
type workflow struct {
	Workflow
	steps     []*step
	schema    *jsonschema.Schema
	active    bool
	committed bool   // there is a version that can be triggered
	body      fields // what that was committed as; nil for a world's own
	draft     fields // what was written since, or nil
	stoppedBy string // the id of the request that made it inactive
	versionID uuid.UUID
	createdAt stamp
	updatedAt stamp
	runs      bitmap
}

// step is a step in that list.
type step struct {
	Step
	at       int32
	next     int32
	channel  *channel
	branches []branch
	action   action
}

type branch struct {
	Branch
	first int32
}

// channel is a configured channel with the id that Knock would give it.
type channel struct {
	Channel
	id        uuid.UUID
	createdAt stamp
}

// channel finds a channel by id or key.
func (e *Emulator) channel(name string) *channel {
	if ch := e.channels[name]; ch != nil {
		return ch
	}
	for _, ch := range e.channels {
		if ch.id.String() == name {
			return ch
		}
	}
	return nil
}

func (e *Emulator) newWorkflow(def Workflow) (*workflow, error) {
	wf := &workflow{
		Workflow: def, active: !def.Inactive, committed: true, versionID: e.ids.uuid("version "+def.Key, 1),
		createdAt: e.at - 90*day, updatedAt: e.at - 7*day,
	}
	return wf, e.prepare(wf)
}

// prepare makes a workflow's definition ready to run.
func (e *Emulator) prepare(wf *workflow) error {
	if wf.Name == "" {
		wf.Name = wf.Key
	}
	wf.steps, wf.schema = nil, nil
	e.lay(wf, wf.Workflow.Steps, end)
	if wf.Schema == nil {
		return nil
	}
	schema, err := compileSchema(wf.Schema)
	if err != nil {
		return fmt.Errorf("workflow %s: trigger_data_json_schema: %w", wf.Key, err)
	}
	wf.schema = schema
	return nil
}

// release makes what was last written of a workflow the version that triggers
// use from now on. Runs go on with the version they began with.
func (e *Emulator) release(wf *workflow) *apiError {
	var bad problems
	def := e.parseWorkflow(&bad, wf.Key, wf.draft)
	if err := bad.err(); err != nil {
		return err
	}
	def.Audience = wf.Audience
	wf.Workflow, wf.body, wf.draft, wf.committed, wf.updatedAt = def, wf.draft, nil, true, e.at
	wf.versionID = e.ids.uuid("version "+def.Key, e.ids.next("version "+def.Key)+1)
	if err := e.prepare(wf); err != nil {
		bad.add("workflow", "format", "%s", err)
	}
	return bad.err()
}

// published is the workflow of that key that can be triggered, or nil.
func (e *Emulator) published(key string) *workflow {
	if wf := e.workflows[key]; wf != nil && wf.committed {
		return wf
	}
	return nil
}

// lay appends steps to the list so that the last one leads to after, and
// returns where they begin.
func (e *Emulator) lay(wf *workflow, steps []Step, after int32) int32 {
	if len(steps) == 0 {
		return after
	}
	first := int32(len(wf.steps))
	placed := make([]*step, len(steps))
	for i, def := range steps {
		s := &step{Step: def, at: int32(len(wf.steps)), channel: e.channels[def.Channel], action: actions[def.Type]}
		placed[i] = s
		wf.steps = append(wf.steps, s)
		s.branches = make([]branch, len(def.Branches))
	}
	for i, s := range placed {
		s.next = after
		if i+1 < len(placed) {
			s.next = placed[i+1].at
		}
		for j, def := range s.Branches {
			then := s.next
			if def.Terminates {
				then = end
			}
			s.branches[j] = branch{def, e.lay(wf, def.Steps, then)}
		}
	}
	return first
}

// compileSchema goes through JSON, because YAML has kinds of numbers that the
// library does not know.
func compileSchema(def map[string]any) (*jsonschema.Schema, error) {
	raw, err := json.Marshal(def)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
}

// setActive freezes or thaws a workflow, as the kill switch does: at once and
// without a commit. What is under way notices at its next step.
func (e *Emulator) setActive(wf *workflow, active bool, by string) {
	if wf.active == active {
		return
	}
	wf.stoppedBy = by
	wf.active, wf.updatedAt = active, e.at
	e.emit("workflow.updated", func() any { return wf.json(e.Environment()) }, nil)
}

// listOf is a list that JSON writes as [] even when it is nil.
func listOf[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return slices.Clip(s)
}
