package arazzo

import (
	"strings"

	"github.com/knockops/knockops/internal/flow/expr"
)

func (r *reader) body(n *Node) *Body {
	o := r.object(n, "a request body", "contentType", "payload", "replacements")
	b := &Body{ContentType: o.text("contentType").S, Payload: n.Member("payload"), Pos: n.Pos}
	if b.Payload != nil {
		r.selectors(b.Payload)
	}
	for _, n := range o.list("replacements", false) {
		x := r.object(n, "a replacement", "target", "targetSelectorType", "value")
		rep := Replacement{Target: x.text("target"), Value: n.Member("value")}
		if n.Member("target") == nil {
			r.fail(n, "a replacement has no target")
		}
		if rep.Value == nil {
			r.fail(n, "a replacement has no value")
			continue
		}
		r.selector(rep.Value)
		if at := x.at("targetSelectorType"); at != nil {
			r.since11(at, "targetSelectorType")
			rep.Language = r.language(at, expr.JSONPath, expr.XPathText, expr.JSONPointer)
		}
		b.Replacements = append(b.Replacements, rep)
	}
	return b
}

// selectors checks the Selector Objects in a payload.
func (r *reader) selectors(n *Node) {
	r.selector(n)
	for _, x := range n.Items {
		r.selectors(x)
	}
	for _, m := range n.Members {
		r.selectors(m.Value)
	}
}

func (r *reader) actions(o object, field string, failure bool) (out []Action) {
	seen := map[string]bool{}
	for _, n := range o.list(field, false) {
		var a Action
		if ref := n.Member("reference"); ref != nil {
			var ok bool
			if a, ok = r.reused(ref, failure); !ok {
				continue
			}
			a.Pos = n.Pos
		} else {
			a = r.action(n, failure)
		}
		if seen[a.Name] {
			r.fail(n, "there are two actions %s", a.Name)
		}
		seen[a.Name] = true
		out = append(out, a)
	}
	return out
}

func (r *reader) reused(ref *Node, failure bool) (Action, bool) {
	kind, from := "successActions", r.doc.Components.Success
	if failure {
		kind, from = "failureActions", r.doc.Components.Failure
	}
	id, ok := r.reference(ref, kind)
	a, found := from[id]
	if ok && !found {
		r.fail(ref, "components.%s has no %s", kind, id)
	}
	return a, ok && found
}

func (r *reader) action(n *Node, failure bool) Action {
	defer r.within("action " + n.Member("name").Text())()
	fields := []string{"name", "type", "workflowId", "stepId", "parameters", "criteria"}
	if failure {
		fields = append(fields, "retryAfter", "retryLimit")
	}
	o := r.object(n, "an action", fields...)
	a := Action{
		Name: o.required("name").S, Type: o.required("type").S, StepID: o.text("stepId"), Workflow: o.text("workflowId"),
		RetryAfter: o.number("retryAfter", 0), RetryLimit: o.whole("retryLimit", 1),
		Criteria: r.criteria(o, "criteria"), Parameters: r.parameters(o, false), Pos: n.Pos,
	}
	switch {
	case a.Type == End, a.Type == Goto, a.Type == Retry && failure, a.Type == "":
	case failure:
		r.fail(o.at("type"), "a failure action is of type end, goto or retry, not %q", a.Type)
	default:
		r.fail(o.at("type"), "a success action is of type end or goto, not %q", a.Type)
	}
	switch {
	case a.StepID.S != "" && a.Workflow.S != "":
		r.fail(n, "stepId and workflowId exclude one another")
	case a.Type == Goto && a.StepID.S == "" && a.Workflow.S == "":
		r.fail(n, "a goto says where to: stepId or workflowId")
	case a.Type == End && (a.StepID.S != "" || a.Workflow.S != ""):
		r.warn(n, "end goes nowhere: its stepId or workflowId is ignored")
	}
	if at := o.at("parameters"); at != nil {
		r.since11(at, "parameters of an action")
	}
	return a
}

func (r *reader) criteria(o object, field string) (out []Criterion) {
	for _, n := range o.list(field, false) {
		if c, ok := r.criterion(n); ok {
			out = append(out, c)
		}
	}
	return out
}

func (r *reader) criterion(n *Node) (Criterion, bool) {
	o := r.object(n, "a criterion", "context", "condition", "type")
	c := Criterion{Context: o.text("context"), Condition: o.required("condition"), Language: expr.Simple}
	if c.Condition.S == "" {
		return c, false
	}
	if at := o.at("type"); at != nil {
		if c.Language = r.language(at, expr.Simple, expr.Regex, expr.JSONPath, expr.XPathText); c.Language == "" {
			return c, false
		}
	}
	if c.Language != expr.Simple && c.Context.S == "" {
		r.fail(n, "a criterion of type %s needs a context", c.Language)
		return c, false
	}
	if c.Context.S != "" {
		if _, err := expr.Parse(c.Context.S); err != nil {
			r.fail(o.at("context"), "the context: %v", err)
		}
	}
	if err := c.Check(); err != nil {
		r.fail(o.at("condition"), "the condition %s is no %s: %v", c.Condition.S, c.Language, err)
	} else if c.Language == expr.JSONPath && !c.embeds() {
		if p, err := expr.ParsePathCondition(c.Condition.S); err == nil && p.Comparison {
			r.warn(o.at("condition"), "%s is a comparison, not a JSONPath query; it is taken as $[?…] over the context", c.Condition.S)
		}
	}
	return c, true
}

// embeds says whether a condition holds runtime expressions, so that its text is known only when
// they are.
func (c *Criterion) embeds() bool { return strings.Contains(c.Condition.S, "{$") }

// Check says what is wrong with a condition; of one with expressions in it nothing is known yet.
func (c *Criterion) Check() error {
	switch {
	case c.Language != expr.Simple && c.embeds():
		return nil
	case c.Language == expr.JSONPath:
		_, err := expr.ParsePathCondition(c.Condition.S)
		if err != nil {
			if _, simple := expr.ParseCondition(c.Condition.S); simple == nil {
				return nil // a simple condition under the wrong type: it is evaluated as what it is
			}
		}
		return err
	}
	return expr.ParseSelector(c.Condition.S, c.Language)
}
