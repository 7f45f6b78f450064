package arazzo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a document may be at most: bytes, values with its aliases written out, and levels.
const (
	MaxBytes  = 4 << 20
	mostNodes = 200_000
	deepest   = 100
)

// SyntaxError is a document that is neither YAML nor JSON.
type SyntaxError struct {
	Pos  Pos
	What string
}

func (e *SyntaxError) Error() string {
	if e.Pos.Line == 0 {
		return e.What
	}
	return fmt.Sprintf("%s: %s", e.Pos, e.What)
}

// Read makes nodes of a document, JSON when it begins with a brace and YAML otherwise. The error is a
// [*SyntaxError].
func Read(data []byte) (*Node, error) {
	if len(data) > MaxBytes {
		return nil, &SyntaxError{What: fmt.Sprintf("the document is larger than %d MiB", MaxBytes>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	head := bytes.TrimLeft(data, " \t\r\n")
	if len(head) == 0 {
		return nil, &SyntaxError{What: "the document is empty"}
	}
	b := &builder{}
	if head[0] == '{' {
		return b.json(data)
	}
	return b.yaml(data)
}

type builder struct {
	nodes int
}

func (b *builder) count(depth int, at Pos) error {
	if b.nodes++; b.nodes > mostNodes {
		return &SyntaxError{at, fmt.Sprintf("the document holds more than %d values, aliases written out", mostNodes)}
	}
	if depth > deepest {
		return &SyntaxError{at, fmt.Sprintf("the document nests deeper than %d levels", deepest)}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func (b *builder) yaml(data []byte) (*Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		e := &SyntaxError{Pos{1, 1}, yamlLine.ReplaceAllString(err.Error(), "")}
		if m := yamlLine.FindStringSubmatch(err.Error()); m[1] != "" { // the first line is not numbered
			e.Pos.Line, _ = strconv.Atoi(m[1])
		}
		return nil, e
	}
	if len(doc.Content) == 0 {
		return nil, &SyntaxError{What: "the document is empty"}
	}
	return b.fromYAML(doc.Content[0], 0)
}

func (b *builder) fromYAML(y *yaml.Node, depth int) (*Node, error) {
	n := &Node{Pos: Pos{y.Line, y.Column}}
	if err := b.count(depth, n.Pos); err != nil {
		return nil, err
	}
	switch y.Kind {
	case yaml.AliasNode:
		out, err := b.fromYAML(y.Alias, depth+1)
		if err != nil {
			return nil, err
		}
		out.Pos = n.Pos
		return out, nil
	case yaml.SequenceNode:
		n.Kind = Array
		for _, y := range y.Content {
			item, err := b.fromYAML(y, depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, item)
		}
		return n, nil
	case yaml.MappingNode:
		n.Kind = Object
		seen := map[string]bool{}
		for i := 0; i+1 < len(y.Content); i += 2 {
			if err := b.memberYAML(n, seen, y.Content[i], y.Content[i+1], depth); err != nil {
				return nil, err
			}
		}
		return n, nil
	}
	n.Source = y.Value
	return n, scalar(n, y)
}

func (b *builder) memberYAML(n *Node, seen map[string]bool, key, v *yaml.Node, depth int) error {
	at := Pos{key.Line, key.Column}
	switch {
	case key.Kind != yaml.ScalarNode:
		return &SyntaxError{at, "a name of a member has to be a string"}
	case key.ShortTag() == "!!merge":
		return &SyntaxError{at, "merge keys (<<) are not part of JSON: write the members out"}
	case seen[key.Value]:
		return &SyntaxError{at, fmt.Sprintf("%q stands here twice", key.Value)}
	}
	child, err := b.fromYAML(v, depth+1)
	if err != nil {
		return err
	}
	seen[key.Value] = true
	n.Members = append(n.Members, Member{key.Value, at, child})
	return nil
}

// scalar reads a leaf by the tags of JSON; dates and the like are strings.
func scalar(n *Node, y *yaml.Node) error {
	switch y.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		n.Scalar = strings.EqualFold(y.Value, "true")
	case "!!int", "!!float":
		v, ok := number(y.Value)
		if !ok {
			return &SyntaxError{n.Pos, fmt.Sprintf("%s is no number of JSON", y.Value)}
		}
		n.Scalar = v
	case "!!binary":
		return &SyntaxError{n.Pos, "the tag !!binary is not part of JSON"}
	default:
		n.Scalar = y.Value
	}
	return nil
}

func (b *builder) json(data []byte) (*Node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	lines := newLines(data)
	n, err := b.fromJSON(d, lines, 0)
	if err == nil {
		after := lines.begin(d.InputOffset())
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return nil, &SyntaxError{after, "there is more after the document's end"}
		}
		return n, nil
	}
	var syntax *json.SyntaxError
	var own *SyntaxError
	switch {
	case errors.As(err, &own):
		return nil, err
	case errors.As(err, &syntax):
		return nil, &SyntaxError{lines.begin(max(0, syntax.Offset-1)), syntax.Error()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &SyntaxError{lines.at(int64(len(data))), "the document ends too early"}
	}
	return nil, &SyntaxError{lines.at(d.InputOffset()), err.Error()}
}

func (b *builder) fromJSON(d *json.Decoder, lines lines, depth int) (*Node, error) {
	from := d.InputOffset()
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	n := &Node{Pos: lines.begin(from)}
	if err := b.count(depth, n.Pos); err != nil {
		return nil, err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		n.Scalar = token
		if num, ok := token.(json.Number); ok {
			n.Source = num.String()
			if _, ok := number(n.Source); !ok {
				return nil, &SyntaxError{n.Pos, fmt.Sprintf("the number %s is out of range", n.Source)}
			}
		}
		return n, nil
	}
	seen := map[string]bool{}
	for n.Kind = Array; d.More(); {
		if delim == '{' {
			err = b.memberJSON(n, seen, d, lines, depth)
		} else {
			var item *Node
			item, err = b.fromJSON(d, lines, depth+1)
			n.Items = append(n.Items, item)
		}
		if err != nil {
			return nil, err
		}
	}
	if delim == '{' {
		n.Kind = Object
	}
	_, err = d.Token()
	return n, err
}

func (b *builder) memberJSON(n *Node, seen map[string]bool, d *json.Decoder, lines lines, depth int) error {
	at := lines.begin(d.InputOffset())
	token, err := d.Token()
	if err != nil {
		return err
	}
	name, ok := token.(string)
	if !ok || seen[name] {
		return &SyntaxError{at, fmt.Sprintf("%q stands here twice", token)}
	}
	child, err := b.fromJSON(d, lines, depth+1)
	if err != nil {
		return err
	}
	seen[name] = true
	n.Members = append(n.Members, Member{name, at, child})
	return nil
}
