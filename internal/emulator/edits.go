package emulator

import (
	"maps"
	"strconv"
)

// makeEdit does what somebody in the dashboard does now and then: change
// something, to be committed a little later.
func (t *traffic) makeEdit(e *Emulator) {
	choices := []string{"workflow", "email_layout", "translation", "partial", "source_event_action"}
	kind := choices[t.n%uint64(len(choices))]
	change := "edit " + strconv.FormatUint(t.n, 10)
	commit := commitLater{kind: kind, message: "Commit " + change}
	switch kind {
	case "workflow":
		wf := e.order[t.draw(e, "workflow", len(e.order))]
		body := fields(asRead(wf.committedJSON(e.Environment())))
		wf.draft, wf.updatedAt, commit.wf = writable(body), e.at, wf
		wf.draft["tags"] = []any{change}
		e.emit("workflow.updated", func() any { return wf.json(e.Environment()) }, nil)
	case "source_event_action":
		if len(e.sourceOrder) == 0 {
			return
		}
		src := e.sourceOrder[t.draw(e, "source", len(e.sourceOrder))]
		src.dirty, src.updatedAt, commit.src = true, e.at, src
		for _, m := range src.Mappings {
			e.emit("source_event_action.updated", func() any { return e.mappingJSON(src, m) }, nil)
		}
	default:
		all := e.resourcesOf(kindOf(kind))
		if len(all) == 0 {
			return
		}
		r := all[t.draw(e, kind, len(all))]
		contents := maps.Clone(r.draft)
		contents["description"] = change
		e.putResource(r.kind, r.key, r.namespace, contents)
		commit.r = r
		e.emit(kind+".updated", func() any { return r.json(e, nowhere(), r.draft) }, nil)
	}
	e.plan(30*second, commit)
}

// commitLater commits what an edit changed.
type commitLater struct {
	kind, message string
	wf            *workflow
	r             *resource
	src           *source
}

func (c commitLater) due(e *Emulator, _ stamp) {
	switch {
	case c.wf != nil:
		if err := e.commitWorkflow(c.wf, c.message); err != nil {
			e.log.Error("an edit cannot be committed", "workflow", c.wf.Key, "error", err.Message)
		}
	case c.src != nil:
		e.commitMappings(c.src, c.message)
	case c.r != nil:
		e.commitResource(c.r, c.message)
	}
}
