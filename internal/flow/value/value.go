// Package value holds JSON values as flows handle them: nil, bool, string, [json.Number], []any and
// map[string]any. Numbers keep their digits, so that an id of 19 digits stays what it was.
package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
)

// Decode reads one JSON value and nothing after it.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the value")
	}
	return v, nil
}

// Encode writes a value as JSON, without escaping what only HTML needs escaped.
func Encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // a number that is none: values made by Decode hold none
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Text is a value as it stands inside a longer text: a string as it is, all else as JSON.
func Text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(Encode(v))
}

// Int makes a number.
func Int(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// Kind names the type of a value in JSON's words.
func Kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// Clone copies a value to its leaves.
func Clone(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = Clone(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = Clone(x)
		}
		return out
	}
	return v
}

// Names are the member names of an object in order.
func Names[V any](object map[string]V) []string { return slices.Sorted(maps.Keys(object)) }
