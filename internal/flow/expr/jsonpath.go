package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	yaml "github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath"
	"github.com/pb33f/jsonpath/pkg/jsonpath/config"

	"github.com/knockops/knockops/internal/flow/value"
)

// Path is a compiled JSONPath query (RFC 9535).
type Path struct {
	query *jsonpath.JSONPath
	// Comparison says that the text was a comparison, such as $.status == "done", and no query. It
	// is read as the filter of a query over one element, the context.
	Comparison bool
}

// ParsePath compiles a query. Its error is the parser's, without its drawing.
func ParsePath(s string) (*Path, error) {
	q, err := compilePath(s)
	if err != nil {
		return nil, err
	}
	return &Path{query: q}, nil
}

// ParsePathCondition compiles the condition of a criterion of type jsonpath. Many documents write a
// comparison there, which is no query; it is taken for what it means.
func ParsePathCondition(s string) (*Path, error) {
	q, err := compilePath(s)
	if err == nil {
		return &Path{query: q}, nil
	}
	if filter, ok := asFilter(s); ok {
		if q, ferr := compilePath("$[?" + filter + "]"); ferr == nil {
			return &Path{q, true}, nil
		}
	}
	return nil, err
}

func compilePath(s string) (q *jsonpath.JSONPath, err error) {
	defer func() {
		if recover() != nil { // a document's text must not end the program, whatever the parser makes of it
			err = errors.New("the query cannot be read")
		}
	}()
	if !strings.HasPrefix(s, "$") {
		return nil, errors.New("a JSONPath query begins with $")
	}
	q, err = jsonpath.NewPath(s, config.WithStrictRFC9535())
	if err != nil {
		words, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New(words)
	}
	return q, nil
}

var length = regexp.MustCompile(`@((?:\.[A-Za-z_][\w-]*|\[[^\]]*\])*)\.length\b`)

// asFilter turns a comparison into a filter: the root of its paths becomes the element that is
// looked at, and .length the function.
func asFilter(s string) (string, bool) {
	if !strings.ContainsAny(s, "=<>!&|(") {
		return "", false
	}
	var b strings.Builder
	quote := byte(0)
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '$':
			c = '@'
		}
		b.WriteByte(c)
	}
	return length.ReplaceAllString(b.String(), "length(@$1)"), quote == 0
}

// Select gives what a query finds in a context.
func (p *Path) Select(context any) (found []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			found, err = nil, fmt.Errorf("the query cannot be evaluated: %v", r)
		}
	}()
	if p.Comparison {
		context = []any{context}
	}
	for _, n := range p.query.Query(document(context)) {
		found = append(found, fromNode(n))
	}
	return found, nil
}

// Replace sets everything that a query finds in root, in place, and returns the root.
func (p *Path) Replace(root, v any) (any, error) {
	doc := document(root)
	found := p.query.Query(doc)
	if len(found) == 0 {
		return nil, errors.New("the query finds nothing in the payload")
	}
	for _, n := range found {
		*n = *toNode(v)
	}
	return fromNode(doc.Content[0]), nil
}

func document(v any) *yaml.Node {
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{toNode(v)}}
}

// toNode makes of a value what the JSONPath library reads.
func toNode(v any) *yaml.Node {
	switch v := v.(type) {
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: string(v)}
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: string(v)}
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, x := range v {
			n.Content = append(n.Content, toNode(x))
		}
		return n
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, k := range value.Names(v) {
			n.Content = append(n.Content, toNode(k), toNode(v[k]))
		}
		return n
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: fmt.Sprint(v)}
}

func fromNode(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return fromNode(n.Content[0])
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, x := range n.Content {
			out[i] = fromNode(x)
		}
		return out
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = fromNode(n.Content[i+1])
		}
		return out
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}
