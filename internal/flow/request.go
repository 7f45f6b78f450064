package flow

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/operation"
	"github.com/knockops/knockops/internal/flow/value"
)

const jsonType = "application/json"

// call builds the request of a step and puts it into the environment, as $request.
func (f *filler) call(s *arazzo.Step, o operation.Operation) (Call, error) {
	c := Call{Operation: o, Header: http.Header{}, Parameters: map[string]string{}}
	req := &expr.Exchange{Query: map[string]any{}, Path: map[string]any{}}
	q := &query{}
	for _, p := range s.Parameters {
		if err := f.parameter(&c, req, q, p); err != nil {
			return c, fmt.Errorf("the parameter %s: %w", p.Name, err)
		}
	}
	path, err := fillPath(o.Path, c.Parameters)
	if err != nil {
		return c, err
	}
	c.Path, c.Query = path, q.String()
	if s.Body != nil {
		body, err := f.body(&c, s.Body)
		if err != nil {
			return c, fmt.Errorf("the request body: %w", err)
		}
		req.Body, req.Filled = body, c.Body != nil
	}
	req.Header = c.Header
	f.env.Request, f.env.Method = req, o.Method
	return c, nil
}

func (f *filler) parameter(c *Call, req *expr.Exchange, q *query, p arazzo.Parameter) error {
	if isAuthorization(p) {
		return nil // the transport's, always
	}
	v, err := f.value(p.Value)
	switch {
	case errors.Is(err, errAbsent) && p.In != "path":
		return nil
	case err != nil:
		return f.found(err, p.Value)
	case v == nil && p.In != "path":
		return nil
	}
	switch p.In {
	case "path":
		text := value.Text(v)
		switch value.Kind(v) {
		case "null", "array", "object":
			return fmt.Errorf("a part of the path cannot be %s", value.Kind(v))
		}
		if text == "" {
			return errors.New("a part of the path cannot be empty")
		}
		c.Parameters[p.Name], req.Path[p.Name] = text, v
	case "query":
		q.add(p.Name, v)
		req.Query[p.Name] = v
	case "querystring":
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("a query string has to be a string, not a %s", value.Kind(v))
		}
		q.whole = strings.TrimPrefix(text, "?")
	case "header":
		text := value.Text(v)
		if strings.ContainsAny(text, "\r\n\x00") {
			return errors.New("a header cannot hold a line break")
		}
		c.Header[textproto.CanonicalMIMEHeaderKey(p.Name)] = []string{text}
	case "cookie":
		c.Header.Add("Cookie", url.QueryEscape(p.Name)+"="+url.QueryEscape(value.Text(v)))
	}
	return nil
}

// fillPath puts the parameters into a path's template, escaped. Each has to be given.
func fillPath(template string, given map[string]string) (string, error) {
	segments := strings.Split(template, "/")
	for i, s := range segments {
		for from := strings.IndexByte(s, '{'); from >= 0; from = strings.IndexByte(s, '{') {
			end := strings.IndexByte(s, '}')
			if end < from {
				return "", fmt.Errorf("the path %s cannot be read", template)
			}
			name := s[from+1 : end]
			v, ok := given[name]
			if !ok {
				return "", fmt.Errorf("the path %s needs a parameter %s", template, name)
			}
			s = s[:from] + escapeSegment(v) + s[end+1:]
		}
		segments[i] = s
	}
	return strings.Join(segments, "/"), nil
}

// escapeSegment makes any text one part of a path; . and .. have a meaning there. The marks of a dry
// run stay readable.
func escapeSegment(s string) string {
	switch {
	case s == "." || s == "..":
		return strings.ReplaceAll(s, ".", "%2E")
	case strings.HasPrefix(s, unknownOpen):
		return s
	}
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(url.PathEscape(s))
}

// query builds a query as Knock takes it: lists as name[]=…, objects as name[key]=….
type query struct {
	pairs []string
	whole string // a query string that the document gives ready made
}

