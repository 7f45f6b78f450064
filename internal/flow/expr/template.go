package expr

import (
	"errors"
	"strings"

	"github.com/knockops/knockops/internal/flow/value"
)

// Template is a text: an expression and nothing else, a text with expressions in braces, or plain.
type Template struct {
	Whole bool // the text is one expression, whose value keeps its type
	Parts []Part
}

// Part of a template: an expression, or text when Expression is nil.
type Part struct {
	Text       string
	Expression *Expression
}

// ParseTemplate reads a text. What only looks like an expression is text; [Doubtful] tells why.
func ParseTemplate(s string) Template {
	if strings.HasPrefix(s, "$") {
		if e, err := Parse(s); err == nil {
			return Template{Whole: true, Parts: []Part{{Expression: &e}}}
		}
		return Template{Parts: []Part{{Text: s}}}
	}
	return ParseText(s)
}

// ParseText reads a text in which only what stands in braces is an expression, such as a condition.
func ParseText(s string) Template {
	var t Template
	text := func(s string) {
		if n := len(t.Parts); n > 0 && t.Parts[n-1].Expression == nil {
			t.Parts[n-1].Text += s
		} else if s != "" {
			t.Parts = append(t.Parts, Part{Text: s})
		}
	}
	for {
		at := strings.Index(s, "{$")
		end := -1
		if at >= 0 {
			end = strings.IndexByte(s[at:], '}')
		}
		if end < 0 {
			text(s)
			return t
		}
		text(s[:at])
		if e, err := Parse(s[at+1 : at+end]); err == nil {
			t.Parts = append(t.Parts, Part{Expression: &e})
		} else {
			text(s[at : at+end+1])
		}
		s = s[at+end+1:]
	}
}

// Expressions are the expressions of a template.
func (t Template) Expressions() (all []Expression) {
	for _, p := range t.Parts {
		if p.Expression != nil {
			all = append(all, *p.Expression)
		}
	}
	return all
}

// Doubtful says why a part of a text that looks like an expression is none; nil when nothing does.
func Doubtful(s string) error {
	whole := strings.HasPrefix(s, "$")
	for _, root := range []Root{Inputs, Steps, Response, Request, Message, Outputs, Workflows, Sources, Components} {
		if whole && strings.HasPrefix(s, string(root)+".") {
			_, err := Parse(s)
			return err
		}
		for rest := s; !whole; {
			at := strings.Index(rest, string(root)+".")
			if at < 0 {
				break
			}
			if at == 0 || rest[at-1] != '{' {
				return errors.New("the expression at " + clip(rest[at:]) + " is sent as text: put it in braces, as {" + clip(rest[at:]) + "}")
			}
			end := strings.IndexByte(rest[at:], '}')
			if end < 0 {
				return errors.New("the brace before " + clip(rest[at:]) + " is not closed")
			}
			if _, err := Parse(rest[at : at+end]); err != nil {
				return err
			}
			rest = rest[at+end:]
		}
	}
	return nil
}

// Fill fills a template in. The error is a [*Missing].
func (env *Env) Fill(t Template) (any, error) {
	if t.Whole {
		return env.Eval(*t.Parts[0].Expression)
	}
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Expression == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := env.Eval(*p.Expression)
		if err != nil {
			return nil, err
		}
		b.WriteString(value.Text(v))
	}
	return b.String(), nil
}
