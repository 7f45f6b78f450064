package value

import (
	"fmt"
	"strconv"
	"strings"
)

// Pointer is a JSON Pointer (RFC 6901), split into its reference tokens.
type Pointer []string

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// ParsePointer reads a pointer, which is empty or begins with a slash.
func ParsePointer(s string) (Pointer, error) {
	if s == "" {
		return nil, nil
	}
	if s[0] != '/' {
		return nil, fmt.Errorf("the JSON Pointer %q does not begin with /", s)
	}
	tokens := strings.Split(s[1:], "/")
	for i, t := range tokens {
		for at := strings.IndexByte(t, '~'); at >= 0; {
			if at+1 >= len(t) || t[at+1] != '0' && t[at+1] != '1' {
				return nil, fmt.Errorf("in the JSON Pointer %q a ~ is followed by neither 0 nor 1", s)
			}
			next := strings.IndexByte(t[at+2:], '~')
			if next < 0 {
				break
			}
			at += 2 + next
		}
		tokens[i] = unescape.Replace(t)
	}
	return tokens, nil
}

// Get finds what p points at.
func (p Pointer) Get(v any) (any, bool) {
	for _, token := range p {
		switch at := v.(type) {
		case map[string]any:
			member, ok := at[token]
			if !ok {
				return nil, false
			}
			v = member
		case []any:
			i, ok := index(token)
			if !ok || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// Set puts a value where p points, in place, and returns the root. A member that is not there is
// added to its object, and - adds to an array; what is above it has to be there.
func (p Pointer) Set(root, v any) (any, error) {
	if len(p) == 0 {
		return v, nil
	}
	parent, ok := p[:len(p)-1].Get(root)
	if !ok {
		return nil, fmt.Errorf("there is nothing at %s to hold it", p[:len(p)-1])
	}
	last := p[len(p)-1]
	switch at := parent.(type) {
	case map[string]any:
		at[last] = v
	case []any:
		if last == "-" {
			return p[:len(p)-1].Set(root, append(at, v))
		}
		i, ok := index(last)
		if !ok || i >= len(at) {
			return nil, fmt.Errorf("the array at %s has no element %s", p[:len(p)-1], last)
		}
		at[i] = v
	default:
		return nil, fmt.Errorf("what is at %s is a %s and holds nothing", p[:len(p)-1], Kind(parent))
	}
	return root, nil
}

func (p Pointer) String() string {
	if len(p) == 0 {
		return "the root"
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var b strings.Builder
	for _, t := range p {
		b.WriteString("/" + escape.Replace(t))
	}
	return b.String()
}

// index reads an array index: digits without a leading zero (RFC 6901, section 4).
func index(s string) (int, bool) {
	if s == "" || len(s) > 1 && s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	i, err := strconv.Atoi(s)
	return i, err == nil
}
