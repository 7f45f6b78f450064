package emulator

import (
	"maps"
	"net/http"
	"slices"
)

// origin is where the caller reached the emulator.
func (q *query) origin() string {
	if q.exchange == nil {
		return ""
	}
	scheme := "http://"
	if q.req.TLS != nil {
		scheme = "https://"
	}
	return scheme + q.req.Host
}

// shown is the workflow as the request wants to see it: with or without what is
// not committed, and with notes for the official CLI. Without the first, one that was never
// committed is nil.
func (wf *workflow) shown(e *Emulator, q *query) fields {
	hide, _ := q.flag("hide_uncommitted_changes")
	if hide && !wf.committed {
		return nil
	}
	out := wf.json(e.Environment())
	if hide {
		out = wf.committedJSON(e.Environment())
	}
	if annotate, _ := q.flag("annotate"); annotate {
		out = asRead(out)
		out["__annotation"] = annotation(nil, "environment", "key", "active", "valid", "created_at", "updated_at", "sha")
		steps, _ := out["steps"].([]any)
		annotateSteps(steps)
	}
	return out
}

// templateFiles are the members of templates that the official CLI keeps in files.
var templateFiles = map[string]string{"html_body": "html", "text_body": "txt", "markdown_body": "md", "body": "json"}

func annotateSteps(steps []any) {
	for _, item := range steps {
		s, _ := item.(map[string]any)
		if t, ok := s["template"].(map[string]any); ok {
			files := maps.Clone(templateFiles)
			maps.DeleteFunc(files, func(member, _ string) bool { return t[member] == nil })
			t["__annotation"] = fields{"extractable_fields": annotation(files)["extractable_fields"]}
		}
		for _, name := range []string{"branches", "cohort_branches"} {
			branches, _ := s[name].([]any)
			for _, b := range branches {
				m, _ := b.(map[string]any)
				inner, _ := m["steps"].([]any)
				annotateSteps(inner)
			}
		}
	}
}

// listWorkflows tells them in the order of the world.
func listWorkflows(e *Emulator, q *query) (int, any, *apiError) {
	last := len(e.order) - 1
	return q.listing("workflows", "entries", allRows(len(e.order)),
		func(n uint32) bool { return e.order[last-int(n)].shown(e, q) != nil },
		func(n uint32) any { return e.order[last-int(n)].shown(e, q) })
}

// workflow is the one that the path names.
func (e *Emulator) workflow(q *query) (*workflow, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return nil, err
	}
	wf := e.workflows[q.path("key")]
	if wf == nil {
		return nil, missing("workflow", q.path("key"))
	}
	return wf, nil
}

func getWorkflow(e *Emulator, q *query, wf *workflow) (int, any, *apiError) {
	out := wf.shown(e, q)
	if out == nil {
		return 0, nil, missing("committed workflow", wf.Key)
	}
	return http.StatusOK, out, nil
}

// activateWorkflow reads the status from the body, as the API description says,
// or from the query, where the official CLI has it.
func activateWorkflow(e *Emulator, q *query) (int, any, *apiError) {
	active, given := q.flag("status")
	if !given {
		active = q.object()["status"] == nil || q.bad.flag(q.object(), "status")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	wf, err := e.workflow(q)
	if err != nil {
		return 0, nil, err
	}
	e.setActive(wf, active, q.id)
	return http.StatusOK, fields{"workflow": wf.json(e.Environment())}, nil
}

// readWorkflowBody reads a workflow that is to be written, and what is wrong with it.
func (e *Emulator) readWorkflowBody(q *query) (fields, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return nil, err
	}
	body, ok := q.object()["workflow"].(map[string]any)
	if !ok {
		q.bad.add("workflow", "required", "must be a map")
	}
	e.parseWorkflow(&q.bad, q.path("key"), body)
	return writable(body), q.bad.err()
}

func validateWorkflow(e *Emulator, q *query, body fields) (int, any, *apiError) {
	wf := e.workflows[q.path("key")]
	if wf == nil {
		wf = &workflow{Workflow: Workflow{Key: q.path("key")}, createdAt: e.at, updatedAt: e.at, active: true}
	}
	return http.StatusOK, fields{"workflow": wf.jsonOf(e.Environment(), body)}, nil
}

// upsertWorkflow writes a workflow. What it triggers stays as it was until the
// change is committed.
func upsertWorkflow(e *Emulator, q *query) (int, any, *apiError) {
	commit, _ := q.flag("commit")
	body, err := e.readWorkflowBody(q)
	if err != nil {
		return 0, nil, err
	}
	wf := e.workflows[q.path("key")]
	if wf == nil {
		wf = &workflow{Workflow: Workflow{Key: q.path("key")}, createdAt: e.at, active: true}
		e.workflows[wf.Key] = wf
		e.order = append(e.order, wf)
	}
	wf.draft, wf.updatedAt = body, e.at
	e.emit("workflow.updated", func() any { return wf.json(e.Environment()) }, nil)
	if commit {
		if err := e.commitWorkflow(wf, q.one("commit_message")); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusOK, fields{"workflow": wf.shown(e, q)}, nil
}

// runWorkflow triggers a workflow for a trial. The run says so by its source.
func runWorkflow(e *Emulator, q *query, wf *workflow) (int, any, *apiError) {
	if !wf.committed {
		return 0, nil, missing("committed workflow", wf.Key)
	}
	t, err := e.triggerBy(wf, q.object(), "rehearsal")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, fields{"workflow_run_id": t.id}, nil
}

// previewTemplate renders a channel step's template for a recipient.
func previewTemplate(e *Emulator, q *query, wf *workflow) (int, any, *apiError) {
	i := slices.IndexFunc(wf.steps, func(s *step) bool { return s.Ref == q.path("step_ref") && s.channel != nil })
	if i < 0 {
		return 0, nil, missing("channel step", q.path("step_ref"))
	}
	body := q.object()
	vars := scope{"data": q.bad.entries("", "data", body), "workflow": map[string]any{"key": wf.Key, "name": wf.Name}, "total_activities": 1}
	for _, name := range []string{"recipient", "actor"} {
		if name == "recipient" || body[name] != nil {
			vars[name] = variables(e.resolve(e.readPerson(&q.bad, name, body[name])).profile)
		}
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	s := wf.steps[i]
	return http.StatusOK, fields{"result": "success", "content_type": s.channel.Type, "template": renderAll(vars, asRead(s.template(s.channel.Type)))}, nil
}

// renderAll renders every string of a template.
func renderAll(vars scope, v any) any {
	switch v := v.(type) {
	case string:
		return vars.render(v)
	case map[string]any:
		for name := range v {
			v[name] = renderAll(vars, v[name])
		}
	case []any:
		for i := range v {
			v[i] = renderAll(vars, v[i])
		}
	}
	return v
}
