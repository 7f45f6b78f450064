package sweep_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A cancel for everyone ends more than was read before it left: what nobody saw pending is counted,
// from when on runs may have been pending.
func TestWhatNobodySawPendingIsCounted(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		const runs = 600
		w.Trigger("invite-reminder", "k", "", recipients("r", runs)...)
		time.Sleep(time.Minute)
		p := endedWithin(t, started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow), 10*time.Minute)
		if cancelled, left := endedBySweep(w, "invite-reminder"); p.Confirmed != runs || cancelled != runs || left != 0 {
			t.Errorf("%d were cancelled and %d are left: %+v", cancelled, left, p)
		}
	})
}

// What completes before its cancel takes effect is said to have finished first, whether it was seen
// pending or not.
func TestWhatCompletesFirstFinishedFirst(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		const early, late = 60, 3
		w.Trigger("invite-reminder", "early", "", recipients("r", early)...)
		time.Sleep(time.Minute)
		w.Trigger("invite-reminder", "late", "", recipients("r", late)...)
		time.Sleep(59*time.Minute - 500*time.Millisecond)
		p := endedWithin(t, started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow), 10*time.Minute)
		if cancelled, left := endedBySweep(w, "invite-reminder"); p.FinishedFirst != early || p.Confirmed != late || cancelled != late || left != 0 {
			t.Errorf("%d were cancelled and %d are left: %+v", cancelled, left, p)
		}
	})
}

// A look that was held up between two of its pages has not seen what came meanwhile, and so has not
// seen that nothing is pending.
func TestALookThatWasHeldUpIsNotQuiet(t *testing.T) {
	for which := range 4 { // one of them is the second quiet look
		world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
			other := w.Client()
			triggerFor(t, other, "acme", "k", "u1", "u2")
			time.Sleep(time.Minute)
			scope := sweep.Scope{Workflow: "invite-reminder", Recipients: []client.Ref{{ID: "u1"}, {ID: "u2"}}}
			going := started(t, w.Session, scope, follow)
			until(t, going, func(p sweep.Progress) bool { return p.Phase == sweep.PhaseVerifying })
			over := make(chan struct{})
			looks := 0
			w.Knock.Inject(emulator.Fault{Match: func(r *http.Request) bool {
				if q := r.URL.Query(); q.Get("recipient") != "u1" || !slices.Contains(q["status[]"], "paused") {
					return false
				}
				if looks++; looks == which+1 {
					going.Pause()
					go func() {
						defer close(over)
						time.Sleep(time.Second)
						triggerFor(t, other, "acme", "k", "u1")
						time.Sleep(time.Minute)
						going.Resume()
					}()
				}
				return false
			}})
			p := endedWithin(t, going, 10*time.Minute)
			if looks <= which {
				return // it was over before
			}
			<-over
			if cancelled, left := endedBySweep(w, "invite-reminder"); p.Confirmed != 3 || cancelled != 3 || left != 0 {
				t.Errorf("held up in look %d: %d were cancelled and %d are left: %+v", which+1, cancelled, left, p)
			}
		})
	}
}

// A run that was left for another's sake, and that the sweep's own freeze then ended, is not called
// left.
func TestWhatIsLeftAndEndsIsNotCalledLeft(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		other := w.Client()
		triggerFor(t, other, "acme", "k", "u1")
		triggerFor(t, other, "globex", "k", "u1")
		time.Sleep(time.Hour - 30*time.Second)
		plan := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Tenant: "acme"}) // so that the proof reads no list back to them
		going, err := w.Session.Sweeps.Start(t.Context(), plan, sweep.Options{Follow: true, Freeze: true})
		if err != nil {
			t.Fatal(err)
		}
		until(t, going, func(p sweep.Progress) bool { return p.Inseparable == 1 })
		going.Pause()
		time.Sleep(time.Minute) // both wake, and end
		going.Resume()
		if p := endedWithin(t, going, 10*time.Minute); p.Confirmed != 1 || p.Inseparable != 0 || p.Requests != 0 {
			t.Errorf("%+v", p)
		}
	})
}

// A cancel whose answer was lost with the program may have hit what is out of scope: a resumed sweep
// looks for that too.
func TestWhatALostCancelHitIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		other := w.Client()
		triggerFor(t, other, "acme", "k", "u1")
		time.Sleep(time.Minute)
		w.Knock.Inject(emulator.Fault{Times: 1, CarryOut: true, Match: isCancel})
		s := reopened(t, w, path)
		going := started(t, s, sweep.Scope{Workflow: "invite-reminder", Tenant: "acme"}, follow)
		for len(w.Sent("POST", "/cancel")) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		triggerFor(t, other, "globex", "k", "u1") // the cancel is still under way at Knock, and overtakes it
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = reopened(t, w, path)
		defer s.Close()
		time.Sleep(10 * time.Second)
		again, err := s.Sweeps.Resume(t.Context(), going.ID())
		if err != nil {
			t.Fatal(err)
		}
		if p := endedWithin(t, again, 10*time.Minute); p.Confirmed != 1 || p.OutOfScope != 1 {
			t.Errorf("%+v", p)
		}
	})
}
