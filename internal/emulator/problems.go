package emulator

import (
	"fmt"
	"net/http"
)

// apiError is an error in Knock's form.
type apiError struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Status  int      `json:"status"`
	Type    string   `json:"type"`
	Errors  problems `json:"errors,omitempty"`
}

// problem is one thing wrong with a request.
type problem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Type    string `json:"type"`
}

// problems gathers what is wrong with a request, so that all of it is told at
// once.
type problems []problem

func (p *problems) add(field, kind, format string, args ...any) {
	*p = append(*p, problem{field, fmt.Sprintf(format, args...), kind})
}

// text reads an optional string.
func (p *problems) text(v map[string]any, name string) string {
	switch s := v[name].(type) {
	case nil:
	case string:
		return s
	default:
		p.add(name, "type", "must be a string")
	}
	return ""
}

// entries reads an optional map. at goes before its name.
func (p *problems) entries(at, name string, v map[string]any) map[string]any {
	m, ok := v[name].(map[string]any)
	if !ok && v[name] != nil {
		p.add(at+name, "type", "must be a map")
	}
	return m
}

// flag reads an optional boolean.
func (p *problems) flag(v map[string]any, name string) bool {
	switch b := v[name].(type) {
	case nil:
	case bool:
		return b
	default:
		p.add(name, "type", "must be true or false")
	}
	return false
}

// err is the 422 that tells them, or nil when there are none.
func (p problems) err() *apiError {
	if len(p) == 0 {
		return nil
	}
	return &apiError{"invalid_params", "The parameters of this request are not valid", http.StatusUnprocessableEntity, invalidRequest, p}
}

// Types of errors.
const (
	invalidRequest = "invalid_request_error"
	authentication = "authentication_error"
	apiFault       = "api_error"
	rateLimited    = "rate_limit_error"
)

func fault(status int, kind, code, format string, args ...any) *apiError {
	return &apiError{Code: code, Message: fmt.Sprintf(format, args...), Status: status, Type: kind}
}

func missing(what, name string) *apiError {
	return fault(http.StatusNotFound, invalidRequest, "resource_missing", "There is no %s %q in this environment", what, name)
}

// texts reads an optional list of strings.
func (p *problems) texts(v map[string]any, name string) []string {
	list, ok := v[name].([]any)
	if !ok && v[name] != nil {
		p.add(name, "type", "must be a list")
	}
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			p.add(name, "type", "must be a list of strings")
		}
		out = append(out, s)
	}
	return out
}

// instant reads an optional time.
func (p *problems) instant(v map[string]any, name string) stamp {
	s := p.text(v, name)
	if s == "" {
		return 0
	}
	t, ok := timestamp(s)
	if !ok {
		p.add(name, "format", "is not an ISO-8601 time")
	}
	return stampOf(t)
}
