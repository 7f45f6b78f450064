package ops_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/tuitest/world"
)

// on runs a test with a session on the emulator.
func on(t *testing.T, o world.Options, f func(*testing.T, *world.World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var cleanups []func()
		w := world.Session(t, o, func(f func()) { cleanups = append(cleanups, f) })
		defer func() {
			for i := len(cleanups) - 1; i >= 0; i-- {
				cleanups[i]()
			}
			time.Sleep(time.Hour)
		}()
		f(t, w)
	})
}
