package emulator

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
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
	"is_not_timestamp":         func(v any, _ bool, _ any) bool { _, ok := timestamp(v); return !ok },
	"is_between":               func(v any, _ bool, arg any) bool { return between(v, arg, number) },
	"is_timestamp_between":     func(v any, _ bool, arg any) bool { return between(v, arg, seconds) },
	"is_timestamp_before_date": func(v any, _ bool, arg any) bool { c, ok := byDate(v, arg); return ok && c < 0 },
	"is_timestamp_on_or_after_date": func(v any, _ bool, arg any) bool {
		c, ok := byDate(v, arg)
		return ok && c >= 0
	},
	"is_audience_member":     func(v any, _ bool, arg any) bool { return contains(v, arg) },
	"is_not_audience_member": func(v any, _ bool, arg any) bool { return !contains(v, arg) },
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
	if len(c.Group) > 0 {
		return !slices.ContainsFunc(c.Group, func(each Condition) bool { return !each.holds(s) })
	}
	v, there := s.lookup(c.Variable)
	if strings.HasSuffix(c.Operator, "_audience_member") {
		v = s[memberships]
	}
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

// equal compares as conditions do: numbers by value, everything else by what
// it reads as. Most of what is compared is one written value met again.
func equal(a, b any) bool {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok && x == y {
			return true
		}
	case json.Number:
		if y, ok := b.(json.Number); ok && x == y {
			return true
		}
	}
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

// byDate compares the days of two times, as they were written.
func byDate(v, arg any) (int, bool) {
	x, isTime := timestamp(v)
	s, _ := arg.(string)
	if !isTime || len(s) < len(time.DateOnly) {
		return 0, false
	}
	return cmp.Compare(x.Format(time.DateOnly), s[:len(time.DateOnly)]), true
}

// between says whether v lies between the two that arg lists, both included.
func between(v, arg any, read func(any) (float64, bool)) bool {
	bounds, _ := arg.([]any)
	if s, ok := arg.(string); ok {
		for part := range strings.SplitSeq(s, ",") {
			bounds = append(bounds, strings.TrimSpace(part))
		}
	}
	if len(bounds) != 2 {
		return false
	}
	x, ok := read(v)
	low, lowOK := read(bounds[0])
	high, highOK := read(bounds[1])
	return ok && lowOK && highOK && low <= x && x <= high
}

func seconds(v any) (float64, bool) {
	t, ok := timestamp(v)
	return float64(t.UnixMicro()) / 1e6, ok
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
	switch v := v.(type) {
	case nil, bool, map[string]any, []any:
		return 0, false
	case json.Number:
		x, err := v.Float64()
		return x, err == nil
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
