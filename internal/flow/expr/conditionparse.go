package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// deepest is how far brackets of a condition may nest.
const deepest = 100

// ParseCondition reads a simple condition.
func ParseCondition(s string) (*Condition, error) {
	p := &parser{in: s}
	n, err := p.or(0)
	if err == nil {
		if p.space(); p.at < len(p.in) {
			err = p.fail("%q cannot follow", clip(p.in[p.at:]))
		}
	}
	if err != nil {
		return nil, err
	}
	return &Condition{n}, nil
}

type parser struct {
	in string
	at int
}

func (p *parser) fail(format string, args ...any) error {
	return fmt.Errorf("at character %d: %s", p.at+1, fmt.Sprintf(format, args...))
}

func (p *parser) space() {
	for p.at < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.at]) >= 0 {
		p.at++
	}
}

// take moves past s when it comes next.
func (p *parser) take(s string) bool {
	p.space()
	if !strings.HasPrefix(p.in[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *parser) or(depth int) (node, error) { return p.series(depth, "||", p.and) }

func (p *parser) and(depth int) (node, error) { return p.series(depth, "&&", p.not) }

func (p *parser) series(depth int, op string, part func(int) (node, error)) (node, error) {
	var all []node
	for {
		n, err := part(depth)
		if err != nil {
			return nil, err
		}
		if all = append(all, n); !p.take(op) {
			break
		}
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case op == "||":
		return logical{or: all}, nil
	}
	return logical{and: all}, nil
}

func (p *parser) not(depth int) (node, error) {
	if depth > deepest {
		return nil, p.fail("it nests too deep")
	}
	p.space()
	if strings.HasPrefix(p.in[p.at:], "!") && !strings.HasPrefix(p.in[p.at:], "!=") {
		p.at++
		n, err := p.not(depth + 1)
		return not{n}, err
	}
	return p.comparison(depth)
}

func (p *parser) comparison(depth int) (node, error) {
	p.space()
	from := p.at
	left, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	leftText := strings.TrimSpace(p.in[from:p.at])
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if !p.take(op) {
			continue
		}
		p.space()
		from = p.at
		right, err := p.operand(depth)
		if err != nil {
			return nil, err
		}
		return comparison{op, left, right, leftText, strings.TrimSpace(p.in[from:p.at])}, nil
	}
	if p.space(); strings.HasPrefix(p.in[p.at:], "=") {
		return nil, p.fail("equality is written ==")
	}
	return left, nil
}

func (p *parser) operand(depth int) (node, error) {
	p.space()
	if p.at == len(p.in) {
		return nil, p.fail("a value is missing")
	}
	switch c := p.in[p.at]; {
	case c == '!':
		return p.not(depth + 1)
	case c == '(':
		p.at++
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, p.fail("a bracket is not closed")
		}
		return p.access(n)
	case c == '\'' || c == '"':
		return p.quoted(c)
	case c == '$':
		return p.reference(1, "")
	case strings.HasPrefix(p.in[p.at:], "{$"):
		n, err := p.reference(2, "}")
		if err == nil && !p.take("}") {
			err = p.fail("a brace is not closed")
		}
		return n, err
	}
	return p.word()
}

// access reads dots and brackets after a group.
func (p *parser) access(n node) (node, error) {
	from := p.at
	for p.at < len(p.in) && (p.in[p.at] == '.' || p.in[p.at] == '[') {
		p.skipAccessor()
	}
	if p.at == from {
		return n, nil
	}
	path, err := accessors(p.in[from:p.at])
	if err != nil {
		return nil, err
	}
	return accessed{n, path}, nil
}

func (p *parser) skipAccessor() {
	if p.in[p.at] == '[' {
		if end := strings.IndexByte(p.in[p.at:], ']'); end >= 0 {
			p.at += end + 1
			return
		}
		p.at = len(p.in)
		return
	}
	p.at++
	for p.at < len(p.in) && !strings.ContainsRune(" \t\r\n.[]()!=<>&|", rune(p.in[p.at])) {
		p.at++
	}
}

// quoted reads a string; a quote in it is doubled. The specification has single quotes; double ones
// are common and mean the same.
func (p *parser) quoted(quote byte) (node, error) {
	from := p.at
	var b strings.Builder
	for p.at++; p.at < len(p.in); p.at++ {
		if c := p.in[p.at]; c != quote {
			b.WriteByte(c)
			continue
		}
		if p.at+1 < len(p.in) && p.in[p.at+1] == quote {
			b.WriteByte(quote)
			p.at++
			continue
		}
		p.at++
		return literal{p.in[from:p.at], b.String()}, nil
	}
	p.at = from
	return nil, p.fail("a string is not closed")
}

// reference reads a runtime expression: up to a space, a bracket that it did not open, or an
// operator.
func (p *parser) reference(skip int, stop string) (node, error) {
	from := p.at + skip - 1
	p.at += skip
	for p.at < len(p.in) {
		rest := p.in[p.at:]
		if p.in[p.at] == '[' {
			if end := strings.IndexByte(rest, ']'); end > 0 {
				p.at += end + 1
				continue
			}
		}
		if strings.IndexByte(" \t\r\n()<>"+stop, p.in[p.at]) >= 0 || operator(rest) {
			break
		}
		p.at++
	}
	e, err := Parse(p.in[from:p.at])
	if errors.Is(err, ErrNotExpression) {
		p.at = from
		return nil, p.fail("%v", err)
	}
	return reference{e}, err
}

func operator(s string) bool {
	for _, op := range []string{"==", "!=", "&&", "||"} {
		if strings.HasPrefix(s, op) {
			return true
		}
	}
	return false
}

// word reads true, false, null or a number.
func (p *parser) word() (node, error) {
	from := p.at
	for p.at < len(p.in) && !strings.ContainsRune(" \t\r\n()!=<>&|'\"", rune(p.in[p.at])) {
		p.at++
	}
	switch w := p.in[from:p.at]; {
	case w == "true" || w == "false":
		return literal{w, w == "true"}, nil
	case w == "null":
		return literal{w, nil}, nil
	case w == "":
		return nil, p.fail("%q is no value", clip(p.in[p.at:]))
	case json.Valid([]byte(w)) && strings.Trim(w, "+-.eE0123456789") == "":
		return literal{w, json.Number(w)}, nil
	default:
		p.at = from
		return nil, p.fail("%q is no value: a string stands in single quotes, as '%s'", w, w)
	}
}
