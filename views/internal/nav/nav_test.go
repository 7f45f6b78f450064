package nav

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/knockops/knockops/ui"
)

// No view names another's page: what it opens is a function of this package, or a page of its own.
func TestNoViewOpensAPageByAWord(t *testing.T) {
	opens := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "Open" {
				return true
			}
			opens++
			if word, ok := call.Args[0].(*ast.BasicLit); ok {
				t.Errorf("%s opens %s by a word: let it call a function of views/internal/nav", path, word.Value)
			}
			return true
		})
		return nil
	})
	if err != nil || opens < 15 {
		t.Errorf("%d calls that open a page were seen, %v", opens, err)
	}
}

func TestParamsSayWhatNarrows(t *testing.T) {
	for _, c := range []struct {
		of   RunsOf
		want ui.Params
	}{
		{RunsOf{}, ui.Params{}},
		{RunsOf{Workflow: "w", Errors: true}, ui.Params{Workflow: "w", Errors: "yes"}},
		{
			RunsOf{"w", "r", "t", "k", "x", "all", "2h", "1h", true},
			ui.Params{Workflow: "w", Recipient: "r", Tenant: "t", Key: "k", WorkflowRun: "x", Status: "all", Since: "2h", Until: "1h", Errors: "yes"},
		},
	} {
		if got := c.of.Params(); !maps.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.of, got, c.want)
		}
	}
}
