package app

import (
	"bytes"
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// What a library says to standard error while the console runs is in the debug
// log, not on the screen, and afterwards standard error is what it was.
func TestStandardErrorIsSetAside(t *testing.T) {
	stderr, logged := os.Stderr, log.Writer()
	var out bytes.Buffer
	restore := redirectStderr(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	fmt.Fprintln(os.Stderr, "a library says this")
	log.Print("the standard logger says that")
	slog.Warn("and slog this")
	fmt.Fprint(os.Stderr, strings.Repeat("x", 1<<20)) // more than a pipe holds
	restore()
	for _, want := range []string{"a library says this", "the standard logger says that", "and slog this"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in the debug log", want)
		}
	}
	if n := strings.Count(out.String(), "x"); n < 1<<20 {
		t.Errorf("%d of %d bytes came through", n, 1<<20)
	}
	if os.Stderr != stderr || log.Writer() != logged {
		t.Error("standard error was not restored")
	}
}
