package liquid

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (e literal) eval(*renderer) any { return e.value }

func (e span) eval(r *renderer) any { return steps{whole(e.from.eval(r)), whole(e.to.eval(r))} }

// steps are the whole numbers of a range, which is never written out: it may be long.
type steps struct{ from, to int64 }

// eval follows the path. A variable that leads nowhere, or to nothing, is noted as a hole.
func (e variable) eval(r *renderer) any {
	v, known := r.names[e.name]
	name := e.name
	if known {
		name = cmp.Or(r.from[e.name], name)
	} else {
		v, known = r.scope.Values[e.name]
	}
	for _, p := range e.path {
		key := p.eval(r)
		r.spend(len(text(key)))
		if in, is := p.(literal); is {
			name += "." + text(in.value)
		} else {
			name += "[" + text(key) + "]"
		}
		if len(name) > maxName {
			name = name[:maxName]
		}
		if s, is := v.(string); is {
			r.spend(len(s))
		}
		v = at(v, key)
	}
	switch v = plain(v); {
	case !known && slices.Contains(r.scope.Elsewhere, e.name):
		r.note(name)
		r.holes = append(r.holes, hole{name, elsewhere})
	case v == nil:
		r.holes = append(r.holes, hole{name, noValue})
	case v == "":
		r.holes = append(r.holes, hole{name, isEmpty})
	}
	return v
}

// maxName bounds a variable's name as it is told.
const maxName = 100

// at is what a value has under a key: a member, a place in a list, or one of Liquid's own words.
func at(v, key any) any {
	switch v := v.(type) {
	case map[string]any:
		name := text(key)
		if member, has := v[name]; has {
			return member
		}
		if name == "size" {
			return int64(len(v))
		}
	case []any:
		i, err := strconv.Atoi(text(key))
		switch {
		case err != nil:
			return word(v, text(key))
		case i < 0:
			i += len(v)
		}
		if i >= 0 && i < len(v) {
			return v[i]
		}
	case string:
		if text(key) == "size" {
			return int64(utf8.RuneCountInString(v))
		}
	}
	return nil
}

func word(list []any, name string) any {
	switch {
	case name == "size":
		return int64(len(list))
	case name == "first" && len(list) > 0:
		return list[0]
	case name == "last" && len(list) > 0:
		return list[len(list)-1]
	}
	return nil
}

// plain is a value as the rest of this package takes it.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v.String())
	case int:
		return int64(v)
	}
	return v
}

// filter evaluates a value and what is behind it.
func (r *renderer) filter(f filtered) any {
	v := f.of.eval(r)
	for _, c := range f.filters {
		r.spend(size(v))
		if c.name == "default" {
			v = r.orDefault(v, c)
			continue
		}
		var args []any
		for _, a := range c.args {
			args = append(args, a.eval(r))
		}
		switch do, is := filters[c.name]; {
		case is:
			v = plain(do(r, v, args))
		case c.name == "t":
			r.note("translation " + text(v))
			r.holes = append(r.holes, hole{"translation " + text(v), elsewhere})
			v = ""
		default:
			r.note("filter " + c.name)
			r.holes = append(r.holes, hole{"filter " + c.name, elsewhere})
		}
	}
	return v
}

// orDefault fills a hole.
func (r *renderer) orDefault(v any, c call) any {
	if v != nil && v != "" && v != false || len(c.args) == 0 {
		return v
	}
	r.holes = slices.DeleteFunc(r.holes, func(h hole) bool { return h.why != elsewhere })
	return c.args[0].eval(r)
}

// truth is what a value is where a yes or no is wanted: nothing but nil and false is no.
func truth(v any) bool { return v != nil && v != false }

func (r *renderer) compare(op string, a, b any) bool {
	r.spend(size(a) + size(b))
	switch op {
	case "==":
		return same(a, b)
	case "!=", "<>":
		return !same(a, b)
	case "contains":
		if list, is := a.([]any); is {
			return slices.ContainsFunc(list, func(v any) bool { return same(plain(v), b) })
		}
		in, is := a.(string)
		return is && b != nil && strings.Contains(in, text(b))
	}
	order, comparable := ordered(a, b)
	if !comparable {
		return false
	}
	switch op {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}

func same(a, b any) bool {
	if _, is := b.(blank); is {
		return nothing(a)
	}
	if _, is := a.(blank); is {
		return nothing(b)
	}
	if order, comparable := ordered(a, b); comparable {
		return order == 0
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		return a == b
	}
	return false
}

func nothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// ordered compares two numbers, or two texts.
func ordered(a, b any) (order int, comparable bool) {
	x, xIs := a.(string)
	y, yIs := b.(string)
	if xIs && yIs {
		return strings.Compare(x, y), true
	}
	p, pIs := decimal(a)
	q, qIs := decimal(b)
	if xIs || yIs || !pIs || !qIs {
		return 0, false
	}
	return cmp.Compare(p, q), true
}

// decimal is a number as one; a text that is one counts.
func decimal(v any) (float64, bool) {
	switch v := plain(v).(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil
	}
	return 0, false
}

func whole(v any) int64 {
	f, _ := decimal(v)
	return int64(f)
}

// size is how much there is to copy of a value, roughly.
func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		return len(v) * bytesPerStep
	case map[string]any:
		return len(v) * bytesPerStep
	}
	return 0
}

// text is a simple value as it is shown.
func text(v any) string {
	switch v := plain(v).(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	}
	return ""
}

// show is any value as it is shown: of a list all of it, of an object its JSON.
func (r *renderer) show(v any) string {
	switch v := v.(type) {
	case []any:
		var b strings.Builder
		for _, one := range v {
			s := r.show(plain(one))
			r.grown(b.Len(), len(s))
			b.WriteString(s)
		}
		return b.String()
	case map[string]any:
		return r.json(v)
	case steps:
		return text(v.from) + ".." + text(v.to)
	}
	return text(v)
}

func (r *renderer) json(v any) string {
	if _, is := v.(steps); is {
		return "null"
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	r.sized(b.Len())
	return strings.TrimSuffix(b.String(), "\n")
}
