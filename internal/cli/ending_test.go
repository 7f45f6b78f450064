package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
)

// gone is a pipe whose reader went away.
type gone struct{}

func (gone) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
}

func TestAReaderThatWentAwayIsNoError(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"version", "-o", "json"}, {"config", "path"}, {"completion", "bash"}, {"events", "export", "--format", "csv"}} {
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		var words bytes.Buffer
		code := Run(t.Context(), args, app.Env{Stdin: bytes.NewReader(nil), Stdout: gone{}, Stderr: &words})
		if code != exit.CodePipe || words.Len() > 0 {
			t.Errorf("%v ended with %d and said %q", args, code, &words)
		}
	}
}

func TestWaitingForStdinCanBeEnded(t *testing.T) {
	stdin, _ := io.Pipe() // nothing ever comes
	defer stdin.Close()
	for _, args := range [][]string{
		{"trigger", "welcome", "--to", "dana", "--data", "-"}, {"trigger", "welcome", "--to-file", "-"},
		{"users", "identify", "dana", "--json", "-"}, {"cancel", "welcome", "--everyone", "--keys-file", "-"},
	} {
		t.Setenv("KNOCK_API_KEY", "sk_test_ending")
		t.Setenv("KNOCK_BASE_URL", "http://127.0.0.1:1")
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		t.Setenv("XDG_CONFIG_HOME", t.TempDir())
		ctx, stop := context.WithCancel(t.Context())
		var words bytes.Buffer
		ended := make(chan int, 1)
		go func() { ended <- Run(ctx, args, app.Env{Stdin: stdin, Stdout: io.Discard, Stderr: &words}) }()
		stop()
		select {
		case code := <-ended:
			if code != exit.CodeFailed || words.String() != "knockops: stopped\n" {
				t.Errorf("%v ended with %d and said %q", args, code, &words)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%v goes on", args)
		}
	}
}
