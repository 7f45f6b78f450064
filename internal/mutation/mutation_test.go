package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every break can be made in today's tree, and the test that kills it is there.
func TestTheListDoesNotRot(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	all := Breaks()
	if len(all) < 100 {
		t.Errorf("%d breaks are listed, and 100 at least are promised", len(all))
	}
	ids := map[string]bool{}
	tests := map[string]map[string]bool{}
	for _, b := range all {
		if ids[b.ID] {
			t.Errorf("two breaks are called %s", b.ID)
		}
		ids[b.ID] = true
		if _, err := b.apply(root); err != nil {
			t.Error(err)
		}
		if b.Old == b.New || b.What == "" || !slices.Contains(rules(), b.Rule) {
			t.Errorf("%s breaks nothing, or no rule", b.ID)
		}
		dir, test := b.target()
		if tests[dir] == nil {
			tests[dir] = testsOf(t, filepath.Join(root, dir))
		}
		if name, _, _ := strings.Cut(test, "/"); !tests[dir][name] {
			t.Errorf("%s: there is no %s in %s", b.ID, name, dir)
		}
	}
}

// testsOf are the names of the tests of a directory.
func testsOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				out[f.Name.Name] = true
			}
		}
	}
	return out
}

func TestTheDocumentIsWhatTheListSays(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "safety.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), tablesBegin)
	within, _, ended := strings.Cut(rest, tablesEnd)
	if !found || !ended || tablesBegin+within+tablesEnd != tables() {
		t.Error("docs/safety.md is not what `go run ./internal/mutation -table` prints: put that between its marks")
	}
}

func TestSamples(t *testing.T) {
	all := Breaks()
	if got := choose(all[3].ID, 0, 1); len(got) != 1 || got[0].ID != all[3].ID {
		t.Errorf("%v", got)
	}
	if got := choose("no such break", 0, 1); got != nil {
		t.Errorf("%v", got)
	}
	if got := choose("", 0, 1); len(got) != len(all) {
		t.Errorf("%d of %d", len(got), len(all))
	}
	one, same, other := choose("", 8, 1), choose("", 8, 1), choose("", 8, 2)
	if len(one) != 8 || !slices.Equal(one, same) || slices.Equal(one, other) {
		t.Errorf("%v, %v, %v", one, same, other)
	}
}
