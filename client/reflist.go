package client

import (
	"bytes"
	"encoding/json"
	"strings"
)

// apart are the characters that stand between the references of a list.
const apart = ", \t\r\n"

// JoinRefs writes references as a list that ParseRefs reads back to the same: an id that holds a space or a comma is
// written as JSON.
func JoinRefs(refs []Ref) string {
	words := make([]string, len(refs))
	for i, r := range refs {
		words[i] = r.String()
		if b, err := r.MarshalJSON(); err == nil && strings.ContainsAny(words[i], apart) {
			words[i] = string(b)
		}
	}
	return strings.Join(words, ", ")
}

// ParseRefs reads references of the forms that ParseRef takes, with spaces or commas between them. An id that holds one
// of these is written as a JSON string. Errors are those of ParseRef.
func ParseRefs(s string) ([]Ref, error) {
	var out []Ref
	for {
		if s = strings.TrimLeft(s, apart); s == "" {
			return out, nil
		}
		word := s
		if strings.ContainsAny(s[:1], `"{[`) {
			var raw json.RawMessage
			if d := json.NewDecoder(bytes.NewReader([]byte(s))); d.Decode(&raw) == nil {
				word = s[:d.InputOffset()]
			}
			if rest := s[len(word):]; rest != "" && !strings.ContainsAny(rest[:1], apart) {
				return nil, invalid("recipients", "a comma or a space is missing behind %s", visible(word))
			}
		} else if end := strings.IndexAny(s, apart); end >= 0 {
			word = s[:end]
		}
		ref, err := ParseRef(word)
		if err != nil {
			return nil, err
		}
		out, s = append(out, ref), s[len(word):]
	}
}
