package backfill_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/backfill"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/internal/webhook"
)

// told is one event: its type and what it is about. Of these types each has one at most.
type told struct{ kind, id string }

// told is all that the API tells of a time, read without the code under test. The types that come more than once for a
// message are counted apart by their time.
func tellAll(t *testing.T, c *client.Client, since, until time.Time) map[told]int {
	t.Helper()
	all := map[told]int{}
	inside := func(at time.Time) bool { return !at.Before(since) && !at.After(until) }
	for r, err := range c.Runs(t.Context(), client.RunFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if inside(r.InsertedAt) {
			all[told{"workflow_recipient_run.started", r.ID}]++
		}
		if r.Status == client.RunCompleted && r.ErrorCount == 0 && inside(r.UpdatedAt) {
			all[told{"workflow_recipient_run.completed", r.ID}]++
		}
	}
	for m, err := range c.Messages(t.Context(), client.MessageFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		events := func(at client.Cursor) (client.Page[client.MessageEvent], error) {
			return c.MessageEvents(t.Context(), m.ID, at)
		}
		page, err := events(client.Cursor{})
		if err != nil || page.After != "" {
			t.Fatal(err, page.After)
		}
		for _, e := range page.Items {
			if inside(e.InsertedAt) && webhook.Known(e.Type) {
				all[told{e.Type, m.ID}]++
			}
		}
	}
	return all
}

// stored counts what the journal holds of a time, and how much of it is reconstructed.
func stored(t *testing.T, s *ops.Session, since, until time.Time) (all map[told]int, reconstructed int) {
	t.Helper()
	all = map[told]int{}
	for after := int64(0); ; {
		page, err := s.Journal.EventsAfter(t.Context(), journal.EventFilter{Types: []string{"message.*", "workflow_recipient_run.*"}}, after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			after = e.ID
			if e.CreatedAt.Before(since) || e.CreatedAt.After(until) {
				continue
			}
			id := e.MessageID
			if id == "" || e.RunID != "" && e.Type[0] == 'w' {
				id = e.RunID
			}
			all[told{e.Type, id}]++
			if e.Reconstructed {
				reconstructed++
				if e.Verified {
					t.Errorf("event %d was never received, and is verified", e.ID)
				}
			}
		}
		if len(page) < 1000 {
			return all, reconstructed
		}
	}
}

// traffic triggers workflows for a time, for random people.
func traffic(w *world.World, random *rand.Rand, d, every time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(every) {
		n := random.IntN(1_000_000)
		to := fmt.Sprint("user_", random.IntN(200))
		switch n % 3 {
		case 0:
			w.Trigger("order-shipped", "", fmt.Sprintf(`{"order_id":"o-%d"}`, n), to)
		case 1:
			w.Trigger("invite-reminder", fmt.Sprint("invite-", n), "", to)
		default:
			w.Trigger("welcome", "", "", to)
		}
	}
}

// compare says which share of what the API tells is stored, and what is stored more than once or was never told.
func compare(t *testing.T, tell, have map[told]int) (share float64) {
	t.Helper()
	there, all := 0, 0
	for x, n := range tell {
		all += n
		there += min(n, have[x])
	}
	for x, n := range have {
		if n > tell[x] {
			t.Errorf("%v is stored %d times, the API tells it %d times", x, n, tell[x])
		}
	}
	if all == 0 {
		t.Fatal("nothing happened")
	}
	t.Logf("%d of %d events", there, all)
	return float64(there) / float64(all)
}

// After an hour in which no webhook arrived, what the API still tells is there, once, and marked. Again it adds nothing.
func TestAnHourWithoutAReceiver(t *testing.T) {
	fullscale.Unraced(t)
	world.On(t, world.Options{Webhooks: true, Emulator: emulator.Options{Seed: 7}}, func(t *testing.T, w *world.World) {
		random := rand.New(rand.NewPCG(1, 1))
		since := time.Now()
		traffic(w, random, 10*time.Minute, 10*time.Second)
		w.HooksNetwork().Cut()
		traffic(w, random, time.Hour, 10*time.Second)
		w.HooksNetwork().Mend()
		traffic(w, random, 10*time.Minute, 10*time.Second)
		time.Sleep(20 * time.Minute) // what is sent again has come
		until := time.Now()

		tell := tellAll(t, w.Session.Client, since, until)
		before, _ := stored(t, w.Session, since, until)
		if share := compare(t, tell, before); share > 0.6 {
			t.Fatalf("the outage lost nothing to speak of: %.1f %% are there", 100*share)
		}
		scope := backfill.Scope{Since: since, Until: until, Lookback: time.Hour}
		begun := time.Now()
		p, err := backfill.Run(t.Context(), w.Session.Client, w.Session.Journal, scope, nil)
		if err != nil {
			t.Fatal(err)
		}
		have, reconstructed := stored(t, w.Session, since, until)
		share := compare(t, tell, have)
		t.Logf("%.3f %% after %s, %+v", 100*share, time.Since(begun), p)
		if share < 0.999 || reconstructed != p.Restored {
			t.Errorf("%.3f %% are there, %d reconstructed, %d said to be", 100*share, reconstructed, p.Restored)
		}
		if again, err := backfill.Run(t.Context(), w.Session.Client, w.Session.Journal, scope, nil); err != nil || again.Restored != 0 {
			t.Errorf("a second time restores %d more: %v", again.Restored, err)
		}
	})
}

// What comes late after all takes the place of what was put together for it.
func TestWhatComesLateTakesItsPlace(t *testing.T) {
	world.On(t, world.Options{Webhooks: true, Emulator: emulator.Options{Seed: 7}}, func(t *testing.T, w *world.World) {
		since := time.Now()
		w.HooksNetwork().Cut()
		traffic(w, rand.New(rand.NewPCG(2, 2)), 20*time.Second, time.Second)
		until := time.Now()
		p, err := backfill.Run(t.Context(), w.Session.Client, w.Session.Journal, backfill.Scope{Since: since, Until: until}, nil)
		if err != nil || p.Restored == 0 || p.Restored != p.Events {
			t.Fatalf("%+v, %v", p, err)
		}
		w.HooksNetwork().Mend()
		time.Sleep(20 * time.Minute)
		have, reconstructed := stored(t, w.Session, since, until)
		if share := compare(t, tellAll(t, w.Session.Client, since, until), have); share != 1 || reconstructed != 0 {
			t.Errorf("%.2f are there, %d of them reconstructed although all came", share, reconstructed)
		}
	})
}
