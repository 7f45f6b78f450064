package arazzo

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/knockops/knockops/internal/flow/value"
)

// Pos is a place in a document; lines and columns count from 1.
type Pos struct{ Line, Column int }

func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Node is a JSON value that knows where it stands.
type Node struct {
	Pos     Pos
	Scalar  any // of a leaf: nil, bool, string or json.Number
	Source  string
	Items   []*Node  // of an array
	Members []Member // of an object, in order
	Kind    Kind
}

// Member of an object.
type Member struct {
	Name  string
	Pos   Pos
	Value *Node
}

// Kind is the type of a node.
type Kind int

// The kinds.
const (
	Leaf Kind = iota
	Array
	Object
)

// Any is the value without its places.
func (n *Node) Any() any {
	switch n.Kind {
	case Array:
		out := make([]any, len(n.Items))
		for i, x := range n.Items {
			out[i] = x.Any()
		}
		return out
	case Object:
		out := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			out[m.Name] = m.Value.Any()
		}
		return out
	}
	return n.Scalar
}

// Member finds a member of an object; nil when there is none.
func (n *Node) Member(name string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Text is a leaf as it is written.
func (n *Node) Text() string {
	if n == nil || n.Kind != Leaf {
		return ""
	}
	if s, ok := n.Scalar.(string); ok {
		return s
	}
	return n.Source
}

// kind names a node's type in JSON's words.
func (n *Node) kind() string {
	switch n.Kind {
	case Array:
		return "array"
	case Object:
		return "object"
	}
	return value.Kind(n.Scalar)
}

// Walk visits every leaf below n that is a string.
func (n *Node) Walk(visit func(*Node)) {
	if n == nil {
		return
	}
	if _, ok := n.Scalar.(string); ok && n.Kind == Leaf {
		visit(n)
	}
	for _, x := range n.Items {
		x.Walk(visit)
	}
	for _, m := range n.Members {
		m.Value.Walk(visit)
	}
}

// number reads a number that a float can hold; more digits are kept, but not 1e999999999, which
// whoever computes with it would choke on.
func number(s string) (any, bool) {
	if _, err := strconv.ParseFloat(s, 64); err == nil && json.Valid([]byte(s)) {
		return json.Number(s), true
	}
	if i, err := strconv.ParseInt(s, 0, 64); err == nil { // 0x1f, 0o17, 1_000
		return json.Number(strconv.FormatInt(i, 10)), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f-f != 0 { // .inf and .nan are no JSON
		return nil, false
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), true
}
