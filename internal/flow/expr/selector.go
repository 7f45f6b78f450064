package expr

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/knockops/knockops/internal/flow/value"
)

// Language is the type of a criterion or a selector.
type Language string

// The languages of sections "Criterion Object" and "Expression Type Object".
const (
	Simple      Language = "simple"
	Regex       Language = "regex"
	JSONPath    Language = "jsonpath"
	XPathText   Language = "xpath"
	JSONPointer Language = "jsonpointer"
)

// Versions are the versions that a document may name for a language.
var Versions = map[Language][]string{
	JSONPath:    {"rfc9535", "draft-goessner-dispatch-jsonpath-00"},
	XPathText:   {"xpath-31", "xpath-30", "xpath-20", "xpath-10"},
	JSONPointer: {"rfc6901"},
}

// Select finds what a selector points at in a context: the value for one node, a list for several.
// The error says that there is none, or that the selector cannot be read.
func Select(context any, selector string, in Language) (any, error) {
	var found []any
	switch in {
	case JSONPath:
		p, err := ParsePath(selector)
		if err != nil {
			return nil, err
		}
		if found, err = p.Select(context); err != nil {
			return nil, err
		}
	case JSONPointer:
		p, err := value.ParsePointer(strings.TrimPrefix(selector, "#"))
		if err != nil {
			return nil, err
		}
		if v, ok := p.Get(context); ok {
			found = []any{v}
		}
	case XPathText:
		x, err := ParseXPath(selector)
		if err != nil {
			return nil, err
		}
		v, err := x.Value(context)
		if err != nil {
			return nil, err
		}
		nodes, ok := v.([]any)
		if !ok {
			return v, nil
		}
		found = nodes
	default:
		return nil, fmt.Errorf("a selector is of type jsonpath, xpath or jsonpointer, not %q", in)
	}
	switch len(found) {
	case 0:
		return nil, errors.New("the selector finds nothing")
	case 1:
		return found[0], nil
	}
	return found, nil
}

// ParseSelector says what is wrong with a selector, before there is a context.
func ParseSelector(selector string, in Language) (err error) {
	switch in {
	case JSONPath:
		_, err = ParsePath(selector)
	case XPathText:
		_, err = ParseXPath(selector)
	case JSONPointer:
		_, err = value.ParsePointer(strings.TrimPrefix(selector, "#"))
	case Regex:
		_, err = regexp.Compile(selector)
	case Simple:
		_, err = ParseCondition(selector)
	default:
		err = fmt.Errorf("there is no type %q", in)
	}
	return err
}

// Replace sets what a target points at in a payload, in place where it can, and returns the payload.
func Replace(payload any, target string, in Language, v any) (any, error) {
	switch in {
	case JSONPath:
		p, err := ParsePath(target)
		if err != nil {
			return nil, err
		}
		return p.Replace(payload, v)
	case XPathText:
		x, err := ParseXPath(target)
		if err != nil {
			return nil, err
		}
		return x.Replace(payload, value.Text(v))
	}
	p, err := value.ParsePointer(strings.TrimPrefix(target, "#"))
	if err != nil {
		return nil, err
	}
	return p.Set(payload, v)
}
