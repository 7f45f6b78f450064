package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/termtext"
)

// text checks the expressions in one text of a step; i is the step's index, or one past the last for
// the outputs of the workflow.
func (c *checker) text(w *arazzo.Workflow, i int, n *arazzo.Node, at place) {
	s := n.Text()
	if i < len(w.Steps) {
		if text, ok := authorization(&w.Steps[i]); ok && text == s {
			return // the profile's key takes its place, however it is written
		}
	}
	if err := expr.Doubtful(s); err != nil {
		c.warn(n.Pos, "%v", err)
	}
	for _, e := range expr.ParseTemplate(s).Expressions() {
		c.expression(w, i, e, n.Pos, at)
	}
}

// expression checks that an expression can find something where it stands.
func (c *checker) expression(w *arazzo.Workflow, i int, e expr.Expression, pos arazzo.Pos, at place) {
	fail := func(format string, args ...any) {
		c.fail(pos, "%s finds nothing: %s", e.Text, fmt.Sprintf(format, args...))
	}
	var s *arazzo.Step
	if i < len(w.Steps) {
		s = &w.Steps[i]
	}
	switch e.Root {
	case expr.Inputs:
		c.input(w, s, e, pos)
	case expr.Steps:
		c.output(w, i, e, fail, pos)
	case expr.Workflows:
		c.ofWorkflow(e, fail)
	case expr.Sources:
		if c.f.Source(e.ID) == nil {
			fail("the document has no source %s", e.ID)
		}
	case expr.Self:
		if c.f.Self == "" {
			fail("the document has no $self")
		}
	case expr.Response, expr.StatusCode:
		switch {
		case s == nil:
			fail("a workflow has no answer of its own; the outputs of a step hold one")
		case at == inRequest:
			fail("the request is made before its answer; use an output of an earlier step")
		case s.Workflow.S != "" || c.f.Sources.IsChannel(s):
			fail("the step sends no request")
		}
	case expr.Message:
		if s == nil || s.Workflow.S == "" && !c.f.Sources.IsChannel(s) || at == inRequest {
			fail("the step receives no message")
		}
	case expr.Outputs:
		switch {
		case s != nil && s.Workflow.S != "" && at == inAnswer:
			if _, called, err := c.f.find(s.Workflow.S); err == nil && !declares(called.Outputs, e.Name) {
				fail("the workflow %s has no such output%s", called.ID, termtext.DidYouMean(e.Name, outputNames(called.Outputs)))
			}
		case s != nil:
			fail("$outputs are those of a workflow that the step called")
		}
	case expr.Components:
		fail("a component is used by a reference")
	}
}

// input checks the name of an input. One that is declared nowhere may still be given, so it is only
// noted; see checkUndeclared.
func (c *checker) input(w *arazzo.Workflow, s *arazzo.Step, e expr.Expression, pos arazzo.Pos) {
	if s != nil && s.Workflow.S == "" && c.f.secrets(w)[e.Name] {
		c.fail(pos, "%s is the key for the Authorization header, and is sent nowhere else", e.Text)
		return
	}
	var names []string
	for _, in := range c.f.Inputs(w) {
		names = append(names, in.Name)
		if in.Name == e.Name || strings.HasPrefix(e.Name, in.Name+".") || strings.HasPrefix(e.Name, in.Name+"[") {
			return
		}
	}
	if w.Inputs != nil && w.Inputs.Member("properties") == nil && w.Inputs.Member("$ref") == nil {
		return // a schema of another form
	}
	c.warn(pos, "the workflow declares no input %s%s", e.Name, termtext.DidYouMean(e.Name, names))
}

// output checks the output of a step.
func (c *checker) output(w *arazzo.Workflow, i int, e expr.Expression, fail func(string, ...any), pos arazzo.Pos) {
	at := w.Step(e.ID)
	switch {
	case at < 0:
		fail("the workflow has no step %s%s", e.ID, termtext.DidYouMean(e.ID, stepIDs(w)))
	case !declares(w.Steps[at].Outputs, e.Name):
		fail("the step %s has no such output%s", e.ID, termtext.DidYouMean(e.Name, outputNames(w.Steps[at].Outputs)))
	case i < len(w.Steps) && !c.before(w, at, i):
		if loops(w) {
			c.warn(pos, "%s: the step %s comes later, and has run only when a goto led back", e.Text, e.ID)
			return
		}
		fail("the step %s runs later", e.ID)
	}
}

// before says whether a step runs before another, or is the same one, whose outputs its actions use.
func (c *checker) before(w *arazzo.Workflow, a, b int) bool {
	o := order(w)
	return slices.Index(o, a) <= slices.Index(o, b)
}

// loops says whether a goto or a retry leads to a step.
func loops(w *arazzo.Workflow) bool {
	return slices.ContainsFunc(w.Steps, func(s arazzo.Step) bool {
		return slices.ContainsFunc(slices.Concat(s.OnSuccess, s.OnFailure), func(a arazzo.Action) bool { return a.StepID.S != "" })
	})
}

func (c *checker) ofWorkflow(e expr.Expression, fail func(string, ...any)) {
	w := c.f.WorkflowByID(e.ID)
	switch {
	case w == nil && len(c.f.Others) > 0: // it may be of another document
	case w == nil:
		fail("the document has no workflow %s", e.ID)
	case e.Field == "outputs" && !declares(w.Outputs, e.Name):
		fail("the workflow %s has no such output%s", e.ID, termtext.DidYouMean(e.Name, outputNames(w.Outputs)))
	}
}

// declares says whether outputs hold a name, or the beginning of a way into one.
func declares(all []arazzo.Output, name string) bool {
	return slices.ContainsFunc(all, func(o arazzo.Output) bool {
		return o.Name == name || strings.HasPrefix(name, o.Name+".") || strings.HasPrefix(name, o.Name+"[")
	})
}

func outputNames(all []arazzo.Output) (out []string) {
	for _, o := range all {
		out = append(out, o.Name)
	}
	return out
}

// inputReference is an input that a step uses.
type inputReference struct {
	expression expr.Expression
	step, at   string
}

// name is the input's, without a way into it.
func (r inputReference) name(declared map[string]bool) string {
	name := r.expression.Name
	for !declared[name] {
		cut := strings.LastIndexAny(name, ".[")
		if cut <= 0 {
			return r.expression.Name
		}
		name = name[:cut]
	}
	return name
}

// inputReferences are the inputs that the requests of a workflow use.
func (f *Flow) inputReferences(w *arazzo.Workflow) (out []inputReference) {
	secret := f.secrets(w)
	for i := range w.Steps {
		s := &w.Steps[i]
		visitStep(s, func(n *arazzo.Node, at place) {
			for _, e := range expr.ParseTemplate(n.Text()).Expressions() {
				if at == inRequest && e.Root == expr.Inputs && !secret[e.Name] {
					out = append(out, inputReference{e, s.ID, n.Pos.String()})
				}
			}
		}, func(arazzo.Criterion, place) {})
	}
	return out
}
