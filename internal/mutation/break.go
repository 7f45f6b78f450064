package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Break is one deliberate fault.
type Break struct {
	ID   string
	Rule Rule
	What string // what the program does wrong then
	File string // from the root of the repository
	Old  string // what stands there once
	New  string
	// Test kills it: the package's directory, a dot, and the name of the test or of a part of it.
	Test string
}

// survived is the verdict on a break that no test noticed.
const survived = "SURVIVED"

// testTimeout ends a test that a break sends round in circles, which kills the break.
const testTimeout = "90s"

// Breaks are all breaks, in the order of the table.
func Breaks() []Break {
	var all []Break
	for _, part := range [][]Break{
		cancelBreaks, queueBreaks, scopeBreaks, readingBreaks, sweepBreaks, proofBreaks, resumeBreaks, keptBreaks, runnerBreaks, consentBreaks, flowBreaks, commandBreaks,
		whyBreaks, clientBreaks, secretBreaks, journalBreaks, webhookBreaks, teamBreaks, eventBreaks,
	} {
		all = append(all, part...)
	}
	return all
}

// target splits Test into a directory and a test's name.
func (b Break) target() (dir, test string) {
	at := strings.LastIndex(b.Test, ".")
	return b.Test[:at], b.Test[at+1:]
}

// apply returns the file's text with the break in it.
func (b Break) apply(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, b.File))
	if err != nil {
		return "", err
	}
	switch n := strings.Count(string(text), b.Old); n {
	case 1:
		return strings.Replace(string(text), b.Old, b.New, 1), nil
	default:
		return "", fmt.Errorf("%s: its text stands %d times in %s, and must once", b.ID, n, b.File)
	}
}

var failedTest = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)

// play builds the test with the break and runs it. The verdict names what killed the break.
func (b Break) play(ctx context.Context, root string) (verdict string, err error) {
	text, err := b.apply(root)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(dir, filepath.Join(root, b.File), text)
	if err != nil {
		return "", err
	}
	pkg, test := b.target()
	cmd := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-vet=off", "-ldflags=-s -w", "-count=1", "-short", "-failfast", "-timeout", testTimeout,
		"-run", pattern(test), "./"+pkg)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch said := string(out); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case strings.Contains(said, "[build failed]"), strings.Contains(said, "[setup failed]"):
		return "", fmt.Errorf("it does not build:\n%s", said)
	case strings.Contains(said, "[no tests to run]"):
		return "", fmt.Errorf("%s has no %s", pkg, test)
	case err == nil:
		return survived, nil
	case !errors.As(err, &exit):
		return "", err
	case strings.Contains(said, "panic: test timed out"):
		return "killed, it never ends: " + test, nil
	case failedTest.MatchString(said):
		all := failedTest.FindAllStringSubmatch(said, -1)
		return "killed by " + all[len(all)-1][1], nil
	}
	return "killed, the test binary fell: " + test, nil
}

// writeOverlay writes what the build reads instead of the source.
func writeOverlay(dir, source, text string) (string, error) {
	broken := filepath.Join(dir, "broken.go")
	if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {source: broken}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, b, 0o600)
}

// pattern matches a test, and each of its parts, exactly.
func pattern(test string) string {
	parts := strings.Split(test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
