package history_test

import (
	"context"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/history"
	sweeps "github.com/knockops/knockops/views/sweep"
)

// What the preview shows of the history is in the journal: going through sweeps, acts and requests asks Knock for
// nothing, and writes nothing down.
func TestAPreviewOfTheHistoryReadsTheJournalAlone(t *testing.T) {
	o := world.Options{
		Pages: func(s *ops.Session) []ui.Page { return append(pages(s), sweeps.Pages(s)...) }, Start: history.Name,
		Preview: true, Stage: tuitest.Options{Width: 160, Height: 40},
	}
	world.Play(t, o, func(w *world.World) {
		s, ctx := w.Stage, context.Background()
		for _, key := range []string{"invite-1", "invite-2", "invite-3"} {
			trigger(t, w, key, "", "dana", "rosa")
		}
		s.Wait(10 * time.Second)
		known, err := w.Session.Client.ListRuns(ctx, client.RunFilter{Workflow: "invite-reminder"}, client.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		w.Session.Cancels.Start(cancel.PlanCancel([]*client.Run{&known.Items[0], &known.Items[5]}, nil), "", nil)
		s.Wait(time.Minute)
		done, err := w.Session.Sweeps.Start(ctx, sweep.Plan{Scope: sweep.Scope{Workflow: "invite-reminder"}}, sweep.Options{Follow: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := done.Wait(ctx); err != nil {
			t.Fatal(err)
		}
		aborted, err := w.Session.Sweeps.Start(ctx, sweep.Plan{Scope: sweep.Scope{Workflow: "welcome"}}, sweep.Options{Follow: true})
		if err != nil {
			t.Fatal(err)
		}
		aborted.Abort()
		s.Press("r", "home").Until("sweep", time.Minute).Wait(time.Minute)
		actions := func() int {
			all, err := w.Session.Journal.Actions(ctx, journal.Filter{}, 1000, 0)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		requests, before := len(w.Knock.Requests()), actions()
		for _, shows := range []string{"aborted   welcome", "✓ done   invite-reminder", "▌  00:00:10      ✓ confirmed       cancel     dana", "POST /v1/workflows/invite-reminder/trigger"} {
			s.Until(shows, time.Minute).Wait(10 * time.Second).Press("down").Wait(10 * time.Second)
		}
		if now := len(w.Knock.Requests()); now != requests || actions() != before {
			t.Errorf("previews took %d requests and %d actions: %+v", now-requests, actions()-before, w.Knock.Requests()[requests:])
		}
	})
}
