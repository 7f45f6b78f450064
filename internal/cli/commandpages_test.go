package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	_ "github.com/knockops/knockops/internal/tuitest" // for its flag -update
)

// TestCommandsAreDocumented holds the pages of docs/commands against the commands, as docs/keys.md is held against the
// registry of keys.
func TestCommandsAreDocumented(t *testing.T) {
	const dir = "../../docs/commands"
	root := fresh()
	pages := map[string]string{"README.md": commandIndex(root)}
	for _, c := range documented(root) {
		pages[c.Name()+".md"] = "# " + c.CommandPath() + "\n" + commandPage(c, 2)
	}
	there, err := filepath.Glob(dir + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	update := flag.Lookup("update").Value.String() == "true"
	for _, file := range there {
		if name := filepath.Base(file); pages[name] == "" {
			t.Errorf("docs/commands/%s is about no command", name)
		}
	}
	for name, want := range pages {
		file := filepath.Join(dir, name)
		if update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(file); err != nil || string(have) != want {
			t.Errorf("docs/commands/%s is not what --help says (%v); go test -update ./internal/cli writes it", name, err)
		}
	}
}

func documented(cmd *cobra.Command) (out []*cobra.Command) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" && c.Name() != "completion" {
			out = append(out, c)
		}
	}
	return out
}

func commandIndex(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Commands\n\n%s\n\n| command | |\n| --- | --- |\n", escaped(root.Long))
	for _, c := range documented(root) {
		fmt.Fprintf(&b, "| [%s](%[1]s.md) | %s |\n", c.Name(), escaped(c.Short))
	}
	fmt.Fprintf(&b, "\n## Flags of every command\n\n```\n%s```\n\n## Flags of the console\n\n```\n%s```\n",
		root.PersistentFlags().FlagUsages(), root.LocalNonPersistentFlags().FlagUsages())
	return b.String()
}

// commandPage is the part of a page about a command, and about those under it.
func commandPage(cmd *cobra.Command, level int) string {
	var b strings.Builder
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(&b, "\n%s\n", escaped(text))
	block := func(text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			fmt.Fprintf(&b, "\n```\n%s\n```\n", text)
		}
	}
	if cmd.Runnable() && (!cmd.HasSubCommands() || cmd.Args != nil) {
		block(cmd.UseLine())
	}
	block(cmd.LocalNonPersistentFlags().FlagUsages())
	if cmd.HasExample() {
		b.WriteString("\nFor example:\n")
		block(regexp.MustCompile(`(?m)^  `).ReplaceAllString(cmd.Example, ""))
	}
	for _, c := range documented(cmd) {
		fmt.Fprintf(&b, "\n%s %s\n%s", strings.Repeat("#", level), c.CommandPath(), commandPage(c, level+1))
	}
	return b.String()
}

// special are the signs that Markdown would act on; what stands in backquotes it leaves alone.
var special = regexp.MustCompile("`[^`]*`|[*_<>|\\[\\]]")

func escaped(text string) string {
	return special.ReplaceAllStringFunc(text, func(s string) string {
		if len(s) > 1 {
			return s
		}
		return `\` + s
	})
}
