package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// endedBySweep counts what the emulator itself knows: the runs of a workflow that a cancel, or the
// freeze of this sweep, ended, and those that are pending under a key.
func endedBySweep(w *world.World, workflow string) (cancelled, pending int) {
	for _, r := range w.Knock.Runs() {
		switch {
		case r.Workflow != workflow || r.CancellationKey == "":
		case r.CancelledBy != "":
			cancelled++
		case r.Pending:
			pending++
		}
	}
	return cancelled, pending
}

// allowed waits for the end of a sweep, and lets it go on as often as it asks about what goes beyond
// its plan.
func allowed(t *testing.T, w *sweep.Sweep) (p sweep.Progress, asked int) {
	t.Helper()
	for {
		changed := w.Changed()
		var more *cancel.BeyondError
		switch p = w.Progress(); {
		case p.Done:
			return p, asked
		case p.Phase == sweep.PhaseFailed:
			t.Fatal(p.Err)
		case p.Paused && errors.As(p.Err, &more):
			asked++
			w.Resume()
		}
		<-changed
	}
}

// What a sweep of a runaway says was cancelled is what was cancelled in fact, and nothing is left,
// however long it ran before and goes on, with webhooks and without, frozen or not.
func TestWhatIsSaidOfARunawayIsWhatWasCancelled(t *testing.T) {
	for _, seconds := range fullscale.First(1, []int{30, 100, 300}) {
		for _, webhooks := range []bool{false, true} {
			for _, freeze := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d s, webhooks %v, freeze %v", seconds, webhooks, freeze), func(t *testing.T) {
					t.Parallel()
					world.On(t, world.Options{Webhooks: webhooks, Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
						sweepARunaway(t, w, seconds, freeze)
					})
				})
			}
		}
	}
}

// sweepARunaway triggers 20 runs a second, each under a key of its own, and sweeps them in the
// middle of that by a plan that was read for a second, as --yes makes it.
func sweepARunaway(t *testing.T, w *world.World, seconds int, freeze bool) {
	calm := make(chan struct{})
	go func() {
		defer close(calm)
		for i := range seconds * 20 {
			_, _ = w.TryTrigger("invite-reminder", fmt.Sprint("invite-", i), "", fmt.Sprint("user_", i%97))
			time.Sleep(45 * time.Millisecond)
		}
	}()
	time.Sleep(time.Duration(seconds) * time.Second / 2)
	reading, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	plan, _ := w.Session.Sweeps.Plan(reading, sweep.Scope{Workflow: "invite-reminder"}, nil)
	going, err := w.Session.Sweeps.Start(t.Context(), plan, sweep.Options{Follow: true, Freeze: freeze})
	if err != nil {
		t.Fatal(err)
	}
	p, asked := allowed(t, going)
	<-calm
	cancelled, left := endedBySweep(w, "invite-reminder")
	if p.Confirmed != cancelled || left != 0 || p.Unconfirmed != 0 || p.Planned > p.Promised {
		t.Errorf("it says confirmed %d, and %d were cancelled; %d are pending: %+v", p.Confirmed, cancelled, left, p)
	}
	sent := 0
	for _, c := range w.Changes() {
		if strings.HasSuffix(c.Path, "/cancel") {
			sent++
		}
	}
	if sent != p.Planned+p.Beyond+p.Repeated {
		t.Errorf("%d cancels arrived, and it counts %d planned, %d beyond the plan, %d repeated", sent, p.Planned, p.Beyond, p.Repeated)
	}
	t.Logf("confirmed %d of %d; promised %d, beyond %d, repeated %d; asked %d times", p.Confirmed, cancelled, p.Promised, p.Beyond, p.Repeated, asked)
}

// 100,000 runs under 200 keys, of which 500 finish first, are accounted for, every one, within 75 s
// of the start: most by exclusion.
func TestAHundredThousandRunsAreAccountedForByExclusion(t *testing.T) {
	fullscale.Only(t)
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		crowd := recipients("crowd", 500)
		for i := range 200 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", crowd...)
			time.Sleep(time.Second)
		}
		plan := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"})
		if !plan.Remembered() || plan.Cancellable != 100_000 {
			t.Fatalf("%+v", plan)
		}
		if wait := time.Hour - time.Since(plan.Oldest) - 100*time.Millisecond; wait > 0 {
			time.Sleep(wait) // the first key's 500 runs wake before a cancel takes effect
		}
		began := time.Now()
		going, err := w.Session.Sweeps.Start(t.Context(), plan, follow)
		if err != nil {
			t.Fatal(err)
		}
		p := ended(t, going)
		took := time.Since(began)
		cancelled, left := endedBySweep(w, "invite-reminder")
		if p.Confirmed != cancelled || p.FinishedFirst != 500 || p.Confirmed+p.FinishedFirst != 100_000 || left != 0 || p.Requests != 200 || p.RateLimited != 0 {
			t.Errorf("%d were cancelled, %d are pending: %+v", cancelled, left, p)
		}
		if p.ByExclusion == 0 || p.Sampled == 0 {
			t.Errorf("nothing was told by exclusion: %+v", p)
		}
		if took > 75*time.Second { // of the world's time, which no machine slows down
			t.Errorf("it took %s", took)
		}
		t.Logf("accounted for after %s: confirmed %d, finished first %d, %d of these by exclusion, %d read to check", took, p.Confirmed, p.FinishedFirst, p.ByExclusion, p.Sampled)
	})
}

// An environment that lost its data no longer knows the runs: the sweep says so, and never that
// they were cancelled.
func TestRunsThatKnockNoLongerKnowsAreNotConfirmed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		for i := range 10 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", recipients("r", 300)...)
		}
		time.Sleep(10 * time.Second)
		plan := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"})
		w.Forget()
		going, err := w.Session.Sweeps.Start(t.Context(), plan, follow)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := going.Wait(t.Context())
		if p.Confirmed != 0 || p.FinishedFirst != 0 || p.Gone != 3000 || p.Verdict(true) != sweep.VerdictPart {
			t.Errorf("%+v", p)
		}
	})
}
