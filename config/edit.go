package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/knockops/knockops/internal/termtext"
)

//go:embed starter.yaml
var starter []byte

// Init writes a commented configuration file that one can start from, readable by its owner alone (mode 0600), and
// makes the directories above it (mode 0700). Without force it never overwrites a file; the error is an fs.ErrExist.
func Init(path string, force bool) error {
	err := writeFile(path, starter, 0o600, force)
	if errors.Is(err, fs.ErrExist) {
		return &existsError{path}
	}
	return err
}

// existsError says that a file is not written over, in words of its own.
type existsError struct{ path string }

func (e *existsError) Error() string {
	return e.path + " is there already and was left as it is; --force writes a new one over it"
}

func (e *existsError) Unwrap() error { return fs.ErrExist }

// Use makes the named profile the file's current one. It changes that one setting and leaves everything else, comments
// included, as it is.
func Use(path, name string) error {
	doc, err := readDocument(path)
	if err != nil {
		return err
	}
	// What is wrong with `current` is about to change, and is no reason to refuse.
	if err := doc.errors(); err != nil && !doc.onlyCurrentIsWrong() {
		return err
	}
	if !slices.Contains(doc.profiles, name) {
		return fmt.Errorf("there is no profile %q in %s; profiles: %s", name, path, strings.Join(termtext.NearestFirst(name, doc.profiles), ", "))
	}
	edited := setCurrent(doc.raw, name)
	if !sameBut(doc, parse(path, edited), name) {
		return fmt.Errorf("%s is written in a way that cannot be edited safely: set `current: %s` in it by hand", path, name)
	}
	return writeFile(path, edited, doc.mode, true)
}

// sameBut reports whether edited says what doc says, with name as the current profile.
func sameBut(doc, edited *document, name string) bool {
	want := maps.Clone(doc.values)
	want["current"] = name
	return edited.errors() == nil && reflect.DeepEqual(edited.values, want) && slices.Equal(edited.profiles, doc.profiles)
}

// setCurrent returns raw with `current` set to name: in its line, or in a new line before the first setting.
func setCurrent(raw []byte, name string) []byte {
	var top yaml.Node
	if err := yaml.Unmarshal(raw, &top); err != nil || len(top.Content) == 0 || len(top.Content[0].Content) == 0 {
		return raw
	}
	scalar, err := yaml.Marshal(name) // quotes what would otherwise not be text
	if err != nil {
		return raw
	}
	setting := "current: " + strings.TrimSpace(string(scalar))
	lines := bytes.SplitAfter(raw, []byte("\n"))
	entries := top.Content[0].Content
	for i := 0; i+1 < len(entries); i += 2 {
		if key := entries[i]; key.Value == "current" {
			lines[key.Line-1] = []byte(setting + afterValue(string(lines[key.Line-1])))
			return bytes.Join(lines, nil)
		}
	}
	first := entries[0].Line - 1
	lines[first] = append([]byte(setting+lineEnd(string(lines[first]))), lines[first]...)
	return bytes.Join(lines, nil)
}

// afterValue returns what follows the value on its line: a comment, and the end of the line.
func afterValue(line string) string {
	if i := strings.Index(line, " #"); i >= 0 {
		return line[len(strings.TrimRight(line[:i], " ")):]
	}
	return lineEnd(line)
}

func lineEnd(line string) string {
	if strings.HasSuffix(line, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// writeFile writes a file in one step: a reader sees the old one or the new one, whole. A symbolic link stays one. A
// file that is there is replaced on request only; the error is an fs.ErrExist otherwise.
func writeFile(path string, content []byte, mode fs.FileMode, replace bool) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the directory of the configuration: %w", err)
	}
	if !replace {
		claim, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
		claim.Close()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".knockops-*")
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}
