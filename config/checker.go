package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/knockops/knockops/internal/termtext"
)

// reader reads one node of the file, found at the setting's path, and returns its plain value. It returns nil for what
// it cannot use, after having said so to the checker.
type reader func(c *checker, at string, n *yaml.Node) any

// checker gathers, while a file is read, what is wrong with it and where everything stands.
type checker struct {
	file      string
	problems  []Problem
	positions map[string]Position
}

func (c *checker) position(n *yaml.Node) Position {
	return Position{File: c.file, Line: n.Line, Column: n.Column}
}

func (c *checker) fail(n *yaml.Node, at, format string, args ...any) any {
	c.add(Problem{Position: c.position(n), Key: at, Message: fmt.Sprintf(format, args...)})
	return nil
}

// add notes a problem. Someone may have put a key where something else belongs, so whatever looks like one is taken out.
func (c *checker) add(p Problem) {
	p.Key = visible(WithoutSecrets(p.Key))
	p.Message = WithoutSecrets(p.Message)
	c.problems = append(c.problems, p)
}

// entries calls f for every entry of a mapping. It refuses what is no mapping, and names that stand in it twice.
func (c *checker) entries(at string, n *yaml.Node, f func(key *yaml.Node, at string, value *yaml.Node)) bool {
	if isNull(n) {
		return true
	}
	if n.Kind != yaml.MappingNode {
		c.fail(n, at, "is %s, where name: value lines belong", kindOf(n))
		return false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		path := strings.TrimPrefix(at+"."+key.Value, ".")
		switch first, twice := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode || key.Value == "<<":
			c.fail(key, at, "has %s where a plain name belongs; what it stands for must be written out", kindOf(key))
			continue
		case twice:
			c.fail(key, path, "stands here for the second time; the first is in line %d", first)
			continue
		case value.Kind == yaml.AliasNode:
			c.fail(value, path, "is an alias (*%s), and those are not followed: write the value out", value.Value)
			continue
		}
		seen[key.Value] = key.Line
		c.positions[path] = c.position(key)
		f(key, path, value)
	}
	return true
}

// mapping reads a mapping of known names. An entry without a value counts as absent.
func mapping(known map[string]reader, required ...string) reader {
	names := slices.Sorted(maps.Keys(known))
	return func(c *checker, at string, n *yaml.Node) any {
		values := map[string]any{}
		present := map[string]bool{}
		ok := c.entries(at, n, func(key *yaml.Node, at string, value *yaml.Node) {
			present[key.Value] = !isNull(value)
			read, ok := known[key.Value]
			switch {
			case !ok:
				c.fail(key, at, "is not a setting%s", suggest(key.Value, names))
			case !isNull(value):
				set(values, key.Value, read(c, at, value))
			}
		})
		if !ok {
			return nil
		}
		for _, name := range required {
			if !present[name] {
				c.fail(n, at, "has no %s, and needs one", name)
			}
		}
		return values
	}
}

// named reads a mapping whose names are the operator's own. What check says of a name follows it; it may be nil.
func named(check func(string) string, read reader) reader {
	return func(c *checker, at string, n *yaml.Node) any {
		values := map[string]any{}
		ok := c.entries(at, n, func(key *yaml.Node, at string, value *yaml.Node) {
			if check != nil {
				if complaint := check(key.Value); complaint != "" {
					c.fail(key, at, "%q %s", key.Value, complaint)
				}
			}
			set(values, key.Value, read(c, at, value))
		})
		if !ok {
			return nil
		}
		return values
	}
}

// list reads a list; a single value counts as a list of one.
func list(read reader) reader {
	return func(c *checker, at string, n *yaml.Node) any {
		items := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			items = n.Content
		}
		values := make([]any, 0, len(items))
		for _, item := range items {
			if v := read(c, at, item); v != nil {
				values = append(values, v)
			}
		}
		return values
	}
}

var texts = list(text(nil))

// text reads a scalar as it is written. What check says of it follows the value; it may be nil.
func text(check func(string) string) reader {
	return textShown(check, func(s string) string { return s })
}

// address is text that is a URL: complaints show it without its password and its query.
func address(check func(string) string) reader { return textShown(check, shownURL) }

func textShown(check, shown func(string) string) reader {
	return func(c *checker, at string, n *yaml.Node) any {
		if n.Kind != yaml.ScalarNode || isNull(n) {
			return c.fail(n, at, "is %s, where text belongs", kindOf(n))
		}
		if check != nil {
			if complaint := check(n.Value); complaint != "" {
				return c.fail(n, at, "%q %s", shown(n.Value), complaint)
			}
		}
		return n.Value
	}
}

// boolean takes true and false alone: a "yes" that YAML reads as text must not leave a profile unprotected.
func boolean(c *checker, at string, n *yaml.Node) any {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		return c.fail(n, at, "is %s, where true or false belongs", kindOf(n))
	}
	return strings.EqualFold(n.Value, "true")
}

// oneOf is a check that wants one of some words.
func oneOf(words ...string) func(string) string {
	return func(s string) string {
		if slices.Contains(words, s) {
			return ""
		}
		return "is not what belongs here" + suggest(s, words)
	}
}

// suggest ends a complaint about a word: with the one that was meant, or with all that there are.
func suggest(s string, words []string) string {
	if word := termtext.Nearest(s, words); word != "" {
		return fmt.Sprintf("; did you mean %q?", word)
	}
	return "; there are " + strings.Join(words, ", ")
}

func set(values map[string]any, name string, v any) {
	if v != nil {
		values[name] = v
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// kindOf describes a node in the words of somebody who writes YAML.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case isNull(n):
		return "empty"
	}
	return fmt.Sprintf("%q", n.Value)
}
