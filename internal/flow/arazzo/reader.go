package arazzo

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// reader collects problems while it reads.
type reader struct {
	doc      *Document
	problems Problems
	where    []string
}

var (
	strictID = regexp.MustCompile(`^[A-Za-z0-9_\-]+$`)
	name     = regexp.MustCompile(`^[A-Za-z0-9._\-]+$`)
)

// within names what is being read, until the function that it returns is called.
func (r *reader) within(what string) func() {
	r.where = append(r.where, what)
	return func() { r.where = r.where[:len(r.where)-1] }
}

func (r *reader) fail(n *Node, format string, args ...any) {
	var at Pos
	if n != nil {
		at = n.Pos
	}
	r.failAt(at, format, args...)
}

func (r *reader) failAt(at Pos, format string, args ...any) {
	r.problems.Add(r.doc.File, at, strings.Join(r.where, ", "), format, args...)
}

func (r *reader) warn(n *Node, format string, args ...any) {
	r.problems.Warn(r.doc.File, n.Pos, strings.Join(r.where, ", "), format, args...)
}

// since11 notes what a document of version 1.0 has ahead of its version. It is understood all the same.
func (r *reader) since11(n *Node, what string) {
	if !r.doc.later() {
		r.warn(n, "%s is of Arazzo 1.1; the document says %s", what, r.doc.Version)
	}
}

// object is a node that should be one, with the fields it may have.
type object struct {
	r    *reader
	n    *Node
	what string
}

// object checks the type of a node and the names of its members. Extensions begin with x-.
func (r *reader) object(n *Node, what string, fields ...string) object {
	if n.Kind != Object {
		r.fail(n, "%s has to be an object, not a %s", what, n.kind())
		return object{r, &Node{Pos: n.Pos}, what}
	}
	for _, m := range n.Members {
		if !slices.Contains(fields, m.Name) && !strings.HasPrefix(m.Name, "x-") {
			r.problems.Warn(r.doc.File, m.Pos, strings.Join(r.where, ", "), "%s has no field %s; it is ignored", what, m.Name)
		}
	}
	return object{r, n, what}
}

// at is a member; nil when there is none or it is null.
func (o object) at(field string) *Node {
	n := o.n.Member(field)
	if n == nil || n.Kind == Leaf && n.Scalar == nil {
		return nil
	}
	return n
}

func (o object) need(field string) *Node {
	n := o.at(field)
	if n == nil {
		o.r.fail(o.n, "%s has no %s", o.what, field)
	}
	return n
}

// text is a string member. A number is taken as it is written, since version: 1.0 is common.
func (o object) text(field string) Text {
	n := o.at(field)
	switch {
	case n == nil:
		return Text{Pos: o.n.Pos}
	case n.Kind != Leaf:
		o.r.fail(n, "%s has to be a string, not a %s", field, n.kind())
	}
	return Text{n.Text(), n.Pos}
}

func (o object) required(field string) Text {
	t := o.text(field)
	if t.S == "" {
		o.r.fail(o.n, "%s has no %s", o.what, field)
	}
	return t
}

// id is a name that expressions use, and so must not hold dots.
func (o object) id(field string) string {
	t := o.required(field)
	if t.S != "" && !strictID.MatchString(t.S) {
		o.r.warn(o.at(field), "%s %q has other than letters, digits, - and _: expressions cannot name it", field, t.S)
	}
	return t.S
}

// list are the elements of a member. One that must be there must not be empty.
func (o object) list(field string, must bool) []*Node {
	n := o.at(field)
	switch {
	case n == nil && must:
		o.r.fail(o.n, "%s has no %s", o.what, field)
		return nil
	case n == nil:
		return nil
	case n.Kind != Array:
		o.r.fail(n, "%s has to be a list, not a %s", field, n.kind())
		return nil
	case len(n.Items) == 0 && must:
		o.r.fail(n, "%s is empty", field)
	}
	return n.Items
}

func (o object) members(field string) []Member {
	n := o.at(field)
	if n != nil && n.Kind != Object {
		o.r.fail(n, "%s has to be an object, not a %s", field, n.kind())
		return nil
	}
	if n == nil {
		return nil
	}
	return n.Members
}

func (o object) texts(field string) (out []Text) {
	for _, n := range o.list(field, false) {
		if _, ok := n.Scalar.(string); !ok {
			o.r.fail(n, "%s is a list of strings", field)
			continue
		}
		out = append(out, Text{n.Text(), n.Pos})
	}
	return out
}

// number is a number of zero or more; a fallback where there is none.
func (o object) number(field string, fallback float64) float64 {
	n := o.at(field)
	if n == nil {
		return fallback
	}
	num, ok := n.Scalar.(json.Number)
	f, err := num.Float64()
	if !ok || err != nil || f < 0 {
		o.r.fail(n, "%s has to be a number of zero or more", field)
		return fallback
	}
	return f
}

// whole is number for what has no fraction.
func (o object) whole(field string, fallback int) int {
	f := o.number(field, float64(fallback))
	if f != float64(int(f)) {
		o.r.fail(o.at(field), "%s has to be a whole number", field)
		return fallback
	}
	return int(f)
}
