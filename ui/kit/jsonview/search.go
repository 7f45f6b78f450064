package jsonview

import (
	"bytes"
	"sort"

	"github.com/knockops/knockops/ui/kit/jsondoc"
)

// Search finds keys and values that contain s, whatever the case of ASCII
// letters, and returns how many do. It does not move; Next and Prev do.
func (v *Viewer) Search(s string) int {
	v.query = s
	v.matches = v.matches[:0]
	if s == "" {
		return 0
	}
	needle := lower([]byte(s))
	if v.shown.doc == nil {
		for i, line := range v.shown.lines {
			if bytes.Contains(lower([]byte(line)), needle) {
				v.matches = append(v.matches, i)
			}
		}
		return len(v.matches)
	}
	hay := lower(v.shown.doc.Data)
	last := -1
	for at := 0; ; at++ {
		i := bytes.Index(hay[at:], needle)
		if i < 0 {
			return len(v.matches)
		}
		at += i
		if node := nodeAt(v.shown.doc, at, at+len(needle)); node > last {
			v.matches = append(v.matches, node)
			last = node
		}
	}
}

// nodeAt returns the node whose key or plain value covers a range, or -1.
func nodeAt(doc *jsondoc.Doc, from, to int) int {
	begin := func(n jsondoc.Node) int {
		if n.KeyEnd > 0 {
			return int(n.KeyStart)
		}
		return int(n.Start)
	}
	i := sort.Search(len(doc.Nodes), func(i int) bool { return begin(doc.Nodes[i]) > from }) - 1
	if i < 0 {
		return -1
	}
	n := doc.Nodes[i]
	if to <= int(n.KeyEnd) || !n.Container() && from >= int(n.Start) && to <= int(n.End) {
		return i
	}
	return -1
}

// lower returns b with ASCII letters in lower case; offsets stay what they are.
func lower(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

// at returns the place of the cursor in terms of matches.
func (v *Viewer) at() int {
	if i, ok := v.node(); ok {
		return i
	}
	return v.cursor
}

// Next moves to the next match behind the cursor, from the last to the first.
func (v *Viewer) Next() {
	at := v.at()
	v.goToMatch(sort.Search(len(v.matches), func(i int) bool { return v.matches[i] > at }))
}

// Prev moves to the last match ahead of the cursor, from the first to the last.
func (v *Viewer) Prev() {
	at := v.at()
	v.goToMatch(sort.SearchInts(v.matches, at) - 1)
}

func (v *Viewer) goToMatch(i int) {
	n := len(v.matches)
	if n == 0 {
		return
	}
	target := v.matches[(i+n)%n]
	if v.shown.doc == nil {
		v.moveTo(target)
		return
	}
	v.reveal(target)
}
