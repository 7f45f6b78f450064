package sweep_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func TestAPlanCountsWhatARecallWouldTake(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("comment-created", "before", `{}`, "user_9")
		time.Sleep(time.Hour)
		w.Trigger("comment-created", "c-1", `{}`, "user_1", "user_2")
		w.Trigger("comment-created", "other", `{}`, "dana")
		time.Sleep(10 * time.Minute) // the batches close: feeds and mailboxes have them
		w.Trigger("comment-created", "c-2", `{}`, "user_4")
		since := time.Now().Add(-15 * time.Minute)
		for _, scope := range []sweep.Scope{
			{Workflow: "comment-created", Since: since},
			{Workflow: "comment-created", Since: since, KeyGlob: "c-*"},
			{Workflow: "comment-created", Since: since, Keys: []string{"other"}},
		} {
			plan := planned(t, w.Session, scope)
			before := len(w.Changes())
			c := w.Session.Sweeps.CountRecall(t.Context(), plan, 10*time.Second)
			found, err := w.Session.Sweeps.FindRecall(t.Context(), scope, since, nil)
			if err != nil || len(w.Changes()) != before {
				t.Fatalf("%v, %d requests that change something", err, len(w.Changes())-before)
			}
			if !c.Complete || c.NotCounted != "" || c.InApp != len(found.IDs) || c.InApp == 0 || c.Beyond["email"] != found.BeyondRecall() || c.Beyond["email"] == 0 {
				t.Errorf("%s: counted %+v, the recall finds %d and %v", scope, c, len(found.IDs), found.Beyond)
			}
			if s := c.String(); strings.Contains(s, "at least") || !strings.Contains(s, "cannot be recalled: email ") {
				t.Error(s)
			}
		}
		without := sweep.Scope{Workflow: "invite-reminder"}
		if c := w.Session.Sweeps.CountRecall(t.Context(), planned(t, w.Session, without), 10*time.Second); !strings.Contains(c.NotCounted, "does not say since when") {
			t.Errorf("%+v", c)
		}
		if c := w.Session.Sweeps.CountRecall(t.Context(), sweep.Plan{Scope: without}, 10*time.Second); !strings.Contains(c.NotCounted, "was not read") {
			t.Errorf("%+v", c)
		}
	})
}

// At three in the morning nobody waits for a count: it ends in time, and says "at least".
func TestTheCountOfARecallIsBounded(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: time.Second}}, func(t *testing.T, w *world.World) {
		w.Trigger("comment-created", "c", `{}`, recipients("r", 900)...)
		time.Sleep(10 * time.Minute)
		for _, scope := range []sweep.Scope{
			{Workflow: "comment-created", Since: time.Now().Add(-time.Hour)},
			{Workflow: "comment-created", Since: time.Now().Add(-time.Hour), KeyGlob: "c*"},
			{Workflow: "comment-created", Since: time.Now().Add(-time.Hour), KeyGlob: "nobody*"},
		} {
			plan := planned(t, w.Session, scope)
			begun := time.Now()
			c := w.Session.Sweeps.CountRecall(t.Context(), plan, 10*time.Second)
			if took := time.Since(begun); took > 21*time.Second {
				t.Errorf("%s: it took %s", scope, took)
			}
			if scope.KeyGlob == "nobody*" {
				if c.Complete || !strings.Contains(c.String(), "longer than a plan may") {
					t.Errorf("%s: %s", scope, c)
				}
			} else if c.Complete || c.InApp == 0 || !strings.HasPrefix(c.String(), "at least ") {
				t.Errorf("%s: %s", scope, c)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if c := w.Session.Sweeps.CountRecall(ctx, sweep.Plan{Scope: sweep.Scope{Workflow: "comment-created", Since: time.Now()}}, 10*time.Second); !strings.Contains(c.NotCounted, "canceled") {
			t.Errorf("%+v", c)
		}
	})
}
