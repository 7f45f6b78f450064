package flow

import (
	"slices"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
)

// order is in which order the steps of a workflow run: as they stand, unless one names what it depends
// on. Then what a step depends on, in so many words or by an output that it uses, comes before it, and
// a receive that others depend on waits as late as it may, so that what makes the message arrive can
// be sent first (section "Step Dependencies and Execution Order").
func order(w *arazzo.Workflow) []int {
	out := make([]int, 0, len(w.Steps))
	explicit := slices.ContainsFunc(w.Steps, func(s arazzo.Step) bool { return len(s.DependsOn) > 0 })
	if !explicit {
		for i := range w.Steps {
			out = append(out, i)
		}
		return out
	}
	needs := make([][]int, len(w.Steps))
	joined := map[int]bool{}
	for i := range w.Steps {
		for _, d := range w.Steps[i].DependsOn {
			if at := w.Step(d.S); at >= 0 {
				needs[i] = append(needs[i], at)
				joined[at] = w.Steps[at].Action == "receive"
			}
		}
		for _, e := range stepExpressions(&w.Steps[i]) {
			if at := w.Step(e.ID); e.Root == expr.Steps && at >= 0 && at != i {
				needs[i] = append(needs[i], at)
			}
		}
	}
	entered := make([]bool, len(w.Steps))
	var put func(int)
	put = func(i int) {
		if entered[i] {
			return
		}
		entered[i] = true
		for _, n := range needs[i] {
			put(n)
		}
		out = append(out, i)
	}
	for i := range w.Steps {
		if !joined[i] {
			put(i)
		}
	}
	for i := range w.Steps {
		put(i)
	}
	return out
}

// stepExpressions are the runtime expressions that a step needs before or while it runs.
func stepExpressions(s *arazzo.Step) (all []expr.Expression) {
	visitStep(s, func(n *arazzo.Node, _ place) {
		all = append(all, expr.ParseTemplate(n.Text()).Expressions()...)
	}, func(c arazzo.Criterion, _ place) { all = append(all, criterionExpressions(c)...) })
	return all
}

func criterionExpressions(c arazzo.Criterion) (all []expr.Expression) {
	if e, err := expr.Parse(c.Context.S); err == nil {
		all = append(all, e)
	}
	if c.Language != expr.Simple {
		return append(all, expr.ParseText(c.Condition.S).Expressions()...)
	}
	if cond, err := expr.ParseCondition(c.Condition.S); err == nil {
		all = append(all, cond.Expressions()...)
	}
	return all
}

// place is where in a step an expression stands, which decides what it can refer to.
type place int

const (
	inRequest place = iota // before anything was sent
	inAnswer               // criteria, outputs and actions
)

// visitStep visits every value of a step that may hold expressions, and its criteria.
func visitStep(s *arazzo.Step, value func(*arazzo.Node, place), criterion func(arazzo.Criterion, place)) {
	walk := func(n *arazzo.Node, at place) { n.Walk(func(leaf *arazzo.Node) { value(leaf, at) }) }
	for _, p := range s.Parameters {
		walk(p.Value, inRequest)
	}
	if s.Body != nil {
		walk(s.Body.Payload, inRequest)
		for _, r := range s.Body.Replacements {
			walk(r.Value, inRequest)
			walk(&arazzo.Node{Scalar: r.Target.S, Pos: r.Target.Pos}, inRequest)
		}
	}
	walk(s.CorrelationID, inRequest)
	for _, c := range s.Criteria {
		criterion(c, inAnswer)
	}
	for _, o := range s.Outputs {
		walk(o.Value, inAnswer)
	}
	for _, actions := range [][]arazzo.Action{s.OnSuccess, s.OnFailure} {
		for _, a := range actions {
			for _, c := range a.Criteria {
				criterion(c, inAnswer)
			}
			for _, p := range a.Parameters {
				walk(p.Value, inAnswer)
			}
		}
	}
}
