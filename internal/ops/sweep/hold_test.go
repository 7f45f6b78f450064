package sweep_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// slow is a world in which a sweep of its keys takes a while.
var slow = world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}

func manyKeys(w *world.World) sweep.Scope {
	for i := range 40 {
		w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1", "user_2")
	}
	time.Sleep(10 * time.Second)
	return sweep.Scope{Workflow: "invite-reminder"}
}

func TestSweepIsCarriedOutByOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, slow, func(t *testing.T, w *world.World) {
		scope := manyKeys(w)
		first, second := reopened(t, w, path), reopened(t, w, path)
		defer second.Close()
		paused := started(t, first, scope, follow)
		paused.Pause()
		id := paused.ID()
		time.Sleep(2 * journal.HoldFor) // it goes on to say that it lives
		_, err := second.Sweeps.Resume(t.Context(), id)
		var refusal *runner.Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("resumed twice at once: %v", err)
		}
		for _, want := range []string{fmt.Sprintf("sweep %d is in progress", id), "@", fmt.Sprint("process ", os.Getpid()), fmt.Sprint("knockops --profile test sweep show ", id), "end that process first"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not said in %q", want, err)
			}
		}
		r, err := second.Sweeps.Record(t.Context(), id)
		if err != nil || r.Running || r.Elsewhere == nil || strings.Contains(r.State(), "cut off") {
			t.Errorf("%v: %s, %+v", err, r.State(), r)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if r, err := second.Sweeps.Record(t.Context(), id); err != nil || r.Elsewhere != nil || !strings.Contains(r.State(), "cut off") {
			t.Errorf("%v: %s, %+v", err, r.State(), r)
		}
		going, err := second.Sweeps.Resume(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if p := ended(t, going); p.Confirmed != 80 {
			t.Errorf("%+v", p)
		}
	})
}

// One that was taken for gone, and was not, leaves the sweep to whoever took it over.
func TestSweepThatWasTakenOverEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, slow, func(t *testing.T, w *world.World) {
		scope := manyKeys(w)
		s := reopened(t, w, path)
		defer s.Close()
		going := started(t, s, scope, follow)
		going.Pause()
		time.Sleep(time.Second) // what it was about to write is written
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("UPDATE sweep_holds SET process = 'another'"); err != nil {
			t.Fatal(err)
		}
		before := len(w.Changes())
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		p, err := going.Wait(ctx)
		if !errors.Is(err, journal.ErrHeld) || p.Done || p.Phase != sweep.PhaseAborted || len(w.Changes()) != before {
			t.Errorf("%v: %+v", err, p)
		}
		r, err := s.Sweeps.Record(t.Context(), going.ID())
		if err != nil || r.Progress.Phase != sweep.PhaseCancelling {
			t.Errorf("it wrote into the other's journal: %v, %+v", err, r)
		}
	})
}
