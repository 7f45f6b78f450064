package flow

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

// compiled keeps what was compiled of a document's texts, so that a loop does not compile them again.
type compiled struct {
	templates  map[string]expr.Template
	texts      map[string]expr.Template
	conditions map[string]*expr.Condition
	paths      map[string]*expr.Path
	xpaths     map[string]*expr.XPath
	regexps    map[string]*regexp.Regexp
}

func newCompiled() *compiled {
	return &compiled{map[string]expr.Template{}, map[string]expr.Template{}, map[string]*expr.Condition{}, map[string]*expr.Path{}, map[string]*expr.XPath{}, map[string]*regexp.Regexp{}}
}

func (c *compiled) template(s string) expr.Template {
	t, ok := c.templates[s]
	if !ok {
		t = expr.ParseTemplate(s)
		c.templates[s] = t
	}
	return t
}

// text fills in a text that is no expression itself, such as a JSONPath query, which begins with $ too.
func (c *compiled) text(s string, env *expr.Env) (string, error) {
	t, ok := c.texts[s]
	if !ok {
		t = expr.ParseText(s)
		c.texts[s] = t
	}
	v, err := env.Fill(t)
	if err != nil {
		return "", err
	}
	return value.Text(v), nil
}

// once compiles a text of a document. What has expressions filled in differs from time to time and is
// not kept.
func once[T any](keep map[string]T, s string, keepIt bool, compile func(string) (T, error)) (T, error) {
	if t, ok := keep[s]; ok {
		return t, nil
	}
	t, err := compile(s)
	if err == nil && keepIt {
		keep[s] = t
	}
	return t, err
}

// criteria evaluates all of them, also after one that fails: the operator sees every reason.
func (c *compiled) criteria(all []arazzo.Criterion, env *expr.Env) (pass bool, results []CriterionRes) {
	pass = true
	for _, x := range all {
		r := c.criterion(x, env)
		pass = pass && r.Pass
		results = append(results, r)
	}
	return pass, results
}

func (c *compiled) criterion(x arazzo.Criterion, env *expr.Env) CriterionRes {
	r := CriterionRes{Context: x.Context.S, Condition: x.Condition.S, Type: x.Language}
	if x.Language == expr.Simple {
		c.simple(&r, env)
		return r
	}
	fail := func(format string, args ...any) CriterionRes {
		r.Why = fmt.Sprintf(format, args...)
		return r
	}
	e, err := expr.Parse(x.Context.S)
	if err != nil {
		return fail("%v", err)
	}
	context, err := env.Eval(e)
	if err != nil {
		return fail("%v", err)
	}
	if context == nil {
		return fail("%s is null", x.Context.S)
	}
	condition, err := c.text(x.Condition.S, env)
	if err != nil {
		return fail("%v", err)
	}
	fixed := condition == x.Condition.S
	if !fixed {
		r.Condition = condition
	}
	switch x.Language {
	case expr.Regex:
		re, err := once(c.regexps, condition, fixed, regexp.Compile)
		if err != nil {
			return fail("the regular expression cannot be read: %v", err)
		}
		r.Pass = re.MatchString(value.Text(context))
		r.Why = fmt.Sprintf("%s is %s, which %s", x.Context.S, brief(context), matches(r.Pass))
	case expr.JSONPath:
		c.jsonPath(&r, condition, fixed, context, env)
	case expr.XPathText:
		xp, err := once(c.xpaths, condition, fixed, expr.ParseXPath)
		if err != nil {
			return fail("the XPath expression cannot be read: %v", err)
		}
		holds, v, err := xp.Holds(context)
		if err != nil {
			return fail("%v", err)
		}
		r.Pass, r.Why = holds, "the expression gives "+brief(v)
	}
	return r
}

func matches(yes bool) string {
	if yes {
		return "matches"
	}
	return "does not match"
}

