package emulator

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of docs/emulator.md")

// operations is the table of routes for the documentation.
func operations() string {
	all := routes()
	slices.SortStableFunc(all, func(a, b *route) int {
		return cmp.Or(cmp.Compare(a.access/managed, b.access/managed), cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	keys := map[access]string{public: "secret", inApp: "secret, public", managed: "service token", anyone: "none"}
	var out strings.Builder
	fmt.Fprintf(&out, "| method | path | key | requests a second |\n| --- | --- | --- | --- |\n")
	for _, r := range all {
		limit := "no limit"
		if n := perSecond[r.tier]; n > 0 {
			limit = fmt.Sprint(n)
		}
		fmt.Fprintf(&out, "| %s | `%s` | %s | %s |\n", r.method, r.path, keys[r.access], limit)
	}
	return out.String()
}

func TestDocsListTheOperations(t *testing.T) {
	const path, title = "../../docs/emulator.md", "\n## Operations\n"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(raw), title)
	words, _, _ := strings.Cut(rest, "\n|")
	want := before + title + strings.TrimRight(words, "\n") + "\n\n" + operations()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(raw) != want {
		t.Error("docs/emulator.md lists other operations than are served; go test ./internal/emulator -run Docs -update writes it")
	}
}
