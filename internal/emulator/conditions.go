package emulator

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// operators are the comparisons that conditions can make: v is the variable's
// value, there whether it exists, arg the argument.
var operators = map[string]func(v any, there bool, arg any) bool{
	"equal_to":                 func(v any, _ bool, arg any) bool { return equal(v, arg) },
	"not_equal_to":             func(v any, _ bool, arg any) bool { return !equal(v, arg) },
	"greater_than":             ordered(func(c int) bool { return c > 0 }),
	"greater_than_or_equal_to": ordered(func(c int) bool { return c >= 0 }),
	"less_than":                ordered(func(c int) bool { return c < 0 }),
	"less_than_or_equal_to":    ordered(func(c int) bool { return c <= 0 }),
	"contains":                 func(v any, _ bool, arg any) bool { return contains(v, arg) },
	"not_contains":             func(v any, _ bool, arg any) bool { return !contains(v, arg) },
	"contains_all":             func(v any, _ bool, arg any) bool { return containsAll(v, arg) },
	"not_contains_all":         func(v any, _ bool, arg any) bool { return !containsAll(v, arg) },
	"empty":                    func(v any, _ bool, _ any) bool { return empty(v) },
	"not_empty":                func(v any, _ bool, _ any) bool { return !empty(v) },
	"exists":                   func(_ any, there bool, _ any) bool { return there },
	"not_exists":               func(_ any, there bool, _ any) bool { return !there },
	"is_timestamp":             func(v any, _ bool, _ any) bool { _, ok := timestamp(v); return ok },
	"is_timestamp_before":      timed(func(c int) bool { return c < 0 }),
	"is_timestamp_on_or_after": timed(func(c int) bool { return c >= 0 }),
	"is_audience_member":       func(any, bool, any) bool { return false }, // there are no audiences here
	"is_not_audience_member":   func(any, bool, any) bool { return true },
}

// unmet is the first condition that does not hold, or nil.
func (c *Conditions) unmet(s scope) *Condition {
	for i := range c.All {
		if !c.All[i].holds(s) {
			return &c.All[i]
		}
	}
	for i := range c.Any {
		if c.Any[i].holds(s) {
			return nil
		}
	}
	if len(c.Any) > 0 {
		return &c.Any[0]
	}
	return nil
}

// holds compares. An argument that names a variable stands for its value.
func (c Condition) holds(s scope) bool {
	v, there := s.lookup(c.Variable)
	arg := c.Argument
	if path, ok := arg.(string); ok && strings.Contains(path, ".") {
		if other, found := s.lookup(path); found {
			arg = other
		}
	}
	return operators[c.Operator] != nil && operators[c.Operator](v, there, arg)
}

// String is the condition as a sentence.
func (c Condition) String() string {
	return strings.TrimSpace(c.Variable + " " + c.Operator + " " + text(c.Argument))
}

func equal(a, b any) bool {
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return x == y
		}
	}
	return reflect.DeepEqual(a, b) || a != nil && b != nil && text(a) == text(b)
}

func ordered(ok func(int) bool) func(any, bool, any) bool {
	return func(v any, there bool, arg any) bool {
		x, isNumber := number(v)
		y, argNumber := number(arg)
		if isNumber && argNumber {
			return ok(cmp.Compare(x, y))
		}
		return there && ok(cmp.Compare(text(v), text(arg)))
	}
}

func timed(ok func(int) bool) func(any, bool, any) bool {
	return func(v any, _ bool, arg any) bool {
		x, isTime := timestamp(v)
		y, argTime := timestamp(arg)
		return isTime && argTime && ok(x.Compare(y))
	}
}

func timestamp(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t, true
	}
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// number reads numbers of every kind that JSON and YAML decode to, and text
// that is one.
func number(v any) (float64, bool) {
	switch v.(type) {
	case nil, bool:
		return 0, false
	}
	x, err := strconv.ParseFloat(text(v), 64)
	return x, err == nil
}

func contains(v, arg any) bool {
	if list, ok := v.([]any); ok {
		for _, item := range list {
			if equal(item, arg) {
				return true
			}
		}
		return false
	}
	s, ok := v.(string)
	return ok && strings.Contains(s, text(arg))
}

func containsAll(v, arg any) bool {
	wanted, ok := arg.([]any)
	if !ok {
		return contains(v, arg)
	}
	for _, w := range wanted {
		if !contains(v, w) {
			return false
		}
	}
	return true
}

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
