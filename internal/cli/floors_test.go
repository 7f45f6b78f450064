package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/knockops/knockops"

// The floors of the house, top to bottom: a package imports only from floors
// below its own. A name that ends in /… stands for all packages under it.
var floors = [][]string{
	{""},
	{"internal/cli"},
	{"internal/cli/…"}, // the commands, by subject
	{"internal/app"},
	{"internal/cli/prompt"},
	{"internal/cli/input"},
	{"internal/cli/output"},
	{"internal/cli/exit"},
	{"internal/tour"},
	{"views/…"},
	{"views/internal/listpage", "views/internal/detailpage", "views/internal/sweeping"},
	{"views/internal/…"}, // what several views share
	{"ui"},
	{"ui/kit", "ui/kit/…"},
	{"ui/theme"},
	{"internal/ops/flows", "internal/ops/why", "internal/ops/lookup", "internal/ops/rendering", "internal/ops/origins"},
	{"internal/ops"},
	{"internal/ops/sweep", "internal/ops/backfill", "internal/ops/events", "internal/ops/commands"},
	{"internal/ops/cancel"},
	{"internal/ops/runner", "internal/ops/consent", "internal/ops/export", "internal/ops/conditions"},
	{"internal/flow/builtin"},
	{"internal/flow"},
	{"internal/flow/operation"},
	{"internal/flow/arazzo"},
	{"internal/flow/expr"},
	{"internal/flow/value"},
	{"internal/team"},
	{"internal/journal"},
	{"internal/webhook"},
	{"client"},
	{"config"},
	{"keymap"},
	{"internal/liquid"},
	{"internal/termtext", "internal/wait"},
	{"internal/emulator"},
	{"internal/mutation"}, // a tool of its own
}

// testSupport is for tests. Nothing else imports it.
const testSupport = "internal/tuitest"

// scenarios hold tests alone.
const scenarios = "internal/scenario"

type listed struct {
	ImportPath string
	Imports    []string
}

func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		name := within(p.ImportPath)
		if isTestSupport(name) {
			continue
		}
		own := floorOf(name)
		if own < 0 {
			t.Errorf("%s stands on no floor: give it one in this test", name)
			continue
		}
		for _, path := range p.Imports {
			imported := within(path)
			switch {
			case !strings.HasPrefix(path, module):
			case isTestSupport(imported):
				t.Errorf("%s imports %s, which is for tests alone", name, imported)
			case isKit(name) && isKit(imported): // widgets are made of widgets
			case floorOf(imported) <= own:
				t.Errorf("%s imports %s, which is not below it", name, imported)
			case imported == "internal/emulator" && name != "internal/app" && !strings.HasPrefix(name, "internal/cli/"):
				t.Errorf("%s imports the emulator, which is for internal/app, the commands and tests", name)
			case (isKit(name) || name == "ui" || name == "keymap") && !plain(imported):
				t.Errorf("%s imports %s: it knows nothing of Knock", name, imported)
			}
		}
	}
}

// plain packages know nothing of Knock.
func plain(name string) bool {
	return name == "internal/termtext" || name == "internal/wait" || name == "keymap" || name == "ui/theme" || isKit(name)
}

func isKit(name string) bool { return strings.HasPrefix(name, "ui/kit/") }

func isTestSupport(name string) bool {
	return name == testSupport || name == scenarios || strings.HasPrefix(name, testSupport+"/")
}

func within(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// floorOf prefers a floor that names the package, then the folder nearest to it.
func floorOf(name string) int {
	exact := slices.IndexFunc(floors, func(names []string) bool { return slices.Contains(names, name) })
	if exact >= 0 {
		return exact
	}
	floor, nearest := -1, ""
	for i, names := range floors {
		for _, n := range names {
			folder, all := strings.CutSuffix(n, "…")
			if all && strings.HasPrefix(name, folder) && len(folder) > len(nearest) {
				floor, nearest = i, folder
			}
		}
	}
	return floor
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
