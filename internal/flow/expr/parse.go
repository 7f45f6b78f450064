// Package expr is the expression language of Arazzo: runtime expressions, texts with expressions in
// them, conditions, and selectors (JSON Pointer, JSONPath, XPath).
package expr

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/knockops/knockops/internal/flow/value"
)

// Root is what a runtime expression begins with.
type Root string

// The roots of section "Runtime Expressions".
const (
	URL        Root = "$url"
	Method     Root = "$method"
	StatusCode Root = "$statusCode"
	Self       Root = "$self"
	Request    Root = "$request"
	Response   Root = "$response"
	Message    Root = "$message"
	Inputs     Root = "$inputs"
	Outputs    Root = "$outputs"
	Steps      Root = "$steps"
	Workflows  Root = "$workflows"
	Sources    Root = "$sourceDescriptions"
	Components Root = "$components"
)

// Expression is a runtime expression.
type Expression struct {
	Text string
	Root Root
	// ID is the step, the workflow, the source or the type of component; "" for other roots.
	ID string
	// Field is header, query, path, body or payload of a message; inputs, outputs or steps of a
	// workflow.
	Field string
	// Name is the header, parameter, input, output, component, or reference into a source.
	Name string
	// Pointer goes on into what was found.
	Pointer value.Pointer
	// path are the dots and brackets after a body, as in $response.body.items[0].
	path []string
}

// ErrNotExpression says that a text is no runtime expression at all.
var ErrNotExpression = errors.New("it is no runtime expression")

var (
	strictID   = regexp.MustCompile(`^[A-Za-z0-9_\-]+$`)
	identifier = regexp.MustCompile(`^[A-Za-z0-9._\-]+(\[[^\]]*\][A-Za-z0-9._\-]*)*$`)
	fieldToken = regexp.MustCompile("^[!#$%&'*+\\-.^_|~0-9A-Za-z`]+$")
)

// Parse reads a runtime expression.
func Parse(text string) (Expression, error) {
	e := Expression{Text: text}
	head, rest, more := strings.Cut(text, ".")
	e.Root = Root(head)
	var err error
	switch e.Root {
	case URL, Method, StatusCode, Self:
		if more {
			return e, fmt.Errorf("%s: nothing follows %s", text, head)
		}
		return e, nil
	case Request, Response, Message:
		err = e.source(rest)
	case Inputs, Outputs:
		e.Name, err = e.pointed(rest)
	case Steps:
		err = e.steps(rest)
	case Workflows:
		err = e.workflows(rest)
	case Sources:
		err = e.sources(rest)
	case Components:
		err = e.components(rest)
	default:
		return e, fmt.Errorf("%s: %w", text, ErrNotExpression)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w", text, err)
	}
	return e, nil
}

// pointed takes the pointer off the end of a reference and checks the name before it.
func (e *Expression) pointed(s string) (name string, err error) {
	name, pointer, pointed := strings.Cut(s, "#")
	if pointed {
		if e.Pointer, err = value.ParsePointer(pointer); err != nil {
			return "", err
		}
	}
	if !identifier.MatchString(name) {
		return "", fmt.Errorf("%q is no name (letters, digits, . - _)", name)
	}
	return name, nil
}

func (e *Expression) source(s string) error {
	field, name, named := strings.Cut(s, ".")
	switch field {
	case "header":
		if e.Field, e.Name = field, name; !fieldToken.MatchString(name) {
			return fmt.Errorf("%q is no name of a header", name)
		}
		return nil
	case "query", "path":
		if e.Field, e.Name = field, name; !named || name == "" || strings.ContainsAny(name, "{}") {
			return fmt.Errorf("%s needs the name of a parameter", field)
		}
		return nil
	}
	for _, body := range []string{"body", "payload"} {
		rest, ok := strings.CutPrefix(s, body)
		if !ok {
			continue
		}
		e.Field = body
		return e.into(rest)
	}
	return errors.New("header, query, path, body or payload has to follow")
}

// into reads what follows a body: a pointer, or dots and brackets.
func (e *Expression) into(rest string) (err error) {
	if pointer, ok := strings.CutPrefix(rest, "#"); ok {
		if strings.ContainsAny(pointer, "{}") {
			return errors.New("a JSON Pointer in an expression holds no braces")
		}
		e.Pointer, err = value.ParsePointer(pointer)
		return err
	}
	path, pointer, pointed := strings.Cut(rest, "#")
	if pointed {
		if e.Pointer, err = value.ParsePointer(pointer); err != nil {
			return err
		}
	}
	e.path, err = accessors(path)
	return err
}

// accessors reads .name, [0] and ['name'].
func accessors(s string) (path []string, err error) {
	for s != "" {
		switch {
		case s[0] == '.':
			n := strings.IndexAny(s[1:], ".[")
			if n < 0 {
				n = len(s) - 1
			}
			name := s[1 : n+1]
			if name == "" || strings.ContainsAny(name, " \t\r\n{}'\"]") {
				return nil, fmt.Errorf("%q is no name of a member", name)
			}
			path, s = append(path, name), s[n+1:]
		case s[0] == '[':
			end := strings.IndexByte(s, ']')
			if end < 0 {
				return nil, errors.New("a [ is not closed")
			}
			in := s[1:end]
			if q, ok := unquote(in); ok {
				in = q
			} else if _, err := strconv.ParseUint(in, 10, 31); err != nil {
				return nil, fmt.Errorf("%q is no index", in)
			}
			path, s = append(path, in), s[end+1:]
		default:
			return nil, fmt.Errorf("%q cannot follow", s)
		}
	}
	return path, nil
}

func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return "", false
	}
	return s[1 : len(s)-1], true
}

func (e *Expression) steps(s string) (err error) {
	id, rest, ok := strings.Cut(s, ".")
	name, outputs := strings.CutPrefix(rest, "outputs.")
	if !ok || !outputs || !strictID.MatchString(id) {
		return errors.New("it has to be $steps.<step>.outputs.<name>")
	}
	e.ID = id
	e.Name, err = e.pointed(name)
	return err
}

func (e *Expression) workflows(s string) (err error) {
	parts := strings.SplitN(s, ".", 3)
	if len(parts) < 3 || !strictID.MatchString(parts[0]) {
		return errors.New("it has to be $workflows.<workflow>.outputs.<name>, or inputs or steps in place of outputs")
	}
	e.ID, e.Field = parts[0], parts[1]
	switch e.Field {
	case "inputs", "outputs", "steps":
	default:
		return fmt.Errorf("a workflow has inputs, outputs and steps, not %q", e.Field)
	}
	e.Name, err = e.pointed(parts[2])
	return err
}

func (e *Expression) sources(s string) error {
	id, name, ok := strings.Cut(s, ".")
	if !ok || name == "" || !strictID.MatchString(id) || strings.ContainsAny(name, "{}") {
		return errors.New("it has to be $sourceDescriptions.<source>.<operation, workflow or field>")
	}
	e.ID, e.Name = id, name
	return nil
}

func (e *Expression) components(s string) error {
	kind, name, _ := strings.Cut(s, ".")
	switch kind {
	case "parameters", "successActions", "failureActions", "inputs":
	default:
		return errors.New("components are parameters, successActions, failureActions and inputs")
	}
	if !identifier.MatchString(name) {
		return fmt.Errorf("%q is no name (letters, digits, . - _)", name)
	}
	e.ID, e.Name = kind, name
	return nil
}
