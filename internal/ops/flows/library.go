package flows

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/builtin"
	"github.com/knockops/knockops/internal/termtext"
)

// Library is where flows are found by name: those built in, and the operator's own folder, which
// need not exist.
type Library struct{ Folder string }

// InputsSuffix ends the name of a file that holds the inputs of a flow, for tests.
const InputsSuffix = ".inputs.json"

var extensions = []string{".yml", ".yaml", ".json"}

// Listed is a flow as a list has it.
type Listed struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Summary string `json:"summary,omitempty"`
	Steps   int    `json:"steps"`
	Source  string `json:"source"` // built in, or the file
	Error   string `json:"error,omitempty"`
}

// builtIn is the source of the flows that come with the program.
const builtIn = "built in"

// BuiltIn reports that the flow comes with the program.
func (l Listed) BuiltIn() bool { return l.Source == builtIn }

// List are the flows that can be run by name, those of the folder first. One that cannot be read is
// among them, with what is wrong with it.
func (l Library) List() (out []Listed) {
	var entries []os.DirEntry
	if l.Folder != "" {
		entries, _ = os.ReadDir(l.Folder) // there need not be one
	}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if !slices.Contains(extensions, ext) || strings.HasSuffix(e.Name(), InputsSuffix) {
			continue
		}
		path := filepath.Join(l.Folder, e.Name())
		f, err := flow.Load(path)
		out = append(out, listed(strings.TrimSuffix(e.Name(), ext), path, f, err))
	}
	for _, name := range builtin.Names() {
		f, _, err := builtin.Load(name)
		out = append(out, listed(name, builtIn, f, err))
	}
	return out
}

func listed(name, source string, f *flow.Flow, err error) Listed {
	if err != nil {
		return Listed{Name: name, Source: source, Error: err.Error()}
	}
	out := Listed{Name: name, Title: f.Title, Version: f.InfoVersion, Summary: f.Summary, Source: source}
	if len(f.Workflows) > 0 {
		out.Steps = len(f.Workflows[0].Steps)
		if out.Summary == "" {
			out.Summary = f.Workflows[0].Summary
		}
	}
	return out
}

// NoFlowError says that there is no flow of a name.
type NoFlowError struct{ text string }

func (e *NoFlowError) Error() string { return e.text }

// Load reads a flow: a file, a name in the folder, or the name of one that is built in.
func (l Library) Load(name string) (*flow.Flow, error) {
	if built, ok, err := builtin.Load(strings.TrimPrefix(name, builtin.Prefix)); ok {
		if _, file := os.Stat(name); errors.Is(file, os.ErrNotExist) {
			return built, err
		}
	}
	paths := []string{name}
	if l.Folder != "" {
		for _, ext := range append([]string{""}, extensions...) {
			paths = append(paths, filepath.Join(l.Folder, name+ext))
		}
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return flow.Load(path)
		}
	}
	text := fmt.Sprintf("there is no file %s, no flow of this name in %s, and none that is built in", name, l.Folder)
	return nil, &NoFlowError{text + termtext.DidYouMean(name, builtin.Names())}
}
