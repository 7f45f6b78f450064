package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

// XPath is a compiled XPath expression. What the library knows is XPath 1.0 with functions of later
// versions; a document that needs more is refused before anything is sent.
type XPath struct {
	of *xpath.Expr
}

// ParseXPath compiles an expression.
func ParseXPath(s string) (x *XPath, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics at some texts
			x, err = nil, fmt.Errorf("the XPath expression cannot be read: %v", r)
		}
	}()
	e, err := xpath.Compile(s)
	if err != nil {
		return nil, err
	}
	return &XPath{e}, nil
}

var declaration = regexp.MustCompile(`^<\?xml[^>]*\?>`)

// parseXML reads a document. No DTD is read and no entity is fetched.
func parseXML(context any) (*xmlquery.Node, error) {
	s, ok := context.(string)
	if !ok {
		return nil, errors.New("the context is no XML")
	}
	root, err := xmlquery.Parse(strings.NewReader(s))
	if err != nil {
		return nil, fmt.Errorf("the context is no XML: %w", err)
	}
	if root.SelectElement("*") == nil {
		return nil, errors.New("the context is no XML: it has no element")
	}
	return root, nil
}

// Value evaluates the expression: a bool, a number, a string, or for nodes a list of their texts.
func (x *XPath) Value(context any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("the XPath expression cannot be evaluated: %v", r)
		}
	}()
	root, err := parseXML(context)
	if err != nil {
		return nil, err
	}
	switch v := x.of.Evaluate(xmlquery.CreateXPathNavigator(root)).(type) {
	case *xpath.NodeIterator:
		found := []any{}
		for v.MoveNext() {
			found = append(found, v.Current().Value())
		}
		return found, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, nil
		}
		return json.Number(strconv.FormatFloat(v, 'f', -1, 64)), nil
	default:
		return v, nil
	}
}

// Holds is the effective boolean value: true, a number other than zero, a text that is not empty, or
// at least one node.
func (x *XPath) Holds(context any) (holds bool, v any, err error) {
	if v, err = x.Value(context); err != nil {
		return false, nil, err
	}
	if nodes, ok := v.([]any); ok {
		return len(nodes) > 0, v, nil
	}
	return truthy(v), v, nil
}

// Replace sets the text of every node that the expression finds in an XML payload.
func (x *XPath) Replace(payload any, text string) (out any, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("the XPath expression cannot be evaluated: %v", r)
		}
	}()
	root, err := parseXML(payload)
	if err != nil {
		return nil, err
	}
	found := xmlquery.QuerySelectorAll(root, x.of)
	if len(found) == 0 {
		return nil, errors.New("the XPath expression finds nothing in the payload")
	}
	for _, n := range found {
		if n.Type == xmlquery.AttributeNode {
			n.Parent.SetAttr(n.Data, text)
			continue
		}
		for c := n.FirstChild; c != nil; {
			next := c.NextSibling
			xmlquery.RemoveFromTree(c)
			c = next
		}
		xmlquery.AddChild(n, &xmlquery.Node{Type: xmlquery.TextNode, Data: text})
	}
	written := root.OutputXML(true)
	if in, _ := payload.(string); !strings.HasPrefix(strings.TrimSpace(in), "<?xml") {
		written = declaration.ReplaceAllString(written, "") // the parser adds one
	}
	return written, nil
}
