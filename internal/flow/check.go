package flow

import (
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
)

// Check finds what is wrong with a flow: with the form of its document, and with what its parts say of
// one another.
func (f *Flow) Check() arazzo.Problems {
	c := &checker{f: f, Problems: slices.Clone(f.Problems)}
	for i := range f.Workflows {
		c.workflow(&f.Workflows[i])
	}
	c.cycles()
	slices.SortStableFunc(c.Problems, func(a, b arazzo.Problem) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
	return c.Problems
}

type checker struct {
	arazzo.Problems
	f     *Flow
	where string
}

func (c *checker) fail(at arazzo.Pos, format string, args ...any) {
	c.Add(c.f.File, at, c.where, format, args...)
}

func (c *checker) warn(at arazzo.Pos, format string, args ...any) {
	c.Warn(c.f.File, at, c.where, format, args...)
}

func (c *checker) workflow(w *arazzo.Workflow) {
	c.where = "workflow " + w.ID
	if w.Inputs != nil {
		if _, err := c.f.schema(w); err != nil {
			if p, ok := err.(arazzo.Problems); ok {
				c.Problems = append(c.Problems, p...)
			}
		}
	}
	for _, d := range w.DependsOn {
		if _, _, err := c.f.find(d.S); err != nil {
			c.fail(d.Pos, "dependsOn %s: %v", d.S, err)
		}
	}
	for i := range w.Steps {
		s := &w.Steps[i]
		c.where = "workflow " + w.ID + ", step " + s.ID
		c.target(s)
		c.actions(w, s)
		c.dependencies(w, s)
		visitStep(s, func(n *arazzo.Node, at place) { c.text(w, i, n, at) }, func(x arazzo.Criterion, at place) {
			for _, e := range criterionExpressions(x) {
				c.expression(w, i, e, x.Condition.Pos, at)
			}
		})
	}
	c.where = "workflow " + w.ID
	c.unreachable(w)
	for _, o := range w.Outputs {
		o.Value.Walk(func(n *arazzo.Node) { c.text(w, len(w.Steps), n, inAnswer) })
	}
}

// target checks what a step calls.
func (c *checker) target(s *arazzo.Step) {
	t := s.Target()
	switch {
	case t.S == "":
		return // noted when it was read
	case s.Workflow.S != "":
		if _, _, err := c.f.find(s.Workflow.S); err != nil {
			c.fail(t.Pos, "%v", err)
		}
	case c.f.Sources.IsChannel(s):
		if _, err := c.f.Sources.FindChannel(s); err != nil {
			c.fail(t.Pos, "%v", err)
		}
		if s.Action == "send" {
			c.fail(s.Pos, "Knock's webhooks can be received, not sent")
		}
	default:
		given := pathParameters(s)
		o, err := c.f.Sources.Find(s, given)
		if err != nil {
			c.fail(t.Pos, "%v", err)
			return
		}
		for _, p := range o.Parameters() {
			if !slices.Contains(given, p) {
				c.fail(t.Pos, "%s %s needs the path parameter %s", o.Method, o.Path, p)
			}
		}
		for _, p := range s.Parameters {
			if p.In == "path" && !slices.Contains(o.Parameters(), p.Name) {
				c.warn(p.Pos, "%s has no path parameter %s", o.Path, p.Name)
			}
		}
	}
}

func (c *checker) actions(w *arazzo.Workflow, s *arazzo.Step) {
	for _, actions := range [][]arazzo.Action{s.OnSuccess, s.OnFailure} {
		for _, a := range actions {
			if a.StepID.S != "" && w.Step(a.StepID.S) < 0 {
				c.fail(a.StepID.Pos, "action %s: the workflow has no step %s%s", a.Name, a.StepID.S, termtext.DidYouMean(a.StepID.S, stepIDs(w)))
			}
			if a.Workflow.S != "" {
				if _, _, err := c.f.find(a.Workflow.S); err != nil {
					c.fail(a.Workflow.Pos, "action %s: %v", a.Name, err)
				}
			}
		}
	}
}

func stepIDs(w *arazzo.Workflow) (out []string) {
	for _, s := range w.Steps {
		out = append(out, s.ID)
	}
	return out
}

// dependencies checks dependsOn of a step.
func (c *checker) dependencies(w *arazzo.Workflow, s *arazzo.Step) {
	for _, d := range s.DependsOn {
		e, err := expr.Parse(d.S)
		switch {
		case err == nil && e.Root == expr.Workflows && e.Field == "steps":
			if in := c.f.WorkflowByID(e.ID); in == nil || in.Step(e.Name) < 0 {
				c.fail(d.Pos, "dependsOn %s: there is no such step", d.S)
			}
		case strings.HasPrefix(d.S, "$"):
			c.fail(d.Pos, "dependsOn %s is no step of this document", d.S)
		case w.Step(d.S) < 0:
			c.fail(d.Pos, "dependsOn %s: the workflow has no such step%s", d.S, termtext.DidYouMean(d.S, stepIDs(w)))
		}
	}
}

// unreachable finds steps that nothing leads to.
func (c *checker) unreachable(w *arazzo.Workflow) {
	reached := make([]bool, len(w.Steps))
	positions := order(w)
	next := map[int]int{}
	for i, s := range positions {
		if i+1 < len(positions) {
			next[s] = positions[i+1]
		}
	}
	var walk func(int)
	walk = func(i int) {
		if i < 0 || reached[i] {
			return
		}
		reached[i] = true
		s := &w.Steps[i]
		for _, a := range slices.Concat(s.OnSuccess, s.OnFailure) {
			walk(w.Step(a.StepID.S))
		}
		for _, a := range s.OnSuccess {
			if len(a.Criteria) == 0 {
				return // always taken
			}
		}
		if n, ok := next[i]; ok {
			walk(n)
		}
	}
	if len(positions) > 0 {
		walk(positions[0])
	}
	for i, ok := range reached {
		if !ok {
			c.warn(w.Steps[i].Pos, "the step %s is never reached", w.Steps[i].ID)
		}
	}
}

// cycles finds workflows and steps that depend on themselves.
func (c *checker) cycles() {
	c.where = ""
	graph := map[string][]string{}
	for _, w := range c.f.Workflows {
		for _, d := range w.DependsOn {
			graph[w.ID] = append(graph[w.ID], d.S)
		}
	}
	if path := cycle(graph); path != nil {
		c.fail(c.f.WorkflowByID(path[0]).Pos, "the workflows depend on one another in a circle: %s", strings.Join(path, " → "))
	}
	for i := range c.f.Workflows {
		w := &c.f.Workflows[i]
		steps := map[string][]string{}
		for _, s := range w.Steps {
			for _, d := range s.DependsOn {
				steps[s.ID] = append(steps[s.ID], d.S)
			}
		}
		if path := cycle(steps); path != nil {
			c.where = "workflow " + w.ID
			c.fail(w.Steps[max(0, w.Step(path[0]))].Pos, "the steps depend on one another in a circle: %s", strings.Join(path, " → "))
		}
	}
}

// cycle finds a circle in a graph: its members in order, the first once more at the end.
func cycle(graph map[string][]string) []string {
	const open, done = 1, 2
	state := map[string]int{}
	var path []string
	var visit func(string) []string
	visit = func(at string) []string {
		switch state[at] {
		case done:
			return nil
		case open:
			return append(slices.Clone(path[slices.Index(path, at):]), at)
		}
		state[at] = open
		path = append(path, at)
		for _, to := range graph[at] {
			if found := visit(to); found != nil {
				return found
			}
		}
		path = path[:len(path)-1]
		state[at] = done
		return nil
	}
	for _, name := range value.Names(graph) {
		if found := visit(name); found != nil {
			return found
		}
	}
	return nil
}
