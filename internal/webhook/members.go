package webhook

import (
	"bytes"
	"encoding/json"
)

// Reading every webhook with encoding/json costs more than all else that is done before it is acknowledged. So a body
// is checked once, and then walked over for the few members that are wanted.

// members calls take with the members of a JSON object, in their order. What is no object has none. The JSON must be
// valid; see [Parse].
func members(object []byte, take func(name, value []byte)) {
	b := bytes.TrimLeft(object, " \t\r\n")
	if len(b) == 0 || b[0] != '{' {
		return
	}
	for b = space(b[1:]); b[0] != '}'; {
		end := stringEnd(b)
		name := name(b[:end])
		b = space(space(b[end:])[1:]) // the colon
		end = valueEnd(b)
		take(name, b[:end])
		if b = space(b[end:]); b[0] == ',' {
			b = space(b[1:])
		}
	}
}

// name is the text of a member's name: a part of it as a rule, because there are many and few are wanted.
func name(quoted []byte) []byte {
	if plain := quoted[1 : len(quoted)-1]; bytes.IndexByte(plain, '\\') < 0 {
		return plain
	}
	return []byte(text(quoted))
}

// text is the text of a JSON string, "" of any other value.
func text(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if plain := value[1 : len(value)-1]; bytes.IndexByte(plain, '\\') < 0 && isASCII(plain) {
		return string(plain)
	}
	var s string
	_ = json.Unmarshal(value, &s) // for escapes, and for what is no UTF-8
	return s
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func space(b []byte) []byte {
	i := 0
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return b[i:]
}

// valueEnd is how long the value at the beginning of b is.
func valueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
	default:
		return bytes.IndexAny(b, ",}] \t\r\n")
	}
	depth := 0
	for i := 0; ; i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringEnd is how long the string at the beginning of b is, quotes included.
func stringEnd(b []byte) int {
	for i := 1; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		escapes := 0
		for b[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}
