package sweep_test

import (
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/world"
)

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
