// Package command runs commands against an emulator of their own, for tests.
package command

import (
	"bytes"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// AtWork runs a test with an app and a session on the emulator, in a bubble.
func AtWork(t *testing.T, f func(t *testing.T, a *app.App, w *world.World, out, said *bytes.Buffer)) {
	t.Helper()
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		var out, said bytes.Buffer
		a := app.New(app.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said})
		a.Format = output.NDJSON
		f(t, a, w, &out, &said)
	})
}
