package liquid

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expr gives a value.
type expr interface {
	eval(*renderer) any
}

type (
	literal  struct{ value any }
	variable struct {
		name string
		path []expr // each a name or a place
	}
	span struct{ from, to expr }
)

// filtered is a value that goes through filters.
type filtered struct {
	of      expr
	filters []call
}

type call struct {
	name  string
	args  []expr
	named map[string]expr
}

// condition holds or does not; nil always holds.
type condition func(*renderer) bool

// lexer reads an expression lexeme by lexeme.
type lexer struct{ words []string }

// maxWord bounds a name, which is looked up again and again.
const maxWord = 200

func lex(s string) *lexer {
	l := &lexer{}
	for {
		if s = strings.TrimLeft(s, space); s == "" {
			return l
		}
		n := lexeme(s)
		word := s[:n]
		if s[0] != '"' && s[0] != '\'' && n > maxWord {
			word = word[:maxWord]
		}
		l.words = append(l.words, word)
		s = s[n:]
	}
}

// lexeme is how long the first one is: a text in quotes, a number, a name, a sign.
func lexeme(s string) int {
	switch c := s[0]; {
	case c == '"' || c == '\'':
		if n := strings.IndexByte(s[1:], c); n >= 0 {
			return n + 2
		}
		return len(s)
	case digit(c), c == '-' && len(s) > 1 && digit(s[1]):
		n := 1 + run(s[1:], digit)
		if n+1 < len(s) && s[n] == '.' && digit(s[n+1]) {
			n += 1 + run(s[n+1:], digit)
		}
		return n
	case letter(c):
		n := run(s, func(c byte) bool { return letter(c) || digit(c) || c == '-' })
		if n < len(s) && s[n] == '?' {
			n++
		}
		return n
	case len(s) > 1 && slices.Contains(pairs, s[:2]):
		return 2
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

var pairs = []string{"..", "==", "!=", "<>", "<=", ">="}

// run is how many bytes in front are of a kind.
func run(s string, of func(byte) bool) int {
	n := 0
	for n < len(s) && of(s[n]) {
		n++
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (l *lexer) done() bool { return len(l.words) == 0 }

func (l *lexer) peek() string {
	if l.done() {
		return ""
	}
	return l.words[0]
}

func (l *lexer) take() string {
	word := l.peek()
	if word != "" {
		l.words = l.words[1:]
	}
	return word
}

func (l *lexer) accept(word string) bool {
	if l.peek() != word {
		return false
	}
	l.take()
	return true
}

func parseFiltered(s string) filtered {
	l := lex(s)
	return l.filtered()
}

// filtered reads a value with what is behind it, up to the end.
func (l *lexer) filtered() filtered {
	f := filtered{of: l.value(0)}
	for l.accept("|") {
		c := call{name: l.take(), named: map[string]expr{}}
		if l.accept(":") {
			for more := true; more && !l.done(); more = l.accept(",") {
				if len(l.words) > 1 && l.words[1] == ":" {
					name := l.take()
					l.take()
					c.named[name] = l.value(0)
					continue
				}
				c.args = append(c.args, l.value(0))
			}
		}
		f.filters = append(f.filters, c)
	}
	return f
}

var words = map[string]any{"nil": nil, "null": nil, "true": true, "false": false, "empty": blank{}, "blank": blank{}}

// blank is equal to whatever has nothing in it.
type blank struct{}

// value reads a literal, a range, or a variable with its path.
func (l *lexer) value(depth int) expr {
	word := l.take()
	switch {
	case word == "":
		return literal{}
	case word[0] == '"' || word[0] == '\'':
		return literal{strings.Trim(word, word[:1])} // it holds none of these but at its ends
	case word == "(" && depth < maxDepth:
		from := l.value(depth + 1)
		l.accept("..")
		to := l.value(depth + 1)
		l.accept(")")
		return span{from, to}
	case digit(word[0]), word[0] == '-':
		return literal{number(word)}
	}
	if v, is := words[word]; is {
		return literal{v}
	}
	v := variable{name: word}
	for {
		switch {
		case l.accept("."):
			v.path = append(v.path, literal{l.take()})
		case l.peek() == "[" && depth < maxDepth:
			l.take()
			v.path = append(v.path, l.value(depth+1))
			l.accept("]")
		default:
			return v
		}
	}
}

// number reads a number: whole ones stay whole, and too long ones as they are.
func number(s string) any {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err == nil:
		return n
	case errors.Is(err, strconv.ErrRange):
		return json.Number(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return f
}

// parseCondition reads comparisons joined with and/or, which Liquid reads from the right, all of one weight.
func parseCondition(s string, negate bool) condition {
	l := lex(s)
	type joined struct {
		holds condition
		with  string // the word before it
	}
	all := []joined{{holds: l.comparison()}}
	for !l.done() {
		if word := l.take(); word == "and" || word == "or" {
			all = append(all, joined{l.comparison(), word})
		}
	}
	return func(r *renderer) bool {
		last := len(all) - 1
		result := all[last].holds(r)
		for i := last - 1; i >= 0; i-- {
			holds := all[i].holds(r)
			if all[i+1].with == "and" {
				result = holds && result
			} else {
				result = holds || result
			}
		}
		return result != negate
	}
}

func (l *lexer) comparison() condition {
	left := l.value(0)
	switch op := l.peek(); op {
	case "==", "!=", "<>", "<", ">", "<=", ">=", "contains":
		l.take()
		right := l.value(0)
		return func(r *renderer) bool { return r.compare(op, left.eval(r), right.eval(r)) }
	}
	return func(r *renderer) bool { return truth(left.eval(r)) }
}

// anyOf is the condition of a when: the subject is one of a list.
func anyOf(subject filtered, s string) condition {
	l := lex(s)
	of := []expr{l.value(0)}
	for l.accept(",") || l.accept("or") {
		of = append(of, l.value(0))
	}
	return func(r *renderer) bool {
		v := r.filter(subject)
		for _, e := range of {
			if r.compare("==", v, e.eval(r)) {
				return true
			}
		}
		return false
	}
}

// String is the variable as it is written.
func (e variable) String() string {
	s := e.name
	for _, p := range e.path {
		if l, is := p.(literal); is {
			s += "." + text(l.value)
		} else {
			s += "[]"
		}
	}
	return s
}