func (q *query) add(name string, v any) {
	switch v := v.(type) {
	case nil:
	case []any:
		for _, x := range v {
			q.add(strings.TrimSuffix(name, "[]")+"[]", x)
		}
	case map[string]any:
		for _, k := range value.Names(v) {
			q.add(name+"["+k+"]", v[k])
		}
	default:
		q.pairs = append(q.pairs, url.QueryEscape(name)+"="+url.QueryEscape(value.Text(v)))
	}
}

func (q *query) String() string {
	all := q.pairs
	if q.whole != "" {
		all = append(all, q.whole)
	}
	return strings.Join(all, "&")
}

// body builds the request body and returns it as $request.body finds it.
func (f *filler) body(c *Call, b *arazzo.Body) (any, error) {
	media := b.ContentType
	if h := c.Header.Get("Content-Type"); media == "" && h != "" {
		media = h
	}
	c.Header.Del("Content-Type")
	if media == "" {
		media = jsonType
	}
	c.ContentType = media
	if b.Payload == nil {
		if len(b.Replacements) > 0 {
			return nil, errors.New("there is no payload to replace anything in")
		}
		return nil, nil
	}
	payload, err := f.value(b.Payload)
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if payload, err = f.replace(payload, b, media); err != nil {
		return nil, err
	}
	text, isText := payload.(string)
	switch {
	case isJSON(media) && isText && b.Payload.Kind == arazzo.Leaf && !f.template(b.Payload.Text()).Whole:
		decoded, err := value.Decode([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("with its expressions filled in, the payload is no JSON: %w", err)
		}
		c.Body = []byte(text)
		return decoded, nil
	case isJSON(media):
		c.Body = value.Encode(payload)
	case isText:
		c.Body = []byte(text)
	case strings.HasPrefix(media, "application/x-www-form-urlencoded"):
		form := &query{}
		object, ok := payload.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a form is an object, not a %s", value.Kind(payload))
		}
		for _, k := range value.Names(object) {
			form.add(k, object[k])
		}
		c.Body = []byte(form.String())
	default:
		return nil, fmt.Errorf("a payload of %s has to be a string, not a %s", media, value.Kind(payload))
	}
	return payload, nil
}

func isJSON(media string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(media), ";")
	kind = strings.TrimSpace(kind)
	return kind == jsonType || strings.HasSuffix(kind, "+json")
}

func isXML(media string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(media), ";")
	kind = strings.TrimSpace(kind)
	return kind == "application/xml" || kind == "text/xml" || strings.HasSuffix(kind, "+xml")
}

// replace carries out the replacements, in order. A payload that is the text of JSON is decoded for
// them.
func (f *filler) replace(payload any, b *arazzo.Body, media string) (any, error) {
	if len(b.Replacements) == 0 {
		return payload, nil
	}
	text, isText := payload.(string)
	if isText && isJSON(media) {
		var err error
		if payload, err = value.Decode([]byte(text)); err != nil {
			return nil, fmt.Errorf("with its expressions filled in, the payload is no JSON: %w", err)
		}
	}
	for _, r := range b.Replacements {
		v, err := f.value(r.Value)
		if errors.Is(err, errAbsent) {
			continue
		}
		if err != nil {
			return nil, err
		}
		target, err := f.text(r.Target.S, f.env)
		if err != nil {
			return nil, err
		}
		in := r.Language
		if in == "" && isXML(media) {
			in = expr.XPathText
		}
		payload, err = expr.Replace(payload, target, in, v)
		if err != nil {
			return nil, fmt.Errorf("the replacement at %s: %w", r.Target.S, err)
		}
	}
	if isText && isJSON(media) {
		return string(value.Encode(payload)), nil
	}
	return payload, nil
}

// seen is a call as it is shown.
func (c Call) seen() *RequestSeen {
	return &RequestSeen{Method: c.Operation.Method, Path: c.Path, Query: c.Query, Header: c.Header, Body: shown(c.Body)}
}

// answered puts an answer into the environment, as $response.
func answered(env *expr.Env, a Answer) {
	env.Status, env.URL = a.Status, a.URL
	env.Response = &expr.Exchange{Header: a.Header, Filled: len(bytes.TrimSpace(a.Body)) > 0}
	if !env.Response.Filled {
		return
	}
	v, err := value.Decode(a.Body)
	if err != nil {
		v = string(a.Body)
	}
	env.Response.Body = v
}
