package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/app"
	"github.com/spf13/cobra"
)

// fresh is the tree of commands, as an invocation has it.
func fresh() *cobra.Command {
	return root(app.New(app.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}), new(bool))
}

// understood fails when a command line names a command, a flag or a number of arguments that there is not.
func understood(t *testing.T, where, line string) {
	t.Helper()
	words := shellWords(line)
	top := fresh()
	top.InitDefaultCompletionCmd() // as it does when it runs
	cmd, rest, err := top.Find(words[1:])
	if err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
		return
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
		return
	}
	if cmd.HasSubCommands() {
		if args := cmd.Flags().Args(); len(args) > 0 && cmd.Args == nil {
			t.Errorf("%s: %s: there is no command %s", where, line, args[0])
		}
		return // a group is mentioned by its name
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
	}
}

// shellWords splits a line as a shell does, up to a pipe, a redirection or a comment.
func shellWords(line string) (words []string) {
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ':
			end()
		case strings.ContainsRune("|>&;", r), r == '#' && !begun:
			end()
			return words
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	end()
	return words
}

func TestEveryCommandHasAnExampleThatIsUnderstood(t *testing.T) {
	used := 0
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if examples[cmd.CommandPath()] != nil {
			used++
		}
		if cmd.HasExample() {
			for line := range strings.Lines(cmd.Example) {
				understood(t, cmd.CommandPath()+" --help", strings.TrimSpace(line))
			}
		} else if !cmd.HasSubCommands() {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(fresh())
	if used != len(examples) {
		t.Errorf("%d of %d examples belong to a command", used, len(examples))
	}
}

// TestDocumentedCommandsAreUnderstood reads the commands in code blocks, and those named in running text.
func TestDocumentedCommandsAreUnderstood(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile("`(knockops [^`]+)`")
	fenced := regexp.MustCompile("(?ms)^```[a-z]*$(.*?)^```$")
	block := regexp.MustCompile(`(?m)^(?:ssh .* |ExecStart=\S*/)?(knockops .+)$`)
	found := 0
	for _, file := range append(files, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := string(bytes.Join(fenced.FindAll(text, -1), []byte("\n")))
		for _, lines := range [][][]string{inline.FindAllStringSubmatch(string(text), -1), block.FindAllStringSubmatch(blocks, -1)} {
			for _, m := range lines {
				if strings.Contains(m[1], "…") {
					continue
				}
				found++
				understood(t, file, strings.Join(strings.Fields(m[1]), " "))
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d commands were found", found)
	}
}

// The walks through the code name files that are there.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z]+/[a-z/]+(?:\\.go)?)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 10 {
		t.Fatalf("only %d files are named", len(named))
	}
	for _, n := range named {
		if _, err := os.Stat(filepath.Join("../..", n[1])); err != nil {
			t.Errorf("%s is named, and is not there", n[1])
		}
	}
}
