package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseWorld reads YAML strictly and checks that the world holds together.
func parseWorld(raw []byte) (*World, error) {
	w := &World{}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(w); err != nil && !errors.Is(err, io.EOF) {
		return nil, readable(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return nil, readable(err)
	}
	if f := w.check(); f != nil {
		if line := lineOf(&root, f.path); line > 0 {
			return nil, fmt.Errorf("line %d: %w", line, f)
		}
		return nil, f
	}
	return w, nil
}

var (
	unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)
	wrongKind  = regexp.MustCompile("cannot unmarshal !!(\\w+) (`[^`]*`) into (\\S+)")
	wrongMap   = regexp.MustCompile(`cannot unmarshal !!(\w+) into (\S+)`)
)

// readable takes the names of Go types out of the library's messages.
func readable(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text = unknownKey.ReplaceAllString(text, "unknown key $1")
	text = wrongKind.ReplaceAllStringFunc(text, func(s string) string {
		m := wrongKind.FindStringSubmatch(s)
		return m[2] + " is not " + kindName(m[3])
	})
	text = wrongMap.ReplaceAllStringFunc(text, func(s string) string {
		m := wrongMap.FindStringSubmatch(s)
		return "this is a " + m[1] + ", not " + kindName(m[2])
	})
	return errors.New(strings.ReplaceAll(text, "\n  ", "; "))
}

func kindName(goType string) string {
	switch {
	case goType == "int":
		return "a whole number"
	case goType == "bool":
		return "true or false"
	case goType == "string":
		return "text"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	}
	return "a map of keys and values"
}

// lineOf finds where path leads in the document; a key that is missing there
// gives the line of what should have it.
func lineOf(n *yaml.Node, path []any) int {
	if n.Kind == yaml.DocumentNode {
		if len(n.Content) == 0 {
			return 0
		}
		n = n.Content[0]
	}
	line := n.Line
	for _, part := range path {
		next := child(n, part)
		if next == nil {
			return line
		}
		n, line = next, next.Line
	}
	return line
}

func child(n *yaml.Node, part any) *yaml.Node {
	if i, ok := part.(int); ok {
		if n.Kind == yaml.SequenceNode && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == part {
			return n.Content[i+1]
		}
	}
	return nil
}

// flaw is something wrong with a world, and where.
type flaw struct {
	path []any
	text string
}

func (f *flaw) Error() string {
	var at strings.Builder
	for _, part := range f.path {
		switch p := part.(type) {
		case int:
			fmt.Fprintf(&at, "[%d]", p)
		default:
			if at.Len() > 0 {
				at.WriteByte('.')
			}
			fmt.Fprint(&at, p)
		}
	}
	return at.String() + ": " + f.text
}
