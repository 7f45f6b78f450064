// Package flow reads Arazzo documents, checks them, and runs them against Knock. How a request is
// sent and how a webhook arrives is its caller's business: see [Transport] and [Receiver].
package flow

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/operation"
)

// Flow is a document with the sources it refers to, as far as they can be read.
type Flow struct {
	*arazzo.Document
	Text     []byte
	Sources  operation.Sources
	Others   map[string]*Flow // its sources of type arazzo, by name
	Problems arazzo.Problems  // of its form and of its contents, without those of others
}

// mostDocuments is how many documents one flow may be made of.
const mostDocuments = 20

// Load reads a document and the descriptions beside it from the file system. Nothing is fetched from
// a network: a source with an address is looked up in the table of Knock's operations. The error is
// of a file that cannot be read, or [arazzo.Problems] of one that is no Arazzo document; all other
// problems are in the flow.
func Load(file string) (*Flow, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse is [Load] for a text that is at hand. Relative sources are read from the folder of file.
func Parse(file string, data []byte) (*Flow, error) {
	l := &loader{loaded: map[string]*Flow{}}
	return l.parse(file, data)
}

func readFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", file)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder", file)
	case info.Size() > arazzo.MaxBytes:
		return nil, fmt.Errorf("%s is larger than %d MiB", file, arazzo.MaxBytes>>20)
	}
	return os.ReadFile(file)
}

type loader struct {
	loaded map[string]*Flow
}

func (l *loader) parse(file string, data []byte) (*Flow, error) {
	doc, problems, err := arazzo.Parse(file, data)
	if err != nil {
		return nil, err
	}
	f := &Flow{Document: doc, Text: data, Others: map[string]*Flow{}, Problems: problems}
	l.loaded[file] = f
	for _, s := range doc.Sources {
		f.Sources = append(f.Sources, l.source(f, s))
	}
	return f, nil
}

// source reads one source description.
func (l *loader) source(f *Flow, s arazzo.Source) operation.Source {
	unread := func(err error) operation.Source { return operation.Source{Source: s, Err: err} }
	file, err := sourceFile(f.File, s.URL)
	if err != nil {
		return unread(err)
	}
	if other, ok := l.loaded[file]; ok {
		f.Others[s.Name] = other
		return operation.Source{Source: s}
	}
	data, err := readFile(file)
	if err != nil {
		return unread(err)
	}
	if s.Type != "arazzo" {
		return operation.ReadSource(s, data)
	}
	if len(l.loaded) >= mostDocuments {
		return unread(fmt.Errorf("a flow is made of at most %d documents", mostDocuments))
	}
	other, err := l.parse(file, data)
	if err != nil {
		return unread(err)
	}
	f.Others[s.Name] = other
	return operation.Source{Source: s}
}

// sourceFile is where a source is on this machine.
func sourceFile(document, ref string) (string, error) {
	u, err := url.Parse(ref)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no URL", ref)
	case u.Scheme == "file" && u.Host == "":
		return filepath.FromSlash(u.Path), nil
	case u.Scheme != "" || u.Host != "":
		return "", errors.New("it is not on this machine, and nothing is fetched")
	case u.Path == "":
		return "", errors.New("it names no file")
	}
	path := filepath.FromSlash(u.Path)
	if filepath.IsAbs(path) {
		return path, nil
	}
	return filepath.Join(filepath.Dir(document), path), nil
}

// find finds a workflow by its id, or in another document by an expression.
func (f *Flow) find(id string) (*Flow, *arazzo.Workflow, error) {
	if rest, ok := strings.CutPrefix(id, "$sourceDescriptions."); ok {
		source, name, _ := strings.Cut(rest, ".")
		other := f.Others[source]
		if other == nil {
			return nil, nil, f.noDocument(source)
		}
		return other.local(name, source)
	}
	return f.local(id, "")
}

func (f *Flow) local(id, source string) (*Flow, *arazzo.Workflow, error) {
	if w := f.WorkflowByID(id); w != nil {
		return f, w, nil
	}
	in := "the document"
	if source != "" {
		in = "the source " + source
	}
	return nil, nil, fmt.Errorf("%s has no workflow %s", in, id)
}

func (f *Flow) noDocument(source string) error {
	for _, s := range f.Sources {
		switch {
		case s.Name != source:
		case s.Err != nil:
			return fmt.Errorf("the source %s cannot be read: %w", source, s.Err)
		default:
			return fmt.Errorf("the source %s is no Arazzo document: its type is %q", source, s.Type)
		}
	}
	return fmt.Errorf("the document has no source %s", source)
}

// Workflow finds what to run: by its id, or the only one, or the first when there are several and no
// id is given.
func (f *Flow) Workflow(id string) (*arazzo.Workflow, error) {
	if id == "" && len(f.Workflows) > 0 {
		return &f.Workflows[0], nil
	}
	_, w, err := f.local(id, "")
	return w, err
}
