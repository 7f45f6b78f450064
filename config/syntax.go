package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	yamlError     = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxProblem makes a problem of what the YAML library says of raw, which it could not read.
func syntaxProblem(file string, raw []byte, err error) Problem {
	complaint, line := err.Error(), 0
	if m := yamlError.FindStringSubmatch(complaint); m != nil {
		complaint = m[2]
		line, _ = strconv.Atoi(m[1])
	}
	anchor := unknownAnchor.FindStringSubmatch(complaint)
	switch {
	case anchor != nil:
		line = lineAt(raw, bytes.Index(raw, []byte("*"+anchor[1])))
	case strings.HasPrefix(complaint, "did not find expected"):
		line = min(line+1, lineAt(raw, len(bytes.TrimRight(raw, "\n")))) // the library counts these from 0
	case line == 0:
		line = lineAt(raw, bytes.IndexFunc(raw, isForeign))
	}
	if complaint == "found character that cannot start any token" {
		complaint += "; quote the value, and indent with spaces, not tabs"
	}
	return Problem{Position: Position{File: file, Line: max(line, 1)}, Message: "is not YAML: " + visible(complaint)}
}

// isForeign reports whether YAML may not hold the character.
func isForeign(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r)
}

// lineAt returns the line of an offset into raw; an offset of -1 is in the first.
func lineAt(raw []byte, offset int) int { return 1 + bytes.Count(raw[:max(offset, 0)], []byte("\n")) }
