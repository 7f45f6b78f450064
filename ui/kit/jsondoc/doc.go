// Package jsondoc reads JSON into a flat list of nodes that point into the
// text: what a viewer and an editor need to know of a document, and no copy of
// its values.
package jsondoc

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Node is a value of a document. Offsets are in bytes.
type Node struct {
	Kind             Kind
	Start, End       int32 // the value, with quotes or brackets
	KeyStart, KeyEnd int32 // its key, with quotes; both 0 outside of objects
	Parent           int32 // index of the array or object around it, -1 at the top
	Next             int32 // index of the first node that is not inside this one
	Index            int32 // place among the values of its parent
	Children         int32
}

// Container reports whether the node is an array or an object.
func (n Node) Container() bool { return n.Kind >= Array }

// Doc is a document: its text and its values, each before those inside it.
type Doc struct {
	Data  []byte
	Nodes []Node
}

// Value returns the text of a node.
func (d *Doc) Value(i int) []byte { return d.Data[d.Nodes[i].Start:d.Nodes[i].End] }

// Key returns the text of a node's key with its quotes, empty when it has none.
func (d *Doc) Key(i int) []byte { return d.Data[d.Nodes[i].KeyStart:d.Nodes[i].KeyEnd] }

// key returns a node's key without quotes and escapes.
func (d *Doc) key(i int) string {
	var s string
	if json.Unmarshal(d.Key(i), &s) != nil {
		return "" // Parse checked every key that there is
	}
	return s
}

// Path returns the jq path of a node: .data.items[0]["odd key"].
func (d *Doc) Path(i int) string {
	var parts []string
	for ; d.Nodes[i].Parent >= 0; i = int(d.Nodes[i].Parent) {
		n := d.Nodes[i]
		switch {
		case n.KeyEnd == 0:
			parts = append(parts, "["+strconv.Itoa(int(n.Index))+"]")
		case identifier(d.key(i)):
			parts = append(parts, "."+d.key(i))
		default:
			parts = append(parts, "["+string(d.Key(i))+"]")
		}
	}
	var b strings.Builder
	if len(parts) == 0 || parts[len(parts)-1][0] == '[' {
		b.WriteByte('.')
	}
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return b.String()
}

func identifier(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// Find returns the node at a JSON pointer (RFC 6901). When only the start of
// the path exists, it returns the last node on it and false.
func (d *Doc) Find(pointer string) (i int, ok bool) {
	if pointer == "" {
		return 0, len(d.Nodes) > 0
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		child, found := d.child(i, part)
		if !found {
			return i, false
		}
		i = child
	}
	return i, true
}

func (d *Doc) child(i int, name string) (int, bool) {
	if i >= len(d.Nodes) || !d.Nodes[i].Container() {
		return 0, false
	}
	parent := d.Nodes[i]
	for c := i + 1; c < int(parent.Next); c = int(d.Nodes[c].Next) {
		if parent.Kind == Object && d.key(c) == name || parent.Kind == Array && strconv.Itoa(int(d.Nodes[c].Index)) == name {
			return c, true
		}
	}
	return 0, false
}
