package expr

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/value"
)

// Exchange is a request, a response or a message, as expressions see it.
type Exchange struct {
	Header map[string][]string // under canonical names
	Query  map[string]any      // parameters by name, before they became text
	Path   map[string]any
	Body   any  // a decoded JSON value, or a string for what is no JSON
	Filled bool // there is a body
}

// Results are the inputs and outputs of a workflow, or the outputs of a step.
type Results struct {
	Inputs, Outputs map[string]any
}

// Env is what expressions refer to.
type Env struct {
	URL, Method, Self          string
	Status                     int // 0 while there is no answer
	Request, Response, Message *Exchange
	Inputs                     map[string]any
	Outputs                    map[string]any
	Steps                      map[string]map[string]any
	Workflows                  map[string]Results
	Sources                    map[string]map[string]any // the fields of each
	// Unknown, when set, stands in for what is not known yet, as in a dry run.
	Unknown func(Expression) any
}

// Missing is the error of an expression that finds nothing.
type Missing struct {
	Expression Expression
	Why        string
}

func (m *Missing) Error() string { return m.Expression.Text + " finds nothing: " + m.Why }

// Eval finds what an expression refers to. The error is a [*Missing].
func (env *Env) Eval(e Expression) (any, error) {
	v, err := env.find(e)
	if err != nil && env.Unknown != nil {
		if u := env.Unknown(e); u != nil {
			return u, nil
		}
	}
	return v, err
}

func (env *Env) find(e Expression) (any, error) {
	missing := func(format string, args ...any) (any, error) {
		return nil, &Missing{e, fmt.Sprintf(format, args...)}
	}
	switch e.Root {
	case URL:
		return known(env.URL, "no request was made yet", missing)
	case Method:
		return known(env.Method, "no request was made yet", missing)
	case Self:
		return known(env.Self, "the document has no $self", missing)
	case StatusCode:
		if env.Status == 0 {
			return missing("there is no answer yet")
		}
		return value.Int(env.Status), nil
	case Request:
		return env.Request.find(e, "no request was made yet", missing)
	case Response:
		return env.Response.find(e, "there is no answer yet", missing)
	case Message:
		return env.Message.find(e, "no message was received", missing)
	case Inputs:
		return named(env.Inputs, e, "no input of this name was given", missing)
	case Outputs:
		return named(env.Outputs, e, "no output of this name was set", missing)
	case Steps:
		out, ran := env.Steps[e.ID]
		if !ran {
			return missing("the step %s has not run", e.ID)
		}
		return named(out, e, "the step set no output of this name", missing)
	case Workflows:
		w, ran := env.Workflows[e.ID]
		if !ran {
			return missing("the workflow %s has not run", e.ID)
		}
		if e.Field == "inputs" {
			return named(w.Inputs, e, "it was given no input of this name", missing)
		}
		return named(w.Outputs, e, "it set no output of this name", missing)
	case Sources:
		v, ok := env.Sources[e.ID][e.Name]
		if !ok {
			return missing("the source has no such field")
		}
		return v, nil
	}
	return missing("it stands for no value")
}

func known(s, why string, missing func(string, ...any) (any, error)) (any, error) {
	if s == "" {
		return missing("%s", why)
	}
	return s, nil
}

func (x *Exchange) find(e Expression, absent string, missing func(string, ...any) (any, error)) (any, error) {
	if x == nil {
		return missing("%s", absent)
	}
	switch e.Field {
	case "header":
		if v := x.Header[textproto.CanonicalMIMEHeaderKey(e.Name)]; len(v) > 0 {
			return v[0], nil
		}
		return missing("there is no such header")
	case "query":
		return named(x.Query, e, "the request has no such query parameter", missing)
	case "path":
		return named(x.Path, e, "the request has no such path parameter", missing)
	}
	if !x.Filled {
		return missing("the body is empty")
	}
	steps := slices.Concat(value.Pointer(e.path), e.Pointer)
	v, ok := steps.Get(x.Body)
	if !ok {
		if s, text := x.Body.(string); text {
			return missing("the body is no JSON but begins with %q", clip(s))
		}
		return missing("the body has nothing at %s", steps)
	}
	return v, nil
}

func clip(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// named finds a name, whole or, since names may hold dots and so may ways into a value, its longest
// part that is known.
func named(in map[string]any, e Expression, why string, missing func(string, ...any) (any, error)) (any, error) {
	name, rest := e.Name, ""
	for {
		if v, ok := in[name]; ok {
			path, err := accessors(rest)
			if err != nil {
				return missing("%v", err)
			}
			steps := slices.Concat(value.Pointer(path), e.Pointer)
			found, ok := steps.Get(v)
			if !ok {
				return missing("%s has nothing at %s", name, steps)
			}
			return found, nil
		}
		cut := strings.LastIndexAny(name, ".[")
		if cut <= 0 {
			return missing("%s", why)
		}
		name, rest = name[:cut], name[cut:]+rest
	}
}
