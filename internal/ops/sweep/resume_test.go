package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// reopened is a session of its own on the world's client, with its journal in a file.
func reopened(t *testing.T, w *world.World, path string) *ops.Session {
	t.Helper()
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return ops.NewSession("test", emulator.DemoEnvironment, false, w.Client(), w.Session.Guard, j)
}

// killed ends a session as kill -9 would: nothing more is written, and the answers
// to what was sent are lost. It returns a journal as it was at that moment, once
// the sweep's hold, whose process this test cannot end, has run out.
func killed(t *testing.T, w *world.World, path string, s *ops.Session) string {
	t.Helper()
	synctest.Wait() // nothing is half written, and nothing goes on but what waits for an answer or a time
	left := filepath.Join(t.TempDir(), "journal.db")
	for _, part := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + part)
		if err == nil {
			err = os.WriteFile(left+part, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Network.Cut()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w.Network.Mend()
	time.Sleep(time.Minute)
	return left
}

// A sweep that is killed anywhere, and quit as often as it may be after that, is
// resumed to the same end.
func TestSweepIsResumed(t *testing.T) {
	const keys = 20
	for point := range fullscale.N(100, 10) {
		t.Run(fmt.Sprint("point ", point), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			world.On(t, world.Options{Emulator: emulator.Options{Seed: uint64(point + 1), Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
				draw := rand.New(rand.NewPCG(uint64(point), 0))
				var listed []string
				for i := range keys {
					listed = append(listed, fmt.Sprint("key-", i))
					w.Trigger("invite-reminder", listed[i], "", "user_1", "user_2")
				}
				w.Trigger("invite-reminder", "other", "", "user_1")
				time.Sleep(time.Duration(draw.IntN(8)) * time.Second)
				scope := sweep.Scope{Workflow: "invite-reminder", KeyGlob: "key-*"}
				switch point % 3 {
				case 1:
					scope.Keys = listed
				case 2:
					scope.Recipients = []client.Ref{{ID: "user_1"}}
				}
				s := reopened(t, w, path)
				id := started(t, s, scope, follow).ID()
				for cut := range 1 + draw.IntN(3) {
					time.Sleep(time.Duration(draw.IntN(9_000)) * time.Millisecond)
					if cut == 0 {
						path = killed(t, w, path, s)
					} else if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = reopened(t, w, path)
					if _, err := s.Sweeps.Resume(t.Context(), id); err != nil {
						t.Fatal(err)
					}
				}
				defer s.Close()
				going, err := s.Sweeps.Resume(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				p := ended(t, going)
				want := 2 * keys
				if len(scope.Recipients) > 0 {
					want = keys
				}
				if p.Confirmed != want || p.Pending != 0 || !p.Quiet {
					t.Errorf("%+v, want %d", p, want)
				}
				if left := pending(t, w, "invite-reminder"); len(left) != 2*keys+1-want {
					t.Errorf("%d runs are left, want %d", len(left), 2*keys+1-want)
				}
				records, err := s.Sweeps.Records(t.Context())
				if err != nil || len(records) != 1 || !records[0].Progress.Done || records[0].Running {
					t.Errorf("%v: %+v", err, records)
				}
				before := len(w.Changes())
				again, err := s.Sweeps.Resume(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if p := ended(t, again); p.Confirmed != want || len(w.Changes()) != before {
					t.Errorf("resumed when it was done: %+v, %d requests", p, len(w.Changes())-before)
				}
			})
		})
	}
}

func TestSweepOutlivesALostNetwork(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		for i := range 50 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1")
		}
		time.Sleep(10 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow)
		w.Network.Cut()
		time.Sleep(5 * time.Minute)
		if p := going.Progress(); p.Accepted != 0 || p.Err == nil {
			t.Errorf("%+v", p)
		}
		w.Network.Mend()
		if p := ended(t, going); p.Confirmed != 50 {
			t.Errorf("%+v", p)
		}
	})
}

func TestSweepWithAKeyThatIsRefusedFailsAndCanBeResumed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		w.Revoke()
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: []string{"k"}}, follow)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		p, err := going.Wait(ctx)
		if err == nil || p.Phase != sweep.PhaseFailed || !strings.Contains(err.Error(), "expired") {
			t.Fatalf("%v: %+v", err, p)
		}
		w.Restore()
		again, err := w.Session.Sweeps.Resume(t.Context(), going.ID())
		if err != nil {
			t.Fatal(err)
		}
		if p := ended(t, again); p.Confirmed != 1 || p.Err != nil {
			t.Errorf("%+v", p)
		}
	})
}

func TestSweepWaitsWhileTheProfileIsNotArmed(t *testing.T) {
	world.On(t, world.Options{Protected: true}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		w.Session.Guard.Arm(time.Minute)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow)
		w.Session.Guard.Disarm()
		time.Sleep(time.Minute)
		if p := going.Progress(); !p.Paused || !errors.Is(p.Err, client.ErrReadOnly) || len(w.Changes()) != 0 {
			t.Fatalf("%+v, %d requests", p, len(w.Changes()))
		}
		w.Session.Guard.Arm(10 * time.Minute)
		going.Resume()
		if p := ended(t, going); p.Confirmed != 1 {
			t.Errorf("%+v", p)
		}
	})
}

func TestSweepOfAnotherEnvironmentIsNotResumed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: []string{"k"}}, sweep.Options{})
		ended(t, going)
		w.Session.Environment = "production"
		before := len(w.Changes())
		_, err := w.Session.Sweeps.Resume(context.Background(), going.ID())
		if _, ok := err.(*runner.Refusal); !ok || !strings.Contains(err.Error(), "production") || len(w.Changes()) != before {
			t.Errorf("%v", err)
		}
	})
}
