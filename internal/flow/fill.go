package flow

import (
	"errors"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

// errAbsent says that a value is an optional input that was not given: what would hold it is left
// out.
var errAbsent = errors.New("an optional input that was not given")

// filler evaluates the values of one workflow.
type filler struct {
	*compiled
	env *expr.Env
	// optional are the inputs that may be left out: declared, and not required.
	optional map[string]bool
}

// value evaluates a node: expressions keep the type of what they find, and members of objects whose
// value is an optional input that was not given are left out.
func (f *filler) value(n *arazzo.Node) (any, error) {
	switch {
	case arazzo.IsSelector(n):
		return f.selector(n, f.env)
	case n.Kind == arazzo.Array:
		out := make([]any, len(n.Items))
		for i, x := range n.Items {
			v, err := f.value(x)
			if err != nil {
				return nil, f.found(err, x)
			}
			out[i] = v
		}
		return out, nil
	case n.Kind == arazzo.Object:
		out := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			v, err := f.value(m.Value)
			if errors.Is(err, errAbsent) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out[m.Name] = v
		}
		return out, nil
	}
	s, ok := n.Scalar.(string)
	if !ok {
		return n.Scalar, nil
	}
	t := f.template(s)
	if t.Whole && f.absent(*t.Parts[0].Expression) {
		return nil, errAbsent
	}
	v, err := f.env.Fill(t)
	if err != nil {
		return nil, err
	}
	return value.Clone(v), nil // replacements change it in place
}

// found turns an absent input into one that is missing, where there is nothing that could be left
// out: a list without it would mean something else.
func (f *filler) found(err error, n *arazzo.Node) error {
	if !errors.Is(err, errAbsent) {
		return err
	}
	e, _ := expr.Parse(n.Text())
	return &expr.Missing{Expression: e, Why: "the optional input was not given, and nothing here can be left out"}
}

func (f *filler) absent(e expr.Expression) bool {
	if e.Root != expr.Inputs {
		return false
	}
	_, given := f.env.Inputs[e.Name]
	return !given && f.optional[e.Name]
}

// need is value for what cannot be left out.
func (f *filler) need(n *arazzo.Node) (any, error) {
	v, err := f.value(n)
	return v, f.found(err, n)
}
