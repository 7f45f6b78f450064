// Package builtin holds the flows that come with the program. They run against Knock and, with their
// defaults, against the world of the emulator.
package builtin

import (
	"embed"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow"
)

//go:embed flows/*.yml
var files embed.FS

// Prefix begins the name of a built-in flow where a file could stand too.
const Prefix = "built-in:"

// Names are the names of the flows, in order.
func Names() []string {
	entries, err := files.ReadDir("flows")
	if err != nil {
		panic(err) // it is part of the program
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yml"))
	}
	return out
}

// Text is the document of a flow; ok is false when there is none of this name.
func Text(name string) (text []byte, ok bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	text, err := files.ReadFile("flows/" + name + ".yml")
	return text, err == nil
}

// Load reads a built-in flow; ok is false when there is none of this name.
func Load(name string) (f *flow.Flow, ok bool, err error) {
	text, ok := Text(name)
	if !ok {
		return nil, false, nil
	}
	f, err = flow.Parse(Prefix+name, text)
	return f, true, err
}
