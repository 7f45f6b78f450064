package origins_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/origins"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// ask asks about a workflow, in lines.
func ask(t *testing.T, w *world.World, workflow string) (origins.Origins, string) {
	t.Helper()
	o := origins.Of(context.Background(), w.Session, workflow)
	var b strings.Builder
	for _, l := range o.Lines(time.Now()) {
		fmt.Fprintf(&b, "%s: %s\n", l.What, l.Says)
	}
	return o, b.String()
}

func TestWhatTriggersAWorkflow(t *testing.T) {
	var requests atomic.Int64
	world.On(t, world.Options{Observe: func(client.Exchange) { requests.Add(1) }}, func(t *testing.T, w *world.World) {
		time.Sleep(time.Minute)
		w.Trigger("audit-log", "k", "", "dana", "amara")
		time.Sleep(time.Minute)
		for workflow, want := range map[string][]string{
			"order-shipped": {"source shop: on Order Shipped, trigger order-shipped for userId"},
			"audit-log":     {"workflow payment-failed: its step trigger_1", "api: 2 of the 2 runs, last 1m ago"},
			"weekly-digest": {"schedules: 5 schedules, the next at "},
			"card-expiring": {"nothing: no source"},
		} {
			before := requests.Load()
			o, lines := ask(t, w, workflow)
			if n := requests.Load() - before; n > origins.Requests {
				t.Errorf("%s: %d requests", workflow, n)
			}
			for _, line := range want {
				if !strings.Contains(lines, line) {
					t.Errorf("%s: %q is not among\n%s", workflow, line, lines)
				}
			}
			if len(o.Unread) > 0 || workflow != "card-expiring" && (len(o.Commits) != 1 || o.Commits[0].Resource.Identifier != workflow) {
				t.Errorf("%s: %+v", workflow, o)
			}
		}
	})
}

// What cannot be read is told in words, and the rest all the same.
func TestWhatCannotBeReadIsTold(t *testing.T) {
	world.On(t, world.Options{NoServiceToken: true}, func(t *testing.T, w *world.World) {
		o, lines := ask(t, w, "weekly-digest")
		if o.Schedules.Count != 5 || len(o.Unread) != 1 || !strings.Contains(lines, "not read: sources, other workflows and commits: ") || !strings.Contains(lines, "KNOCK_SERVICE_TOKEN") {
			t.Error(lines)
		}
	})
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Knock.SetChaos(emulator.Chaos{Broken: 1})
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
		defer stop()
		o := origins.Of(ctx, w.Session, "weekly-digest")
		if len(o.Unread) != origins.Requests || !slices.IsSorted(o.Unread) {
			t.Errorf("%+v", o)
		}
		if lines := o.Lines(time.Now()); len(lines) != origins.Requests || !lines[0].Unread {
			t.Errorf("nothing is known, and it says %+v", lines)
		}
	})
}
