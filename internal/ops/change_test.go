package ops_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/tuitest/world"
)

var toDana = client.Trigger{Workflow: "welcome", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}, CancellationKey: "k"}

// lastAction is the last thing that the journal holds.
func lastAction(t *testing.T, w *world.World) ops.AuditEntry {
	t.Helper()
	last, err := w.Session.LastActions(t.Context(), 1)
	if err != nil || len(last) != 1 {
		t.Fatalf("the journal has %v, %v", last, err)
	}
	return last[0]
}

func TestTheJournalHasWhatKnockAnswered(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		s := w.Session
		for _, change := range []func() error{
			func() error { _, err := s.Trigger(toDana, "").Result(); return err },
			func() error { _, err := s.Identify("dana", map[string]any{"plan": "pro"}).Result(); return err },
			func() error { _, err := s.SetActive("welcome", false, "").Result(); return err },
			func() error { _, err := s.Trigger(toDana, "").Result(); return err }, // refused: it is frozen
			func() error {
				_, err := s.DeleteSchedules("welcome", []string{"no-such-schedule"}, "").Result()
				return err
			},
			func() error { _, err := s.Archive([]string{"no-such-message"}, "").Result(); return err },
		} {
			err := change()
			a := lastAction(t, w)
			answers, _ := s.Requests.Since(0)
			if got := answers[0]; a.Status != got.Status || a.RequestID != got.RequestID || got.Status == 0 || got.RequestID == "" {
				t.Errorf("%s: the journal has %d %q, Knock answered %d %q", a.Kind, a.Status, a.RequestID, got.Status, got.RequestID)
			}
			if want := map[bool]journal.State{true: journal.Done, false: journal.Failed}[err == nil]; a.State != want {
				t.Errorf("%s ended with %v and is %s", a.Kind, err, a.State)
			}
		}
	})
}

func TestAClosingSessionWaitsForTheAnswers(t *testing.T) {
	for _, c := range []struct {
		slow  time.Duration
		state journal.State
	}{{runner.DrainFor / 2, journal.Done}, {2 * runner.DrainFor, journal.Unknown}} {
		world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
			w.Knock.SetChaos(emulator.Chaos{Slow: 1, SlowBy: c.slow})
			change := w.Session.Trigger(toDana, "ticket 1")
			time.Sleep(time.Second)
			if n := w.Session.InProgress(); n != 1 {
				t.Fatalf("%d in progress", n)
			}
			begun := time.Now()
			w.Session.Drain(runner.DrainFor)
			if took := time.Since(begun); took > runner.DrainFor {
				t.Errorf("closing took %s", took)
			}
			<-change.Done()
			if a := lastAction(t, w); a.State != c.state || (a.RequestID != "") != (c.state == journal.Done) {
				t.Errorf("after an answer that takes %s the journal has %s %q", c.slow, a.State, a.RequestID)
			}
		})
	}
}

func TestNothingIsRepeatedByASessionThatIsClosed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Knock.SetChaos(emulator.Chaos{TooMany: 1})
		change := w.Session.Trigger(toDana, "ticket 1")
		time.Sleep(100 * time.Millisecond)
		sent := len(w.Changes())
		w.Session.Shut()
		w.Session.Client.Close()
		w.Session.Drain(runner.DrainFor)
		if _, err := change.Result(); err == nil {
			t.Error("it was taken after all")
		}
		time.Sleep(10 * time.Minute)
		if n := len(w.Changes()); n != sent || sent != 1 {
			t.Errorf("%d requests, %d of them after the session was closed", n, n-sent)
		}
		if a := lastAction(t, w); a.State != journal.Failed || a.Status != 429 {
			t.Errorf("the journal has %s %d: nothing was done", a.State, a.Status)
		}
	})
}

// A trigger whose answer is lost can be repeated and happens once: under its key, which is sent, and
// kept where the operator finds it.
func TestEveryTriggerHasAnIdempotencyKey(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		keys := map[string]bool{}
		for _, own := range []string{"", "", "own"} {
			x := toDana
			x.IdempotencyKey = own
			w.Knock.Inject(emulator.Fault{Times: 1, CarryOut: true, Match: func(r *http.Request) bool {
				return strings.HasSuffix(r.URL.Path, "/trigger") && r.Header.Get("Idempotency-Key") != ""
			}})
			if _, err := w.Session.Trigger(x, "").Result(); err != nil {
				t.Fatalf("its answer was lost, and it was not repeated: %v", err)
			}
			key := lastAction(t, w).IdempotencyKey
			if key == "" || own != "" && key != own || keys[key] {
				t.Errorf("the journal has the key %q", key)
			}
			keys[key] = true
		}
		if n := len(w.Sent("POST", "/trigger")); n != 6 {
			t.Errorf("%d requests, want 3 that were lost and repeated", n)
		}
	})
}
