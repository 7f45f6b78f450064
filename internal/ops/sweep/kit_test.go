package sweep_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
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

func pending(t *testing.T, w *world.World, workflow string) []*client.Run {
	t.Helper()
	var out []*client.Run
	for r, err := range w.Session.Client.Runs(t.Context(), client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, &r)
	}
	return out
}

func mustChaos(t *testing.T, spec string) emulator.Chaos {
	t.Helper()
	c, err := emulator.ParseChaos(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
