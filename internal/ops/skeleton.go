package ops

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// dataPath is a variable of a trigger's data as templates and conditions name it.
var dataPath = regexp.MustCompile(`\bdata\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`)

// deepestSkeleton bounds how far a schema is followed.
const deepestSkeleton = 6

// DataSkeleton is data of the form that a workflow wants, to be filled in: what its schema describes, and what its
// templates and conditions name besides. It is nil where neither names anything.
func DataSkeleton(w client.Workflow) json.RawMessage {
	data := map[string]any{}
	var schema map[string]any
	if json.Unmarshal(w.TriggerDataSchema, &schema) == nil {
		if of, ok := example(schema, 0).(map[string]any); ok {
			data = of
		}
	}
	for _, found := range dataPath.FindAllStringSubmatch(string(w.Raw), -1) {
		put(data, strings.Split(found[1], "."))
	}
	if len(data) == 0 {
		return nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return nil
	}
	out, _ := termtext.IndentJSON(raw, "")
	return out
}

// example is a value of the form that a schema describes.
func example(schema map[string]any, depth int) any {
	for _, name := range []string{"default", "const"} {
		if v, ok := schema[name]; ok {
			return v
		}
	}
	for _, name := range []string{"examples", "enum"} {
		if all, _ := schema[name].([]any); len(all) > 0 {
			return all[0]
		}
	}
	kind, _ := schema["type"].(string)
	if kinds, _ := schema["type"].([]any); len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	properties, described := schema["properties"].(map[string]any)
	switch {
	case kind == "object" || described:
		out := map[string]any{}
		for name, of := range properties {
			if of, ok := of.(map[string]any); ok && depth < deepestSkeleton {
				out[name] = example(of, depth+1)
			}
		}
		return out
	case kind == "array":
		return []any{}
	case kind == "number", kind == "integer":
		return 0
	case kind == "boolean":
		return false
	case kind == "null":
		return nil
	}
	return ""
}

// put makes a place for a variable where there is none.
func put(data map[string]any, path []string) {
	name, rest := path[0], path[1:]
	if len(rest) == 0 {
		if _, there := data[name]; !there {
			data[name] = ""
		}
		return
	}
	within, isObject := data[name].(map[string]any)
	if !isObject {
		if old, there := data[name]; there && old != "" {
			return // a list, or a number: what the schema says counts
		}
		within = map[string]any{}
		data[name] = within
	}
	put(within, rest)
}
