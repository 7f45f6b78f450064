package ops_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// What a freeze is said to end, it ends; what is not known is said to be so until it is read.
func TestWakesTellWhatAFreezeEnds(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		p := w.Session.Pulse
		for i := range 6 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", "dana")
			time.Sleep(7 * time.Minute)
		}
		w.Trigger("comment-created", "comment-1", `{"page_id": "7"}`, "emeka")
		time.Sleep(time.Minute)
		p.Start()
		time.Sleep(10 * time.Second)
		at := p.Now().Wakes
		if at.Unknown != 1 || at.Later != 0 || len(at.Next) == 0 {
			t.Fatalf("the batch was not read, and nothing else is unknown: %+v", at)
		}
		for _, n := range at.Next {
			if n.Workflow != "invite-reminder" || n.Sends != "email_1" || !n.About {
				t.Errorf("%+v", n)
			}
		}
		p.ReadOneWake(t.Context())
		if p.CanReadWakes() {
			t.Error("the batch would be read again")
		}
		time.Sleep(10 * time.Second)
		at = p.Now().Wakes
		if n := at.Next[0]; at.Unknown != 0 || n.Workflow != "comment-created" || n.Sends != "in_app_feed_1" || n.About {
			t.Fatalf("the batch was read: %+v", at)
		}
		if _, err := w.Session.SetActive("invite-reminder", false, "").Result(); err != nil {
			t.Fatal(err)
		}
		for _, n := range at.Next[1:] {
			time.Sleep(time.Until(n.By) + 2*time.Second)
			if ended := 6 - stillPaused(t, w, "invite-reminder"); ended != n.Ends {
				t.Errorf("by %s the freeze ended %d, and was said to end %d", n.By, ended, n.Ends)
			}
		}
	})
}

func stillPaused(t *testing.T, w *world.World, workflow string) int {
	t.Helper()
	page, err := w.Session.Client.ListRuns(t.Context(), client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}, client.Cursor{})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

func TestCommitsAreKnown(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Session.Pulse.Start()
		time.Sleep(10 * time.Second)
		if now := w.Session.Pulse.Now(); len(now.Commits) == 0 || now.Commits[0].CreatedAt.IsZero() || now.Commits[0].Resource.Identifier == "" {
			t.Errorf("%+v, %v", now.Commits, now.CommitsErr)
		}
	})
	world.On(t, world.Options{NoServiceToken: true}, func(t *testing.T, w *world.World) {
		w.Session.Pulse.Start()
		time.Sleep(10 * time.Second)
		if why, _ := ops.Unmanaged(w.Session.Pulse.Now().CommitsErr); why == "" {
			t.Error("nothing says why no commit is known")
		}
	})
}
