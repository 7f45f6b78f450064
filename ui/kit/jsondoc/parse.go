package jsondoc

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/knockops/knockops/internal/termtext"
)

// Error says what is wrong with a document and where.
type Error struct {
	Offset  int // in bytes
	Message string
}

func (e *Error) Error() string { return e.Message }

// maxDepth is how deep arrays and objects may be nested, as in encoding/json.
const maxDepth = 10_000

// Parse reads a document of one value.
func Parse(data []byte) (*Doc, *Error) { return parse(data, false) }

// ParseStream reads any number of values, one after the other.
func ParseStream(data []byte) (*Doc, *Error) { return parse(data, true) }

func parse(data []byte, stream bool) (*Doc, *Error) {
	if len(data) > math.MaxInt32 {
		return nil, &Error{0, "the document is larger than 2 GB"}
	}
	p := parser{data: data}
	for n := int32(0); ; n++ {
		p.space()
		if p.at == len(p.data) && (n > 0 || stream) {
			return &Doc{data, p.nodes}, nil
		}
		if n > 0 && !stream {
			return nil, p.fail("unexpected %s after the value", p.found())
		}
		if err := p.value(-1, n, 0, [2]int{}); err != nil {
			return nil, err
		}
	}
}

type parser struct {
	data  []byte
	at    int
	nodes []Node
}

func (p *parser) fail(format string, args ...any) *Error { return p.failAt(p.at, format, args...) }

func (p *parser) failAt(offset int, format string, args ...any) *Error {
	return &Error{offset, fmt.Sprintf(format, args...)}
}

// found words what stands at the place where something else was expected.
func (p *parser) found() string {
	if p.at == len(p.data) {
		return "the end"
	}
	r, _ := utf8.DecodeRune(p.data[p.at:])
	return fmt.Sprintf("%q", r)
}

func (p *parser) peek() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// value reads the value at p.at as the index-th of its parent.
func (p *parser) value(parent, index int32, depth int, key [2]int) *Error {
	if depth > maxDepth {
		return p.fail("nested more than %d deep", maxDepth)
	}
	i := int32(len(p.nodes))
	p.nodes = append(p.nodes, Node{
		Start: int32(p.at), KeyStart: int32(key[0]), KeyEnd: int32(key[1]), Parent: parent, Index: index,
	})
	kind, err := Null, (*Error)(nil)
	var children int32
	switch c := p.peek(); {
	case c == '{':
		kind = Object
		children, err = p.members(i, depth, '}')
	case c == '[':
		kind = Array
		children, err = p.members(i, depth, ']')
	case c == '"':
		kind = String
		err = p.text()
	case c == '-' || c >= '0' && c <= '9':
		kind = Number
		err = p.number()
	default:
		kind, err = p.word()
	}
	n := &p.nodes[i]
	n.Kind, n.Children, n.End, n.Next = kind, children, int32(p.at), int32(len(p.nodes))
	return err
}

// members reads an array or an object up to its closing bracket.
func (p *parser) members(parent int32, depth int, closing byte) (n int32, err *Error) {
	open := p.at
	p.at++
	p.space()
	if p.peek() == closing {
		p.at++
		return 0, nil
	}
	for ; ; n++ {
		var key [2]int
		if closing == '}' {
			if key, err = p.key(); err != nil {
				return n, err
			}
		}
		if err := p.value(parent, n, depth+1, key); err != nil {
			return n, err
		}
		p.space()
		switch p.peek() {
		case closing:
			p.at++
			return n + 1, nil
		case ',':
			comma := p.at
			p.at++
			p.space()
			if p.peek() == closing {
				return n, p.failAt(comma, "trailing comma before %c", closing)
			}
		default:
			if p.at == len(p.data) {
				line, _ := termtext.Position(p.data, open)
				return n, p.fail("the %c of line %d is never closed", p.data[open], line)
			}
			return n, p.fail("missing comma or %c before %s", closing, p.found())
		}
	}
}

// key reads a key and its colon, up to the value.
func (p *parser) key() (key [2]int, err *Error) {
	if p.peek() != '"' {
		return key, p.fail("expected a key in double quotes, not %s", p.found())
	}
	key[0] = p.at
	if err := p.text(); err != nil {
		return key, err
	}
	key[1] = p.at
	p.space()
	if p.peek() != ':' {
		return key, p.fail("expected a colon after the key, not %s", p.found())
	}
	p.at++
	p.space()
	return key, nil
}

// text reads a string with its quotes.
func (p *parser) text() *Error {
	open := p.at
	p.at++
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return nil
		case c == '\\':
			if err := p.escape(); err != nil {
				return err
			}
		case c == '\n':
			return p.failAt(open, "this string is not closed on its line: write a line feed as \\n")
		case c < 0x20:
			return p.fail("a control character must be escaped: \\u%04x", c)
		case c < utf8.RuneSelf:
			p.at++
		default:
			r, size := utf8.DecodeRune(p.data[p.at:])
			if r == utf8.RuneError && size == 1 {
				return p.fail("invalid UTF-8")
			}
			p.at += size
		}
	}
	return p.failAt(open, "unclosed string: missing a double quote")
}

func (p *parser) escape() *Error {
	rest := p.data[p.at+1:]
	if len(rest) > 0 && bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0 {
		p.at += 2
		return nil
	}
	if len(rest) >= 5 && rest[0] == 'u' {
		for _, c := range rest[1:5] {
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return p.fail("expected four hexadecimal digits after \\u")
			}
		}
		p.at += 6
		return nil
	}
	return p.fail("invalid escape: write a backslash as \\\\")
}

func (p *parser) number() *Error {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	switch c := p.peek(); {
	case c == '0':
		p.at++
		if c := p.peek(); c >= '0' && c <= '9' {
			return p.failAt(start, "a number cannot start with 0")
		}
	case !p.digits():
		return p.fail("expected a digit after the minus, not %s", p.found())
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return p.fail("expected a digit after the point, not %s", p.found())
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return p.fail("expected a digit after the exponent, not %s", p.found())
		}
	}
	return nil
}

func (p *parser) digits() bool {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > start
}

func (p *parser) word() (Kind, *Error) {
	end := p.at
	for end < len(p.data) && (p.data[end]|0x20 >= 'a' && p.data[end]|0x20 <= 'z') {
		end++
	}
	kind := Bool
	switch word := string(p.data[p.at:min(end, p.at+40)]); word {
	case "true", "false":
	case "null":
		kind = Null
	case "":
		if p.peek() == '\'' {
			return kind, p.fail("strings take double quotes, not single quotes")
		}
		return kind, p.fail("expected a value, not %s", p.found())
	default:
		return kind, p.fail("%s is not a value: put text in double quotes, or use true, false or null", word)
	}
	p.at = end
	return kind, nil
}
