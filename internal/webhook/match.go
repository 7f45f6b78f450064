package webhook

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/itchyny/gojq"
)

// MatchType matches a type against a glob, in which * stands for anything.
func MatchType(glob, eventType string) bool {
	first, rest, star := strings.Cut(glob, "*")
	if !star {
		return glob == eventType
	}
	after, ok := strings.CutPrefix(eventType, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	for i, part := range parts {
		if i == len(parts)-1 {
			return strings.HasSuffix(after, part)
		}
		_, after, ok = strings.Cut(after, part)
		if !ok {
			return false
		}
	}
	return true
}

// ParseFilter compiles a jq expression to a question about bodies: whether the first thing that it makes of one is
// neither false nor null. What fails on a body, such as a field of what is no object, is a no.
func ParseFilter(expression string) (func(ctx context.Context, body []byte) bool, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, body []byte) bool {
		var v any
		if json.Unmarshal(body, &v) != nil {
			return false
		}
		first, some := code.RunWithContext(ctx, v).Next()
		_, failed := first.(error)
		return some && !failed && first != nil && first != false
	}, nil
}
