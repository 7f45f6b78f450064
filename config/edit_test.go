package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var looksLikeSetting = regexp.MustCompile(`^ *[a-z_.]+: *|^keys:`)

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestInit(t *testing.T) {
	path := isolate(t)
	if err := Init(path, false); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		for file, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", file, info.Mode(), err)
			}
		}
	}
	if problems := Validate(path); len(problems) != 0 {
		t.Errorf("the starter file has problems: %v", problems)
	}
	t.Setenv(apiKeyVariable, "sk_env")
	c, err := Load(Flags{})
	if err != nil || c.Current != "development" || len(c.Profiles) != 2 || len(c.Warnings) != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if p, err := c.Profile("production"); err != nil || !p.Protected {
		t.Errorf("production is not protected: %+v, %v", p, err)
	}

	write(t, path, "# mine\n")
	err = Init(path, false)
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "--force") || read(t, path) != "# mine\n" {
		t.Errorf("without force: %v, %q", err, read(t, path))
	}
	if err := Init(path, true); err != nil || read(t, path) != string(starter) {
		t.Errorf("with force: %v", err)
	}
	if rest, err := os.ReadDir(filepath.Dir(path)); err != nil || len(rest) != 1 {
		t.Errorf("left behind: %v, %v", rest, err)
	}
}

// What the starter file says in comments must be true when somebody takes the comment sign away.
func TestStarterWithoutComments(t *testing.T) {
	path := isolate(t)
	var lines []string
	for line := range strings.Lines(string(starter)) {
		if before, after, ok := strings.Cut(line, "# "); ok && strings.TrimSpace(before) == "" && looksLikeSetting.MatchString(after) {
			line = before + after
		}
		lines = append(lines, line)
	}
	write(t, path, strings.Join(lines, ""))
	if problems := Validate(path); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
	c, err := Load(Flags{Profile: "production"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("")
	if err != nil || p.Account != "acme" || len(p.Webhook.Secrets) != 1 || p.Runaway.Factor == 0 || !p.ReadOnly || len(c.Keys) != 1 || len(c.Commands) != 1 || !c.Commands[0].ReadsOnly || len(c.Commands[0].Run) != 3 {
		t.Errorf("not every setting was there: %+v, %v", p, err)
	}
}

func TestUse(t *testing.T) {
	const profiles = "profiles: # all\n  a: {environment: a}\n\n  b:\n    environment: b   # two\n"
	for name, c := range map[string]struct{ file, use, want string }{
		"changes":           {"# top\ncurrent: a\n" + profiles, "b", "# top\ncurrent: b\n" + profiles},
		"keeps its comment": {"current: a   # for now\n" + profiles, "b", "current: b   # for now\n" + profiles},
		"quoted":            {"current: \"a\"\n" + profiles, "b", "current: b\n" + profiles},
		"empty":             {"current:\n" + profiles, "b", "current: b\n" + profiles},
		"last line":         {profiles + "current: a", "b", profiles + "current: b\n"},
		"not there yet":     {"# top\n\n" + profiles, "b", "# top\n\ncurrent: b\n" + profiles},
		"same":              {"current: b\n" + profiles, "b", "current: b\n" + profiles},
		"wrong before":      {"current: gone\n" + profiles, "b", "current: b\n" + profiles},
		"Windows lines":     {"current: a\r\nprofiles:\r\n  a: {environment: a}\r\n  b: {environment: b}\r\n", "b", "current: b\r\nprofiles:\r\n  a: {environment: a}\r\n  b: {environment: b}\r\n"},
		"name like a value": {"current: a\nprofiles: {a: {environment: a}, 1: {environment: b}, true: {environment: c}}\n", "true", "current: \"true\"\nprofiles: {a: {environment: a}, 1: {environment: b}, true: {environment: c}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := isolate(t)
			write(t, path, c.file)
			if err := Use(path, c.use); err != nil {
				t.Fatal(err)
			}
			if got := read(t, path); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			cfg, err := Load(Flags{})
			if err != nil || cfg.Current != c.use {
				t.Errorf("%+v, %v", cfg, err)
			}
		})
	}
}

func TestUseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, use, want string }{
		"unknown":       {"profiles: {staging: {environment: a}}", "stagin", `there is no profile "stagin"`},
		"broken file":   {"profiles: {a: {}}", "a", "has no environment"},
		"one line":      {"{current: a, profiles: {a: {environment: a}, b: {environment: b}}}", "b", "set `current: b` in it by hand"},
		"value below":   {"current:\n  a\nprofiles: {a: {environment: a}, b: {environment: b}}", "b", "by hand"},
		"not there":     {"", "b", "reading the configuration"},
		"empty choice":  {"profiles: {a: {environment: a}}", "", `there is no profile ""`},
		"no profiles":   {"theme: {mode: dark}\n", "a", `there is no profile "a"`},
		"nothing in it": {"# empty\n", "a", `there is no profile "a"`},
	} {
		t.Run(name, func(t *testing.T) {
			path := isolate(t)
			if c.file != "" {
				write(t, path, c.file)
			}
			if err := Use(path, c.use); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if c.file != "" && read(t, path) != c.file {
				t.Errorf("the file changed: %s", read(t, path))
			}
		})
	}
}

func TestUseKeepsLinkAndMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes, and links need rights")
	}
	path := isolate(t)
	target := filepath.Join(t.TempDir(), "dotfiles.yaml")
	write(t, target, "profiles: {a: {environment: a}}\n")
	write(t, path, "")
	if err := errors.Join(os.Chmod(target, 0o640), os.Remove(path), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
	if err := Use(path, "a"); err != nil {
		t.Fatal(err)
	}
	link, err := os.Lstat(path)
	if err != nil || link.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is gone: %v, %v", link.Mode(), err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 || !strings.HasPrefix(read(t, target), "current: a\n") {
		t.Errorf("%v, %v: %s", info.Mode(), err, read(t, target))
	}
}
