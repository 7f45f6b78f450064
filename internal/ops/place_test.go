package ops_test

import (
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A run that Knock no longer knows is asked for once, so that the rows behind it are read too.
func TestThePlaceOfALostRunIsAskedForOnce(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "invite-1", "", "user_1")
		time.Sleep(time.Minute) // of the bubble, so that the run is in its delay
		page, err := w.Session.Client.ListRuns(t.Context(), client.RunFilter{Workflow: "invite-reminder"}, client.Cursor{})
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%d runs, %v", len(page.Items), err)
		}
		there := page.Items[0]
		lost := client.Run{ID: "3FYcELxczbEcJmLbBWB1qvGH6oV", Status: client.RunQueued, UpdatedAt: time.Now()}
		for _, r := range []*client.Run{&lost, &there} {
			if !w.Session.FindPlace(t.Context(), r) {
				t.Errorf("%s was not read", r.ID)
			}
			if _, known := w.Session.Place(r); !known {
				t.Errorf("%s would be asked for again", r.ID)
			}
		}
		if p, _ := w.Session.Place(&there); p.Step == "" || p.Wakes.IsZero() {
			t.Errorf("it waits in a step: %+v", p)
		}
	})
}
