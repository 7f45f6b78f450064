package expr

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/flow/value"
)

// Condition is a simple condition: literals, operators and runtime expressions.
type Condition struct {
	root node
}

// Comparison is one operator of a condition with what stood on both sides.
type Comparison struct {
	Left, Right           string // as they are written
	LeftValue, RightValue any
	Op                    string
	Holds                 bool
	Missing               string // why a side found nothing and counts as null; "" when both were found
}

func (c Comparison) String() string {
	return fmt.Sprintf("%s %s %s", c.Left, c.Op, c.Right)
}

type node interface {
	eval(*run) any
}

// run is one evaluation.
type run struct {
	env         *Env
	comparisons []Comparison
	missing     string
}

type (
	literal struct {
		text  string
		value any
	}
	reference  struct{ Expression }
	not        struct{ of node }
	logical    struct{ and, or []node } // one of the two
	comparison struct {
		op                  string
		left, right         node
		leftText, rightText string
	}
	accessed struct { // what follows brackets: (…)[0].name
		of   node
		path []string
	}
)

// Eval evaluates a condition. What finds nothing counts as null.
func (c *Condition) Eval(env *Env) (bool, []Comparison) {
	r := &run{env: env}
	v := c.root.eval(r)
	if len(r.comparisons) == 0 {
		r.comparisons = []Comparison{{Left: text(c.root), LeftValue: v, Op: "is true", Holds: truthy(v), Missing: r.missing}}
	}
	return truthy(v), r.comparisons
}

// Expressions are the runtime expressions of a condition.
func (c *Condition) Expressions() (all []Expression) {
	var walk func(node)
	walk = func(n node) {
		switch n := n.(type) {
		case reference:
			all = append(all, n.Expression)
		case not:
			walk(n.of)
		case logical:
			for _, x := range append(n.and[:len(n.and):len(n.and)], n.or...) {
				walk(x)
			}
		case comparison:
			walk(n.left)
			walk(n.right)
		case accessed:
			walk(n.of)
		}
	}
	walk(c.root)
	return all
}

func text(n node) string {
	switch n := n.(type) {
	case literal:
		return n.text
	case reference:
		return n.Text
	case not:
		return "!" + text(n.of)
	}
	return "the condition"
}

func (l literal) eval(*run) any { return l.value }

func (e reference) eval(r *run) any {
	v, err := r.env.Eval(e.Expression)
	if err != nil {
		r.missing = err.Error()
		return nil
	}
	return v
}

func (n not) eval(r *run) any { return !truthy(n.of.eval(r)) }

func (l logical) eval(r *run) any {
	for _, n := range l.and {
		if !truthy(n.eval(r)) {
			return false
		}
	}
	for _, n := range l.or {
		if truthy(n.eval(r)) {
			return true
		}
	}
	return len(l.or) == 0
}

func (c comparison) eval(r *run) any {
	r.missing = ""
	left, right := c.left.eval(r), c.right.eval(r)
	holds := compare(c.op, left, right)
	r.comparisons = append(r.comparisons, Comparison{
		Left: c.leftText, Right: c.rightText, LeftValue: left, RightValue: right, Op: c.op, Holds: holds, Missing: r.missing,
	})
	return holds
}

func (a accessed) eval(r *run) any {
	v, ok := value.Pointer(a.path).Get(a.of.eval(r))
	if !ok {
		return nil
	}
	return v
}

// truthy says whether a value stands for a pass: null, false, 0 and "" do not.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	}
	return true
}

// compare is section "Criterion Object", "Operators" and "Simple Conditions".
func compare(op string, left, right any) bool {
	switch op {
	case "==":
		return equal(left, right)
	case "!=":
		return !equal(left, right)
	}
	n, ok := order(left, right)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	}
	return n >= 0
}

// equal compares loosely: strings without regard to case, and a number or a boolean with a string
// that spells it. Null equals itself alone.
func equal(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		if y, ok := b.(string); ok {
			return strings.EqualFold(x, y)
		}
		switch b.(type) {
		case bool, json.Number:
			return equal(b, a)
		}
		return false
	case bool:
		switch y := b.(type) {
		case bool:
			return x == y
		case string:
			return strings.EqualFold(y, fmt.Sprint(x))
		}
		return false
	case json.Number:
		n, ok := order(a, b)
		return ok && n == 0
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			v, ok := y[k]
			if !ok || !equal(x[k], v) {
				return false
			}
		}
		return true
	}
	return false
}

// order compares numbers, and strings that are none without regard to case; ok is false for what
// has no order.
func order(a, b any) (n int, ok bool) {
	x, xNumber := number(a)
	y, yNumber := number(b)
	if xNumber && yNumber {
		return x.compare(y), true
	}
	s, ok := a.(string)
	t, also := b.(string)
	if !ok || !also {
		return 0, false
	}
	return strings.Compare(strings.ToLower(s), strings.ToLower(t)), true
}

// numeric is a number, exactly when it is a whole one of 64 bits.
type numeric struct {
	whole int64
	exact bool
	float float64
}

func (n numeric) compare(m numeric) int {
	if n.exact && m.exact {
		return sign(n.whole < m.whole, n.whole > m.whole)
	}
	return sign(n.float < m.float, n.float > m.float)
}

func sign(less, more bool) int {
	switch {
	case less:
		return -1
	case more:
		return 1
	}
	return 0
}

func number(v any) (numeric, bool) {
	var j json.Number
	switch v := v.(type) {
	case json.Number:
		j = v
	case string:
		if j = json.Number(strings.TrimSpace(v)); !json.Valid([]byte(j)) || strings.Trim(string(j), "+-.eE0123456789") != "" {
			return numeric{}, false
		}
	default:
		return numeric{}, false
	}
	f, err := j.Float64()
	if err != nil {
		return numeric{}, false
	}
	i, err := j.Int64()
	return numeric{i, err == nil, f}, true
}
