package termtext

import "encoding/json"

// deepest is how many levels are indented. What lies deeper stays on one line: the white space before each of a
// thousand levels would be a thousand times as much as the JSON.
const deepest = 40

// IndentJSON is JSON as json.Indent writes it with two spaces a level, down to 40 levels; deeper values stay on one
// line. prefix begins every line but the first. ok is false for what is no JSON.
func IndentJSON(src []byte, prefix string) (out []byte, ok bool) {
	if !json.Valid(src) {
		return nil, false
	}
	out = make([]byte, 0, len(src)+len(src)/2)
	depth := 0
	newline := func() {
		out = append(append(out, '\n'), prefix...)
		for range depth {
			out = append(out, "  "...)
		}
	}
	opened := false // the last thing written opens an object or a list
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			continue
		}
		closes := c == '}' || c == ']'
		if opened && !closes && depth <= deepest {
			newline()
		}
		switch {
		case c == '"':
			end := textEnd(src, i)
			out = append(out, src[i:end]...)
			i = end - 1
		case c == ',':
			if out = append(out, c); depth <= deepest {
				newline()
			}
		case c == ':':
			if out = append(out, c); depth <= deepest {
				out = append(out, ' ')
			}
		case closes:
			if depth--; !opened && depth < deepest {
				newline()
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
		if opened = c == '{' || c == '['; opened {
			depth++
		}
	}
	return out, true
}

// textEnd is where the JSON text that begins at i ends.
func textEnd(src []byte, i int) int {
	for i++; src[i] != '"'; i++ {
		if src[i] == '\\' {
			i++
		}
	}
	return i + 1
}
