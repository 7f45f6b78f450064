package arazzo

import (
	"strings"

	"github.com/knockops/knockops/internal/flow/expr"
)

func (r *reader) step(n *Node, w *Workflow) Step {
	defer r.within("step " + n.Member("stepId").Text())()
	o := r.object(n, "a step", "stepId", "description", "operationId", "operationPath", "channelPath", "workflowId", "parameters",
		"requestBody", "successCriteria", "onSuccess", "onFailure", "outputs", "timeout", "correlationId", "action", "dependsOn")
	s := Step{
		ID: o.id("stepId"), Description: o.text("description").S,
		OperationID: o.text("operationId"), OperationPath: o.text("operationPath"), ChannelPath: o.text("channelPath"), Workflow: o.text("workflowId"),
		Outputs: r.outputs(o), Timeout: o.whole("timeout", 0), CorrelationID: o.at("correlationId"),
		Action: o.text("action").S, DependsOn: o.texts("dependsOn"), Pos: n.Pos,
	}
	for _, field := range []string{"channelPath", "timeout", "correlationId", "action", "dependsOn"} {
		if at := o.at(field); at != nil {
			r.since11(at, field)
		}
	}
	r.oneTarget(n, &s)
	if s.Action != "" && s.Action != "send" && s.Action != "receive" {
		r.fail(o.at("action"), "action is send or receive, not %q", s.Action)
	}
	s.Parameters = inherit(r.parameters(o, s.Workflow.S == ""), w.Parameters, func(p Parameter) string { return p.In + " " + p.Name })
	s.OnSuccess = inherit(r.actions(o, "onSuccess", false), w.Success, func(a Action) string { return a.Name })
	s.OnFailure = inherit(r.actions(o, "onFailure", true), w.Failure, func(a Action) string { return a.Name })
	s.Criteria = r.criteria(o, "successCriteria")
	if at := o.at("successCriteria"); at != nil && at.Kind == Array && len(at.Items) == 0 {
		r.fail(at, "successCriteria is empty")
	}
	if at := o.at("requestBody"); at != nil {
		s.Body = r.body(at)
	}
	return s
}

func (r *reader) oneTarget(n *Node, s *Step) {
	count := 0
	for _, t := range []Text{s.OperationID, s.OperationPath, s.ChannelPath, s.Workflow} {
		if t.S != "" {
			count++
		}
	}
	switch {
	case count == 0:
		r.fail(n, "the step calls nothing: it needs operationId, operationPath, channelPath or workflowId")
	case count > 1:
		r.fail(n, "operationId, operationPath, channelPath and workflowId exclude one another")
	}
}

// inherit adds to the objects of a step those of its workflow that it does not override.
func inherit[T any](own, from []T, key func(T) string) []T {
	seen := map[string]bool{}
	for _, x := range own {
		seen[key(x)] = true
	}
	for _, x := range from {
		if !seen[key(x)] {
			own = append(own, x)
		}
	}
	return own
}

// parameters reads a list of parameters, of which some may refer to components. Those of a call to an
// operation need their in.
func (r *reader) parameters(o object, toOperation bool) (out []Parameter) {
	seen := map[string]bool{}
	for _, n := range o.list("parameters", false) {
		p, ok := r.parameterOrReference(n)
		if !ok {
			continue
		}
		if toOperation && p.In == "" {
			r.fail(n, "the parameter %s does not say where it goes: path, query, querystring, header or cookie", p.Name)
		}
		if key := p.In + " " + p.Name; seen[key] {
			r.fail(n, "the parameter %s stands here twice", p.Name)
		} else {
			seen[key] = true
		}
		out = append(out, p)
	}
	return out
}

func (r *reader) parameterOrReference(n *Node) (Parameter, bool) {
	ref := n.Member("reference")
	if ref == nil {
		return r.parameter(n, false), true
	}
	id, ok := r.reference(ref, "parameters")
	p, found := r.doc.Components.Parameters[id]
	if !ok || !found {
		if ok {
			r.fail(ref, "components.parameters has no %s", id)
		}
		return p, false
	}
	if v := n.Member("value"); v != nil {
		p.Value = v
	}
	p.Pos = n.Pos
	return p, true
}

// reference reads what a Reusable Object refers to.
func (r *reader) reference(n *Node, kind string) (id string, ok bool) {
	e, err := expr.Parse(n.Text())
	switch {
	case err != nil:
		r.fail(n, "%v", err)
	case e.Root != expr.Components || e.ID != kind:
		r.fail(n, "the reference has to be $components.%s.<name>, not %s", kind, n.Text())
	default:
		return e.Name, true
	}
	return "", false
}

func (r *reader) parameter(n *Node, component bool) Parameter {
	o := r.object(n, "a parameter", "name", "in", "value")
	p := Parameter{Name: o.required("name").S, In: o.text("in").S, Value: n.Member("value"), Pos: n.Pos}
	if p.Value == nil {
		r.fail(n, "the parameter %s has no value", p.Name)
		p.Value = &Node{Pos: n.Pos}
	}
	switch p.In {
	case "", "path", "query", "header", "cookie":
	case "querystring":
		r.since11(n, "in: querystring")
	default:
		r.fail(o.at("in"), "a parameter is in path, query, querystring, header or cookie, not in %q", p.In)
	}
	r.selector(p.Value)
	return p
}

// selector checks the form of a Selector Object, which everything else passes.
func (r *reader) selector(n *Node) {
	if !IsSelector(n) {
		return
	}
	r.since11(n, "a Selector Object")
	lang := r.language(n.Member("type"), expr.JSONPath, expr.XPathText, expr.JSONPointer)
	if lang == "" {
		return
	}
	if err := expr.ParseSelector(n.Member("selector").Text(), lang); err != nil && !strings.Contains(n.Member("selector").Text(), "{$") {
		r.fail(n.Member("selector"), "the selector %s cannot be read: %v", n.Member("selector").Text(), err)
	}
	if _, err := expr.Parse(n.Member("context").Text()); err != nil {
		r.fail(n.Member("context"), "the context of the selector: %v", err)
	}
}

// IsSelector says whether a node is a Selector Object.
func IsSelector(n *Node) bool {
	return n != nil && n.Kind == Object && len(n.Members) == 3 && n.Member("context") != nil && n.Member("selector") != nil && n.Member("type") != nil
}

// Language reads the type of a criterion, a selector or a replacement: a name, or an Expression Type
// Object.
func Language(n *Node) expr.Language {
	if n == nil {
		return ""
	}
	if n.Kind == Object {
		n = n.Member("type")
	}
	return expr.Language(n.Text())
}

func (r *reader) language(n *Node, allowed ...expr.Language) expr.Language {
	lang := Language(n)
	ok := false
	for _, a := range allowed {
		ok = ok || a == lang
	}
	if !ok {
		r.fail(n, "the type %q is none of %s", lang, join(allowed))
		return ""
	}
	if n.Kind == Object {
		o := r.object(n, "an expression type", "type", "version")
		v := o.required("version").S
		for _, known := range expr.Versions[lang] {
			ok = v == known
			if ok {
				break
			}
		}
		if v != "" && !ok {
			r.fail(o.at("version"), "%s has no version %q", lang, v)
		}
	}
	return lang
}

func join(all []expr.Language) string {
	out := make([]string, len(all))
	for i, l := range all {
		out[i] = string(l)
	}
	return strings.Join(out, ", ")
}
