package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"go.yaml.in/yaml/v3"
)

const maxFileSize = 1 << 20 // bytes; no configuration is near it, and a wrong path may be

// document is a configuration file that was read.
type document struct {
	raw       []byte
	mode      fs.FileMode
	values    map[string]any // as the schema's readers made them
	profiles  []string       // names, in the order of the file
	commands  []string       // names, in the order of the file
	positions map[string]Position
	problems  []Problem
}

// current returns the profile that the file uses when nobody says otherwise, "" when it leaves that open.
func (d *document) current() string {
	if name, ok := d.values["current"].(string); ok || len(d.profiles) != 1 {
		return name
	}
	return d.profiles[0]
}

// errors returns the problems that make the file unusable, nil if there are none.
func (d *document) errors() error {
	fatal, _ := d.split()
	if len(fatal) == 0 {
		return nil
	}
	return &FileError{Problems: fatal}
}

// onlyCurrentIsWrong reports whether nothing but the choice of the current profile makes the file unusable.
func (d *document) onlyCurrentIsWrong() bool {
	fatal, _ := d.split()
	return !slices.ContainsFunc(fatal, func(p Problem) bool { return p.Key != "current" })
}

// split parts the problems into those that make the file unusable and the rest.
func (d *document) split() (fatal, warnings []Problem) {
	for _, p := range d.problems {
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			fatal = append(fatal, p)
		}
	}
	return fatal, warnings
}

// readDocument reads and checks the file at path. An error is about reaching it (fs.ErrNotExist among them); what is
// wrong inside is in the document.
func readDocument(path string) (*document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory, where a configuration file belongs", path)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if len(raw) > maxFileSize {
		return nil, fmt.Errorf("%s is larger than %d bytes: that is no configuration file", path, maxFileSize)
	}
	doc := parse(path, raw)
	doc.mode = info.Mode().Perm()
	doc.checkMode(path, info)
	return doc, nil
}

// parse checks raw, which was read from path.
func parse(path string, raw []byte) *document {
	c := &checker{file: path, positions: map[string]Position{}}
	doc := &document{raw: raw, values: map[string]any{}}
	if root := c.root(raw); root != nil {
		if values, ok := fileSchema(c, "", root).(map[string]any); ok {
			doc.values = values
		}
		doc.profiles, doc.commands = namesIn(root, "profiles"), namesIn(root, "commands")
		checkCurrent(c, root, doc)
	}
	doc.positions, doc.problems = c.positions, c.problems
	return doc
}

// root returns the top of the file's one YAML document, nil when there is none.
func (c *checker) root(raw []byte) *yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top, more yaml.Node
	err := decoder.Decode(&top)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = decoder.Decode(&more)
	}
	switch {
	case err == nil:
		c.add(Problem{Position: c.position(&more), Message: "a second document begins here (---), and only one is read"})
		return nil
	case !errors.Is(err, io.EOF):
		c.add(syntaxProblem(c.file, raw, err))
		return nil
	}
	return top.Content[0]
}

func checkCurrent(c *checker, root *yaml.Node, doc *document) {
	name, ok := doc.values["current"].(string)
	if !ok {
		return
	}
	switch {
	case slices.Contains(doc.profiles, name):
	case len(doc.profiles) == 0:
		c.fail(valueOf(root, "current"), "current", "%q is no profile: the file holds none", name)
	default:
		c.fail(valueOf(root, "current"), "current", "%q is no profile of this file%s", name, suggest(name, doc.profiles))
	}
}

// checkMode warns of a file that others may read or write: it may hold keys, and it names the commands that are run.
func (d *document) checkMode(path string, info fs.FileInfo) {
	mode := info.Mode().Perm()
	if runtime.GOOS == "windows" || !info.Mode().IsRegular() || mode&0o077 == 0 {
		return
	}
	d.problems = append(d.problems, Problem{
		Position: Position{File: path},
		Message:  fmt.Sprintf("other users of this machine can reach this file (mode %04o)%s: run `chmod 600 %s`", mode, d.holdsKeys(), path),
		Warning:  true,
	})
}

func (d *document) holdsKeys() string {
	for _, name := range d.profiles {
		if p, err := d.profile(name); err == nil && p.holdsKey() {
			return ", and it holds keys"
		}
	}
	return ""
}

// namesIn returns the names of the mapping that stands under name in n, in their order.
func namesIn(n *yaml.Node, name string) []string {
	m := valueOf(n, name)
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	var names []string
	for i := 0; i+1 < len(m.Content); i += 2 {
		names = append(names, m.Content[i].Value)
	}
	return names
}

// valueOf returns what stands under name in the mapping n, nil when nothing does.
func valueOf(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
