package config

import (
	"fmt"
	"slices"
	"strings"
)

// Position is a place in the configuration file; lines and columns count from 1. The zero Position is no place at all,
// such as that of a setting that came from the environment.
type Position struct {
	File   string
	Line   int
	Column int
}

// String is file:line, the file alone where no line is known, or empty for no place.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Problem is something wrong with the configuration, or, as a warning, something that the operator should know.
type Problem struct {
	Position Position
	Key      string // path of the setting, such as profiles.staging.api_key; may be empty
	Message  string // what is wrong and what to do
	Warning  bool   // stops nothing
}

// String is one line: where, which setting, what.
func (p Problem) String() string {
	parts := make([]string, 0, 3)
	for _, s := range []string{p.Position.String(), p.Key, p.Message} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// FileError holds everything that makes the configuration file unusable.
type FileError struct{ Problems []Problem }

// Error is one line for each problem.
func (e *FileError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Validate checks the configuration file at path and returns everything that is wrong with it, warnings included, in
// the order of its lines. It looks at the file alone, not at the environment, and fetches no key.
func Validate(path string) []Problem {
	doc, err := readDocument(path)
	if err != nil {
		return []Problem{{Message: err.Error()}}
	}
	c := &Config{positions: doc.positions, Warnings: doc.problems}
	for _, name := range doc.profiles {
		p, err := doc.profile(name)
		if err != nil {
			return []Problem{{Position: Position{File: path}, Message: err.Error()}}
		}
		c.Profiles = append(c.Profiles, p)
	}
	c.warnOfSharedKeys()
	slices.SortStableFunc(c.Warnings, func(a, b Problem) int { return a.Position.Line - b.Position.Line })
	return c.Warnings
}
