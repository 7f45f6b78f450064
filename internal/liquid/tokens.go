package liquid

import (
	"regexp"
	"strings"
)

type tokenKind int

const (
	textToken   tokenKind = iota
	outputToken           // {{ … }}
	tagToken              // {% … %}
)

// token is a piece of a template, without its braces.
type token struct {
	kind tokenKind
	text string
}

// tag takes a tag's name from what follows it.
func (t token) tag() (name, rest string) {
	i := strings.IndexAny(t.text, space)
	if i < 0 {
		return t.text, ""
	}
	return t.text[:i], strings.TrimSpace(t.text[i:])
}

const space = " \t\r\n"

// tokenize takes a template apart. What is opened and never closed is text.
func tokenize(source string) (all []token) {
	trim := false
	text := func(s string, before bool) {
		if trim {
			s = strings.TrimLeft(s, space)
		}
		if before {
			s = strings.TrimRight(s, space)
		}
		if s != "" {
			all = append(all, token{textToken, s})
		}
		trim = false
	}
	start := 0 // of text
	for at := 0; ; {
		i := strings.IndexByte(source[at:], '{')
		if i < 0 || at+i+1 >= len(source) {
			break
		}
		at += i
		kind, end := outputToken, "}}"
		switch source[at+1] {
		case '{':
		case '%':
			kind, end = tagToken, "%}"
		default:
			at++
			continue
		}
		n := strings.Index(source[at+2:], end)
		if n < 0 {
			break
		}
		inner := source[at+2 : at+2+n]
		inner, before := strings.CutPrefix(inner, "-")
		inner, after := strings.CutSuffix(inner, "-")
		text(source[start:at], before)
		at += 2 + n + len(end)
		start, trim = at, after
		t := token{kind, strings.TrimSpace(inner)}
		if name, _ := t.tag(); kind == tagToken && (name == "raw" || name == "comment") {
			start = verbatim(source, at, name)
			if name == "raw" {
				text(ending.ReplaceAllString(source[at:start], ""), false)
			}
			at, trim = start, false
			continue
		}
		all = append(all, t)
	}
	text(source[start:], false)
	return all
}

// ending is the tag that ends a raw block, where it stands last.
var ending = regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}$`)

var endings = map[string]*regexp.Regexp{
	"raw":     regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}`),
	"comment": regexp.MustCompile(`\{%-?\s*endcomment\s*-?%\}`),
}

// verbatim is where a block ends in which no tag counts but its own end.
func verbatim(source string, at int, name string) int {
	if end := endings[name].FindStringIndex(source[at:]); end != nil {
		return at + end[1]
	}
	return len(source)
}
