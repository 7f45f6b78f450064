package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	gopackages "golang.org/x/tools/go/packages"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// What draws may import from outside the module. A library that reads files or
// talks to the network has no business in ui or views.
var drawsWith = []string{
	"charm.land/", "github.com/charmbracelet/x/ansi", "github.com/charmbracelet/colorprofile",
	"github.com/google/uuid", "github.com/itchyny/gojq", "github.com/sahilm/fuzzy",
	"github.com/santhosh-tekuri/jsonschema/v6", "golang.org/x/text/",
	"github.com/agnivade/levenshtein", "github.com/alecthomas/chroma/v2",
}

// Of the standard library it may not import these, nor what lies under them.
var reachesOut = []string{"os", "net", "io/fs", "io/ioutil", "database", "syscall", "log", "plugin", "unsafe", "C"}

// These take addresses apart and reach nobody.
var harmless = []string{"net/url", "net/mail"}

// What does I/O on their behalf, in commands.
func does(name string) bool {
	return name == "client" || strings.HasPrefix(name, "internal/flow") || name == "internal/ops" || strings.HasPrefix(name, "internal/ops/")
}

// Nothing that draws can reach a file, a process or the network but through the
// client and the operations.
func TestNothingThatDrawsReachesOut(t *testing.T) {
	imports := map[string][]string{}
	var draws []string
	for _, p := range packages(t) {
		name := within(p.ImportPath)
		imports[name] = p.Imports
		if drawing(name) {
			draws = append(draws, name)
		}
	}
	seen := map[string]bool{}
	for len(draws) > 0 {
		name := draws[0]
		draws = draws[1:]
		if seen[name] || does(name) {
			continue
		}
		seen[name] = true
		for _, path := range imports[name] {
			switch {
			case strings.HasPrefix(path, module):
				draws = append(draws, within(path))
			case !mayDrawWith(path):
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d packages were looked at: is the list of them still right?", len(seen))
	}
}

func drawing(name string) bool {
	return name == "ui" || strings.HasPrefix(name, "ui/") || strings.HasPrefix(name, "views/")
}

func mayDrawWith(path string) bool {
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		return slices.ContainsFunc(drawsWith, func(p string) bool {
			return path == p || strings.HasPrefix(path, strings.TrimSuffix(p, "/")+"/")
		})
	}
	return slices.Contains(harmless, path) || !slices.ContainsFunc(reachesOut, func(p string) bool {
		return path == p || strings.HasPrefix(path, p+"/")
	})
}

// On the program's loop nothing waits. What takes a context waits, and so does
// a channel; both belong into a command: a function that gives a tea.Msg, or
// one that was given a context itself.
func TestNothingWaitsOnTheLoop(t *testing.T) {
	fullscale.Unraced(t)
	loaded, err := gopackages.Load(&gopackages.Config{
		Dir:  "../..",
		Mode: gopackages.NeedName | gopackages.NeedSyntax | gopackages.NeedTypes | gopackages.NeedTypesInfo | gopackages.NeedImports | gopackages.NeedFiles,
	}, "./ui/...", "./views/...")
	if err != nil {
		t.Fatal(err)
	}
	waits := 0
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		for _, file := range p.Syntax {
			w := walker{t: t, p: p}
			ast.Walk(w, file)
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && w.waits(call) {
					waits++
				}
				return true
			})
		}
	}
	if waits < 20 {
		t.Errorf("only %d calls that wait were found: does this test still see them?", waits)
	}
}

// atOnce names what looks as if it waited and does not: Watch starts something
// that ends with its context.
var atOnce = []string{"Watch"}

// walker visits what runs on the loop; it does not go into commands.
type walker struct {
	t *testing.T
	p *gopackages.Package
}

func (w walker) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if w.command(w.p.TypesInfo.Defs[n.Name].Type().(*types.Signature)) {
			return nil
		}
	case *ast.FuncLit:
		if w.command(w.p.TypesInfo.TypeOf(n).(*types.Signature)) {
			return nil
		}
	case *ast.GoStmt:
		return nil
	case *ast.CallExpr:
		if w.waits(n) {
			w.fault(n, "waits for "+types.ExprString(n.Fun))
		}
		if within(w.path(n)) == "internal/flow" && w.name(n) == "Load" {
			w.fault(n, "reads a file")
		}
		if w.path(n) == "time" && w.name(n) == "Sleep" {
			w.fault(n, "sleeps")
		}
		if does(within(w.path(n))) {
			return called{w} // what it is given to call, it calls elsewhere
		}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			w.fault(n, "receives from a channel")
		}
	case *ast.SendStmt:
		w.fault(n, "sends to a channel")
	case *ast.SelectStmt:
		w.fault(n, "selects among channels")
	case *ast.RangeStmt:
		if _, channel := w.p.TypesInfo.TypeOf(n.X).Underlying().(*types.Chan); channel {
			w.fault(n, "ranges over a channel")
		}
	}
	return w
}

// called visits a call of what does I/O, without the functions handed to it.
type called struct{ walker }

func (c called) Visit(n ast.Node) ast.Visitor {
	if _, handed := n.(*ast.FuncLit); handed {
		return nil
	}
	return c.walker.Visit(n)
}

// command reports that a function runs outside the loop: it was given a
// context, or it ends in a message as a tea.Cmd does.
func (w walker) command(s *types.Signature) bool { return takesContext(s) || givesMessage(s) }

// waits reports a call of what runs outside the loop.
func (w walker) waits(call *ast.CallExpr) bool {
	s, ok := w.p.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	return ok && w.command(s) && strings.HasPrefix(w.path(call), module) && !slices.Contains(atOnce, w.name(call))
}

func givesMessage(s *types.Signature) bool {
	return s.Results().Len() == 1 && strings.HasSuffix(s.Results().At(0).Type().String(), "bubbletea/v2.Msg")
}

func takesContext(s *types.Signature) bool {
	return s.Params().Len() > 0 && s.Params().At(0).Type().String() == "context.Context"
}

func (w walker) callee(call *ast.CallExpr) types.Object {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return w.p.TypesInfo.Uses[f.Sel]
	case *ast.Ident:
		return w.p.TypesInfo.Uses[f]
	}
	return nil
}

func (w walker) path(call *ast.CallExpr) string {
	if o := w.callee(call); o != nil && o.Pkg() != nil {
		return o.Pkg().Path()
	}
	return ""
}

func (w walker) name(call *ast.CallExpr) string {
	if o := w.callee(call); o != nil {
		return o.Name()
	}
	return ""
}

func (w walker) fault(n ast.Node, what string) {
	w.t.Errorf("%s: %s on the program's loop: it belongs into a command", w.p.Fset.Position(n.Pos()), what)
}

// The root's Update routes and does nothing else, so it stays short.
func TestRootUpdateIsShort(t *testing.T) {
	const most = 150
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "../../ui/app.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found, lines := 0, 0
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && strings.EqualFold(f.Name.Name, "update") {
			found++
			lines += set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
		}
	}
	if found != 2 || lines >= most {
		t.Errorf("Update and update of ui/app.go: found %d, %d lines together; fewer than %d are allowed", found, lines, most)
	}
}
