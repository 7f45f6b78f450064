package origins_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/origins"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// newest reads a recipient's newest run of a workflow, with what is known besides.
func newest(t *testing.T, w *world.World, workflow, user string) (client.Run, origins.Run) {
	t.Helper()
	ctx := context.Background()
	to := client.Ref{ID: user}
	page, err := w.Session.Client.ListRuns(ctx, client.RunFilter{Workflow: workflow, Recipient: &to}, client.Cursor{})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("%d runs, %v", len(page.Items), err)
	}
	run, err := w.Session.Client.GetRun(ctx, page.Items[0].ID)
	messages, err2 := w.Session.Client.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: run.ID}, client.Cursor{})
	if err != nil || err2 != nil || !origins.Asks(run, messages.Items) {
		t.Fatalf("%+v, %v, %v", run, err, err2)
	}
	return run, origins.OfRun(ctx, w.Session, run, messages.Items)
}

func TestABatchTellsItsActivitiesAndActors(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		ctx := context.Background()
		for _, actor := range []string{"amara", "rosa", "amara"} {
			tr := client.Trigger{Workflow: "comment-created", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}, Actor: &client.Recipient{Ref: client.Ref{ID: actor}}, Data: []byte(`{"page_id":"p1","page":"P"}`)}
			if _, err := w.Session.Client.Trigger(ctx, tr); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Minute)
		page, err := w.Session.Client.ListMessages(ctx, client.MessageFilter{}, client.Cursor{})
		if err != nil || len(page.Items) == 0 {
			t.Fatal(err)
		}
		run, err := w.Session.Client.GetRun(ctx, page.Items[0].Source.WorkflowRecipientRunID)
		if err != nil {
			t.Fatal(err)
		}
		got := origins.OfRun(ctx, w.Session, run, page.Items)
		if words := strings.Join(got.Words(), "\n"); len(got.Activities) != 3 || !strings.Contains(words, "batch of 3 activities by ") || strings.Count(words, "amara") != 1 || !strings.Contains(words, "rosa") {
			t.Errorf("%+v: %s", got, words)
		}
	})
}

// An event of a source is found by the run that it began, and what a fetch made of the data by the message.
func TestARunTellsItsEventAndWhatAFetchChanged(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		ctx := context.Background()
		url, err := w.Session.IngestionURL(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		for _, user := range []string{"amara", "dana"} {
			e := client.TrackEvent{Event: "Payment Failed", UserID: user, MessageID: user, Properties: json.RawMessage(`{"payment_id":"pay_1","amount":620}`), Timestamp: time.Now()}
			if err := w.Session.Client.Track(ctx, url, e); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(30 * time.Minute)
		run, got := newest(t, w, "payment-failed", "dana")
		if e := got.Event; e == nil || e.Source != "shop" || e.Event != "Payment Failed" || e.At.Sub(run.InsertedAt).Abs() > time.Second {
			t.Errorf("%+v", got)
		}
		if !slices.ContainsFunc(got.Changed, func(c origins.Change) bool { return c.Path == "card" && c.Was == nil && c.Is != nil }) || len(got.Changed) > 3 {
			t.Errorf("changed %+v", got.Changed)
		}
		if words := strings.Join(got.Words(), "\n"); !strings.Contains(words, "source event Payment Failed of shop at ") || !strings.Contains(words, "data.card: added, ") {
			t.Error(words)
		}
	})
}

func TestARunTellsItsSchedule(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		ctx := context.Background()
		time.Sleep(4 * 24 * time.Hour) // past a Monday
		run, got := newest(t, w, "weekly-digest", "dana")
		if words := strings.Join(got.Words(), "\n"); got.Schedule == nil || got.Schedule.ID != run.TriggerSource.ScheduleID || !strings.Contains(words, "its schedule comes round every Monday at 09:00, next at 2000-01-1") {
			t.Errorf("%+v: %s", got, words)
		}
		if _, err := w.Session.Client.DeleteSchedules(ctx, []string{run.TriggerSource.ScheduleID}); err != nil {
			t.Fatal(err)
		}
		if got := origins.OfRun(ctx, w.Session, run, nil); got.Schedule != nil || !slices.Equal(got.Words(), []string{"its schedule is there no longer"}) {
			t.Errorf("%+v", got)
		}
	})
}