func (c *compiled) simple(r *CriterionRes, env *expr.Env) {
	cond, err := once(c.conditions, r.Condition, true, expr.ParseCondition)
	if err != nil {
		r.Why = err.Error()
		return
	}
	r.Pass, r.Comparisons = cond.Eval(env)
	r.Why = why(r.Comparisons, r.Pass)
}

func (c *compiled) jsonPath(r *CriterionRes, condition string, fixed bool, context any, env *expr.Env) {
	p, err := once(c.paths, condition, fixed, expr.ParsePathCondition)
	if err != nil {
		if _, simple := once(c.conditions, condition, fixed, expr.ParseCondition); simple == nil {
			r.Condition = condition
			c.simple(r, env)
			r.Why += " (read as a simple condition: it is no JSONPath)"
			return
		}
		r.Why = fmt.Sprintf("the JSONPath cannot be read: %v", err)
		return
	}
	if _, text := context.(string); text && r.Context == "$response.body" {
		r.Why = "the body is no JSON but " + brief(context)
		return
	}
	found, err := p.Select(context)
	switch {
	case err != nil:
		r.Why = err.Error()
		return
	case p.Comparison && len(found) > 0:
		r.Why = "the comparison holds"
	case p.Comparison:
		r.Why = "the comparison does not hold for " + brief(context)
	case len(found) == 0:
		r.Why = "the query finds nothing in " + brief(context)
	default:
		r.Why = fmt.Sprintf("the query finds %s", brief(found[0]))
		if len(found) > 1 {
			r.Why = fmt.Sprintf("the query finds %d, the first %s", len(found), brief(found[0]))
		}
	}
	r.Pass = len(found) > 0
}

// why tells both sides of the comparisons that decided.
func why(all []expr.Comparison, pass bool) string {
	var parts []string
	for _, c := range all {
		if c.Holds != pass && len(all) > 1 {
			continue
		}
		parts = append(parts, side(c))
	}
	return strings.Join(parts, "; ")
}

func side(c expr.Comparison) string {
	left, right := brief(c.LeftValue), brief(c.RightValue)
	if written(c.Left) {
		left = c.Left + " is " + left
	}
	if written(c.Right) {
		right = c.Right + " (" + right + ")"
	}
	switch {
	case c.Op == "is true", c.Op == "==" && c.Holds, c.Op == "!=" && !c.Holds:
		return withMissing(left, c.Missing)
	case c.Op == "==" || c.Op == "!=":
		return withMissing(left+", not "+right, c.Missing)
	case c.Holds:
		return withMissing(left+", "+c.Op+" "+right, c.Missing)
	}
	return withMissing(left+", not "+c.Op+" "+right, c.Missing)
}

func withMissing(text, missing string) string {
	if missing == "" {
		return text
	}
	return text + " (" + missing + ")"
}

// written says whether a side is an expression, rather than a literal that needs no explaining.
func written(text string) bool { return strings.HasPrefix(text, "$") || strings.HasPrefix(text, "{") }

// brief is a value as a sentence holds it.
func brief(v any) string {
	const most = 80
	s := string(value.Encode(v))
	if str, ok := v.(string); ok {
		s = "'" + str + "'"
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// selector evaluates a Selector Object.
func (c *compiled) selector(n *arazzo.Node, env *expr.Env) (any, error) {
	e, err := expr.Parse(n.Member("context").Text())
	if err != nil {
		return nil, err
	}
	context, err := env.Eval(e)
	if err != nil {
		return nil, err
	}
	selector, err := c.text(n.Member("selector").Text(), env)
	if err != nil {
		return nil, err
	}
	v, err := expr.Select(context, selector, arazzo.Language(n.Member("type")))
	if err != nil {
		return nil, &expr.Missing{Expression: e, Why: fmt.Sprintf("%s: %v", selector, err)}
	}
	return v, nil
}

// isMissing says whether an error is of an expression that found nothing.
func isMissing(err error) bool {
	var m *expr.Missing
	return errors.As(err, &m)
}
