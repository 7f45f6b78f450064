package flows

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/operation"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/journal"
)

// Record writes a document of actions, the latest first as the journal gives them: each becomes a
// step. Cancellation keys and ids that several steps share become inputs.
func Record(name string, actions []journal.Action) ([]byte, error) {
	var steps []recorded
	for _, a := range slices.Backward(actions) {
		if s, ok := record(a); ok {
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return nil, errors.New("the journal holds nothing that could be a step")
	}
	inputs := shared(steps)
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Written from the journal: what was done from this machine, as steps.")
	line("arazzo: 1.0.1")
	line("info: { title: %s, version: 1.0.0 }", encoded(name))
	line("sourceDescriptions:\n- { name: knock, url: ./knock-api.openapi.yml, type: openapi }")
	line("workflows:\n- workflowId: recorded\n  summary: %s", encoded("What was done, from "+steps[0].at+" to "+steps[len(steps)-1].at+"."))
	if len(inputs) > 0 {
		line("  inputs:\n    type: object\n    properties:")
		for _, in := range inputs {
			line("      %s: { type: string, default: %s, description: %s }", in.name, encoded(in.value), encoded(in.what))
		}
	}
	line("  steps:")
	used := map[string]int{}
	for _, s := range steps {
		id := s.op.ID
		if i := strings.IndexByte(id, ' '); i > 0 {
			id = id[:i]
		}
		if used[id]++; used[id] > 1 {
			id = fmt.Sprintf("%s%d", id, used[id])
		}
		line("  - stepId: %s\n    operationId: %s", id, encoded(s.op.ID))
		if len(s.parameters) > 0 {
			line("    parameters:")
			for _, p := range s.parameters {
				line("    - { name: %s, in: path, value: %s }", p.name, encoded(replace(p.value, inputs)))
			}
		}
		if s.body != nil {
			line("    requestBody: { payload: %s }", encoded(replace(s.body, inputs)))
		}
		line("    successCriteria: [{ condition: $statusCode == %d }]", s.status)
	}
	return b.Bytes(), nil
}

// recorded is an action as a step.
type recorded struct {
	op         operation.Operation
	parameters []parameterOf
	body       any
	status     int
	at         string
}

type parameterOf struct {
	name  string
	value any
}

// record finds the operation that an action was. What is none of Knock's, such as a source event, or
// was refused, is no step.
func record(a journal.Action) (recorded, bool) {
	if a.Status/100 != 2 {
		return recorded{}, false
	}
	for _, op := range operation.Table() {
		values, ok := match(op, a.Method, a.Path)
		if !ok {
			continue
		}
		s := recorded{op: op, status: a.Status, at: a.At.Local().Format("2006-01-02 15:04:05")}
		for i, name := range op.Parameters() {
			s.parameters = append(s.parameters, parameterOf{name, values[i]})
		}
		if len(a.Request) > 0 {
			body, err := value.Decode(a.Request)
			if err != nil {
				return recorded{}, false
			}
			s.body = body
		}
		return s, true
	}
	return recorded{}, false
}

// match holds a path against an operation's template, and returns the values of its parameters.
func match(op operation.Operation, method, path string) (values []string, ok bool) {
	t, p := strings.Split(op.Path, "/"), strings.Split(path, "/")
	if op.Method != method || len(t) != len(p) {
		return nil, false
	}
	for i := range t {
		switch {
		case strings.HasPrefix(t[i], "{"):
			v, err := url.PathUnescape(p[i])
			if err != nil {
				return nil, false
			}
			values = append(values, v)
		case t[i] != p[i]:
			return nil, false
		}
	}
	return values, true
}

// input is a value that several steps share.
type input struct{ name, value, what string }

// shared finds cancellation keys and path values that occur in more than one step.
func shared(steps []recorded) (out []input) {
	count := map[string]int{}
	what := map[string]string{}
	var order []string
	note := func(seen map[string]bool, v, kind string) {
		if v == "" || seen[v] {
			return
		}
		seen[v] = true
		if count[v]++; count[v] == 1 {
			order = append(order, v)
		}
		if what[v] == "" {
			what[v] = kind
		}
	}
	for _, s := range steps {
		seen := map[string]bool{}
		for _, p := range s.parameters {
			text, _ := p.value.(string)
			note(seen, text, p.name)
		}
		body, _ := s.body.(map[string]any)
		key, _ := body["cancellation_key"].(string)
		note(seen, key, "cancellation_key")
		recipients, _ := body["recipients"].([]any)
		for _, r := range recipients {
			text, _ := r.(string)
			note(seen, text, "user_id")
		}
	}
	names := map[string]int{}
	for _, v := range order {
		if count[v] < 2 {
			continue
		}
		name := what[v]
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, names[name])
		}
		out = append(out, input{name, v, "The " + strings.ReplaceAll(what[v], "_", " ") + "."})
	}
	return out
}

// replace puts inputs in place of the values that they stand for. A text that would be read as an
// expression is left to its author: there is no way to write it as a literal.
func replace(v any, inputs []input) any {
	switch v := v.(type) {
	case string:
		for _, in := range inputs {
			if in.value == v {
				return "$inputs." + in.name
			}
		}
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = replace(x, inputs)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = replace(x, inputs)
		}
		return out
	}
	return v
}

// encoded is a value as YAML, of which JSON is a part.
func encoded(v any) string { return string(value.Encode(v)) }
