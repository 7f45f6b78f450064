package liquid

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// node is a piece of a template that can be executed.
type node interface {
	do(*renderer) signal
}

// signal is how a piece ended.
type signal int

const (
	goOn signal = iota
	breakLoop
	nextRound
)

type (
	textNode   string
	outputNode struct{ of filtered }
	assignNode struct {
		name string
		of   filtered
	}
	captureNode struct {
		name string
		body []node
	}
	countNode struct { // increment and decrement
		name string
		by   int64
	}
	cycleNode struct {
		group string
		of    []expr
	}
	chooseNode struct { // if, unless and case
		ways []way
	}
	forNode struct {
		name          string
		in            expr
		limit, offset expr
		reversed      bool
		body, empty   []node
		hasEmpty      bool
	}
	partialNode string
	unknownNode string
	signalNode  signal
)

// way is a branch that is taken where its condition holds; one without is always taken.
type way struct {
	when condition
	body []node
}

// parser makes nodes of tokens.
type parser struct {
	tokens   []token
	at       int
	problems []string
}

func (p *parser) problem(what string) { p.problems = listed(p.problems, what) }

// block reads nodes up to a tag of the given names, which is left to be read, or to the end.
func (p *parser) block(depth int, ends ...string) (nodes []node) {
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		name, rest := t.tag()
		if t.kind == tagToken && slices.Contains(ends, name) {
			return nodes
		}
		p.at++
		switch {
		case t.kind == textToken:
			nodes = append(nodes, textNode(t.text))
		case t.kind == outputToken:
			nodes = append(nodes, outputNode{parseFiltered(t.text)})
		case depth == maxDepth:
			p.problem("blocks within blocks, more than " + strconv.Itoa(maxDepth) + " deep")
		default:
			if n := p.tag(name, rest, depth+1); n != nil {
				nodes = append(nodes, n)
			}
		}
	}
	if len(ends) > 0 {
		p.problem("a block that has no {% " + ends[len(ends)-1] + " %}")
	}
	return nodes
}

// next reads the tag that ended a block; "" at the end of the template.
func (p *parser) next() (name, rest string) {
	if p.at == len(p.tokens) {
		return "", ""
	}
	p.at++
	return p.tokens[p.at-1].tag()
}

var (
	assignment = regexp.MustCompile(`^([\w-]+)\s*=\s*(.+)$`)
	partialKey = regexp.MustCompile(`^["']([^"']*)["']`)
)

func (p *parser) tag(name, rest string, depth int) node {
	switch name {
	case "if", "unless":
		return p.choice(parseCondition(rest, name == "unless"), name, depth)
	case "case":
		return p.cases(rest, depth)
	case "for":
		return p.loop(rest, depth)
	case "assign":
		if m := assignment.FindStringSubmatch(rest); m != nil {
			return assignNode{m[1], parseFiltered(m[2])}
		}
	case "capture":
		body := p.block(depth, "endcapture")
		p.next()
		return captureNode{strings.Trim(rest, `"'`), body}
	case "increment":
		return countNode{rest, 1}
	case "decrement":
		return countNode{rest, -1}
	case "cycle":
		return parseCycle(rest)
	case "echo":
		return outputNode{parseFiltered(rest)}
	case "render", "include":
		key := rest
		if m := partialKey.FindStringSubmatch(rest); m != nil {
			key = m[1]
		}
		return partialNode(key)
	case "break":
		return signalNode(breakLoop)
	case "continue":
		return signalNode(nextRound)
	}
	if strings.HasPrefix(name, "end") || strings.HasPrefix(name, "#") || name == "" {
		return nil // the end of what was not known here, or a comment
	}
	return unknownNode(name)
}

// choice reads the branches of an if or unless.
func (p *parser) choice(when condition, name string, depth int) node {
	end := "end" + name
	var c chooseNode
	for {
		c.ways = append(c.ways, way{when, p.block(depth, "elsif", "else", end)})
		switch word, rest := p.next(); word {
		case "elsif":
			when = parseCondition(rest, false)
		case "else":
			when = nil
		default:
			return c
		}
	}
}

func (p *parser) cases(rest string, depth int) node {
	subject := parseFiltered(rest)
	p.block(depth, "when", "else", "endcase") // what stands before the first is not shown
	var c chooseNode
	for {
		word, rest := p.next()
		var when condition
		switch word {
		case "when":
			when = anyOf(subject, rest)
		case "else":
		default:
			return c
		}
		c.ways = append(c.ways, way{when, p.block(depth, "when", "else", "endcase")})
	}
}

var loopHead = regexp.MustCompile(`^([\w-]+)\s+in\s+(.+)$`)

func (p *parser) loop(rest string, depth int) node {
	f := forNode{}
	if m := loopHead.FindStringSubmatch(rest); m != nil {
		f.name = m[1]
		l := lex(m[2])
		f.in = l.value(0)
		for !l.done() {
			switch word := l.take(); word {
			case "reversed":
				f.reversed = true
			case "limit", "offset":
				l.accept(":")
				if of := l.value(0); word == "limit" {
					f.limit = of
				} else {
					f.offset = of
				}
			}
		}
	}
	f.body = p.block(depth, "else", "endfor")
	if word, _ := p.next(); word == "else" {
		f.hasEmpty = true
		f.empty = p.block(depth, "endfor")
		p.next()
	}
	if f.in == nil {
		return unknownNode("for " + rest)
	}
	return f
}

func parseCycle(rest string) node {
	c := cycleNode{group: rest}
	l := lex(rest)
	first := l.value(0)
	if l.accept(":") {
		first = l.value(0)
	}
	c.of = append(c.of, first)
	for l.accept(",") {
		c.of = append(c.of, l.value(0))
	}
	return c
}
