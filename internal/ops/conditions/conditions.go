// Package conditions words a workflow's conditions, and evaluates them as far as what they are about is known.
package conditions

import (
	"bytes"
	"encoding/json"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Truth is whether something holds.
type Truth int

// What can be known. A condition about what is not known here, or with an operator that is not, is Unknown.
const (
	Unknown Truth = iota
	Holds
	Fails
)

// Group is a group of conditions as Knock's management API tells it.
type Group struct {
	All []Condition `json:"all"`
	Any []Condition `json:"any"`
}

// Condition compares a variable. Knock also writes a group in the place of a condition.
type Condition struct {
	Variable string `json:"variable"`
	Operator string `json:"operator"`
	Argument any    `json:"argument"`
	Group
}

// Parse reads conditions; nil for none, as when they are null.
func Parse(raw json.RawMessage) *Group {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var g Group
	if d.Decode(&g) != nil || g.none() {
		return nil
	}
	return &g
}

func (g *Group) none() bool { return g == nil || len(g.All)+len(g.Any) == 0 }

// String words a group: "data.total is greater than 3 and recipient.plan is pro".
func (g *Group) String() string {
	if g.none() {
		return ""
	}
	list := func(all []Condition, join string) string {
		parts := make([]string, len(all))
		for i, c := range all {
			parts[i] = c.String()
		}
		return strings.Join(parts, join)
	}
	switch {
	case len(g.Any) == 0:
		return list(g.All, " and ")
	case len(g.All) == 0:
		return list(g.Any, " or ")
	}
	return list(g.All, " and ") + " and (" + list(g.Any, " or ") + ")"
}

// String words a condition: "recipient.plan is pro".
func (c Condition) String() string {
	if !c.none() {
		return "(" + c.Group.String() + ")"
	}
	operator, known := worded[c.Operator]
	if !known {
		operator = strings.ReplaceAll(c.Operator, "_", " ")
	}
	argument := ""
	switch a := c.Argument.(type) {
	case nil:
	case string:
		argument = a
	default:
		if b, err := json.Marshal(a); err == nil {
			argument = string(b)
		}
	}
	return termtext.Clean(strings.TrimSpace(c.Variable + " " + operator + " " + argument))
}

var worded = map[string]string{
	"equal_to": "is", "not_equal_to": "is not", "greater_than": "is greater than", "less_than": "is less than",
	"greater_than_or_equal_to": "is at least", "less_than_or_equal_to": "is at most", "not_contains": "does not contain",
	"empty": "is empty", "not_empty": "is not empty", "not_exists": "does not exist", "is_audience_member": "is in audience",
	"is_not_audience_member": "is not in audience",
}

// Variables are what is known, by the first word of a path: "data", "recipient". What is not among them is unknown.
type Variables map[string]map[string]any

// Of evaluates a group; that of none holds.
func (v Variables) Of(g *Group) Truth {
	if g.none() {
		return Holds
	}
	truth := Holds
	for _, c := range g.All {
		truth = truth.And(v.of(c))
	}
	if len(g.Any) == 0 {
		return truth
	}
	some := Fails
	for _, c := range g.Any {
		some = some.Or(v.of(c))
	}
	return truth.And(some)
}

// And is whether both hold.
func (a Truth) And(b Truth) Truth {
	switch {
	case a == Fails || b == Fails:
		return Fails
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return Holds
}

// Or is whether one of them holds.
func (a Truth) Or(b Truth) Truth { return a.Not().And(b.Not()).Not() }

// Not is whether it fails.
func (a Truth) Not() Truth {
	switch a {
	case Holds:
		return Fails
	case Fails:
		return Holds
	}
	return Unknown
}

func truth(holds bool) Truth {
	if holds {
		return Holds
	}
	return Fails
}

func (v Variables) of(c Condition) Truth {
	if !c.none() {
		return v.Of(&c.Group)
	}
	value, there, known := v.find(c.Variable)
	argument, argumentKnown := v.argument(c.Argument)
	if !known || !argumentKnown {
		return Unknown
	}
	switch c.Operator {
	case "exists":
		return truth(there)
	case "not_exists":
		return truth(!there)
	case "empty":
		return truth(empty(value))
	case "not_empty":
		return truth(!empty(value))
	case "equal_to":
		return same(value, argument)
	case "not_equal_to":
		return same(value, argument).Not()
	case "contains", "not_contains":
		has := contains(value, argument)
		if c.Operator == "not_contains" {
			return has.Not()
		}
		return has
	}
	order, known := compare(value, argument)
	if !known {
		return Unknown
	}
	switch c.Operator {
	case "greater_than":
		return truth(order > 0)
	case "less_than":
		return truth(order < 0)
	case "greater_than_or_equal_to":
		return truth(order >= 0)
	case "less_than_or_equal_to":
		return truth(order <= 0)
	}
	return Unknown
}

// find follows a path. known is false where nothing is known of what it begins with.
func (v Variables) find(path string) (value any, there, known bool) {
	names := strings.Split(path, ".")
	root, known := v[names[0]]
	if !known || len(names) < 2 {
		return nil, false, false
	}
	value, there = root, true
	for _, name := range names[1:] {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false, true
		}
		if value, there = object[name]; !there {
			return nil, false, true
		}
	}
	return value, true, true
}

// argument reads a static value, which Knock writes as JSON in a string, or follows a path.
func (v Variables) argument(a any) (value any, known bool) {
	text, ok := a.(string)
	if !ok {
		return a, true
	}
	if first, _, isPath := strings.Cut(text, "."); isPath && slices.Contains(roots, first) {
		value, _, known = v.find(text)
		return value, known
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&value) == nil && !d.More() {
		return value, true
	}
	return text, true
}

// roots are what a path of Knock's begins with.
var roots = []string{"data", "recipient", "actor", "tenant", "workflow", "run", "vars", "refs", "steps", "event", "object"}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func number(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case json.Number:
		return new(big.Rat).SetString(v.String())
	case float64:
		return new(big.Rat).SetFloat64(v), true
	case int:
		return new(big.Rat).SetInt64(int64(v)), true
	}
	return nil, false
}

// same reports whether two values are equal. Whether Knock takes "3" for 3 is not documented, so of two kinds it is Unknown.
func same(a, b any) Truth {
	if order, ok := compare(a, b); ok {
		return truth(order == 0)
	}
	if a != nil && b != nil && reflect.TypeOf(a) != reflect.TypeOf(b) {
		return Unknown
	}
	return truth(reflect.DeepEqual(a, b))
}

// compare orders two numbers; everything else is unordered.
func compare(a, b any) (order int, known bool) {
	x, ok := number(a)
	y, also := number(b)
	if !ok || !also || x == nil || y == nil {
		return 0, false
	}
	return x.Cmp(y), true
}

func contains(v, part any) Truth {
	switch v := v.(type) {
	case []any:
		some := Fails
		for _, x := range v {
			some = some.Or(same(x, part))
		}
		return some
	case string:
		if text, ok := part.(string); ok {
			return truth(strings.Contains(v, text))
		}
	case nil:
		return Fails
	}
	return Unknown
}
