// Package command runs commands against an emulator of their own, for tests.
package command

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// AtWork runs a test with an app and a session on the emulator, in a bubble.
func AtWork(t *testing.T, f func(t *testing.T, a *app.App, w *world.World, out, said *bytes.Buffer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var cleanups []func()
		w := world.Session(t, world.Options{}, func(f func()) { cleanups = append(cleanups, f) })
		defer func() {
			for i := len(cleanups) - 1; i >= 0; i-- {
				cleanups[i]()
			}
			time.Sleep(time.Hour)
		}()
		var out, said bytes.Buffer
		a := app.New(app.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said})
		a.Format = output.NDJSON
		f(t, a, w, &out, &said)
	})
}
