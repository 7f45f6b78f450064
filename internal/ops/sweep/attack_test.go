package sweep_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// isCancel chooses cancels.
func isCancel(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cancel")
}

// triggerFor triggers invite-reminder for a tenant, as somebody else.
func triggerFor(t *testing.T, c *client.Client, tenant, key string, to ...string) {
	t.Helper()
	trigger := client.Trigger{Workflow: "invite-reminder", CancellationKey: key, Tenant: &client.Tenant{ID: tenant}}
	for _, id := range to {
		trigger.Recipients = append(trigger.Recipients, client.Recipient{Ref: client.Ref{ID: id}})
	}
	if _, err := c.Trigger(context.Background(), trigger); err != nil {
		t.Error(err)
	}
}

// endedWithin waits for a sweep that has to end, and to be done, in a while.
func endedWithin(t *testing.T, w *sweep.Sweep, d time.Duration) sweep.Progress {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	p, err := w.Wait(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		w.Abort()
		t.Fatalf("it is not over after %s: %+v", d, p)
	}
	if !p.Done {
		t.Fatalf("%v: %+v", err, p)
	}
	return p
}

// tampered runs a statement in a journal behind a session's back.
func tampered(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// A cancel that has to wait, here because Knock asks for half a minute, leaves on no reading from
// before that: another tenant got runs under the same keys meanwhile.
func TestNoCancelRestsOnAnOldReading(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		const keys = 300
		other := w.Client()
		key := func(i int) string { return fmt.Sprint("key-", i) }
		for i := range keys {
			triggerFor(t, other, "acme", key(i), "user_1")
		}
		time.Sleep(10 * time.Second)
		asked := make(chan struct{})
		w.Knock.Inject(emulator.Fault{Times: 1, Status: http.StatusTooManyRequests, RetryAfter: "30", Match: isCancel})
		go func() {
			defer close(asked)
			for len(w.Sent("POST", "/cancel")) == 0 {
				time.Sleep(100 * time.Millisecond)
			}
			time.Sleep(10 * time.Second)
			for i := range keys {
				triggerFor(t, other, "globex", key(i), "user_1")
			}
		}()
		p := endedWithin(t, started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Tenant: "acme"}, follow), 3*time.Minute)
		<-asked
		globex := 0
		for _, r := range pending(t, w, "invite-reminder") {
			if r.Tenant == "globex" {
				globex++
			}
		}
		if globex != keys || p.OutOfScope != 0 || p.Confirmed+p.Inseparable != keys || p.Inseparable == 0 || p.Confirmed == 0 {
			t.Errorf("%d of %d runs of the other tenant are left: %+v", globex, keys, p)
		}
	})
}

// Reading takes a while. What begins meanwhile stands on no page that is still to come, and is read
// before a cancel rests on the whole.
func TestWhatBeginsDuringAReadingIsSeen(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		other := w.Client()
		for i := range 3 {
			triggerFor(t, other, "acme", "k", recipients(fmt.Sprint("r", i), 500)...)
		}
		time.Sleep(10 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Tenant: "acme"}, follow)
		until(t, going, func(p sweep.Progress) bool { return p.Runs > 0 }) // the first page, which would tell of it
		triggerFor(t, other, "globex", "k", "r0_7")
		p := endedWithin(t, going, 10*time.Minute)
		if p.Confirmed != 1499 || p.Inseparable != 1 || p.OutOfScope != 0 {
			t.Errorf("%+v", p)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 2 {
			t.Errorf("%d runs are left, want the one out of scope and the one that shares its key", len(left))
		}
	})
}

// What begins between the reading and the cancel nobody can leave out: it is looked for, and said.
func TestWhatBeganTooLateToBeKnownIsReported(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		other := w.Client()
		triggerFor(t, other, "acme", "k", "user_1", "user_2")
		time.Sleep(10 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Tenant: "acme"}, follow)
		until(t, going, func(p sweep.Progress) bool { return p.Accepted == 1 })
		triggerFor(t, other, "globex", "k", "user_1") // the cancel is still under way at Knock, and overtakes it
		p := endedWithin(t, going, 10*time.Minute)
		if p.OutOfScope != 1 || p.Confirmed != 2 || p.Verdict(true) != sweep.VerdictPart || p.Window <= 0 || !strings.Contains(p.Summary(), "OUT OF SCOPE 1") {
			t.Errorf("%s: %+v", p.Summary(), p)
		}
	})
}

// A paused sweep sends nothing, repeats nothing and reads nothing.
func TestPausedNothingLeaves(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		var keys []string
		for i := range 1200 {
			keys = append(keys, fmt.Sprint("key-", i))
		}
		w.Knock.Inject(emulator.Fault{Skip: 20, Times: 20, Status: http.StatusServiceUnavailable, RetryAfter: "60", Match: isCancel})
		w.Trigger("invite-reminder", "other", "", recipients("r", 900)...)
		time.Sleep(10 * time.Second)
		for _, scope := range []sweep.Scope{{Workflow: "invite-reminder", Keys: keys}, {Workflow: "invite-reminder", Tenant: "acme"}} {
			going := started(t, w.Session, scope, follow)
			until(t, going, func(p sweep.Progress) bool { return p.Accepted > 100 || scope.Tenant != "" })
			time.Sleep(200 * time.Millisecond)
			going.Pause()
			time.Sleep(100 * time.Millisecond) // what was on its way has arrived
			synctest.Wait()
			cancels, accepted := len(w.Changes()), going.Progress().Accepted
			time.Sleep(time.Second) // a reading that waited for its turn was let go
			all := len(w.Knock.Requests())
			time.Sleep(10 * time.Minute)
			if read, sent := len(w.Knock.Requests())-all, len(w.Changes())-cancels; read != 0 || sent != 0 || accepted >= len(keys) {
				t.Errorf("%s: %d requests while it was paused, %d cancels, %d accepted before", scope, read, sent, accepted)
			}
			going.Abort()
			if _, err := going.Wait(t.Context()); err == nil {
				t.Error("aborted, and no word of it")
			}
		}
	})
}

func TestAbortedNothingLeaves(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		var keys []string
		for i := range 1200 {
			keys = append(keys, fmt.Sprint("key-", i))
		}
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: keys}, sweep.Options{})
		until(t, going, func(p sweep.Progress) bool { return p.Accepted > 100 })
		going.Abort()
		p, err := going.Wait(t.Context())
		before := len(w.Changes())
		time.Sleep(10 * time.Minute)
		if err == nil || p.Done || p.Phase != sweep.PhaseAborted || len(w.Changes()) != before || before >= len(keys) {
			t.Errorf("%d requests, %d of them after it was aborted, %+v: %v", len(w.Changes()), len(w.Changes())-before, p, err)
		}
	})
}

// A bound on runs bounds what is cancelled, not what was planned: nothing leaves before what is pending
// was read, however long that takes.
func TestMaxBoundsWhatIsCancelled(t *testing.T) {
	user := client.Ref{ID: "user_1"}
	for name, scope := range map[string]sweep.Scope{
		"a workflow":               {Workflow: "invite-reminder"},
		"listed keys of recipient": {Workflow: "invite-reminder", Keys: []string{"key-0", "key-1", "key-2", "late-0", "late-1"}, Recipients: []client.Ref{user}},
	} {
		world.On(t, world.Options{Emulator: emulator.Options{Latency: 3 * time.Second}}, func(t *testing.T, w *world.World) {
			for i := range 3 {
				w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1")
			}
			time.Sleep(10 * time.Second)
			plan := planned(t, w.Session, scope)
			for i := range 2 {
				w.Trigger("invite-reminder", fmt.Sprint("late-", i), "", "user_1")
			}
			time.Sleep(10 * time.Second)
			going, err := w.Session.Sweeps.Start(t.Context(), plan, sweep.Options{Follow: true, Max: plan.Cancellable})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Minute)
			var most *sweep.MaxError
			p := going.Progress()
			if n := w.Knock.Stats().Runs["cancelled"]; n > 3 || !p.Paused || !errors.As(p.Err, &most) {
				t.Errorf("%s: %d runs were cancelled of 3 that may be: %+v", name, n, p)
			}
			for _, c := range w.Sent("POST", "/cancel") {
				if !strings.Contains(string(c.Body), "user_1") {
					t.Errorf("%s: sent %s", name, c.Body)
				}
			}
			going.Resume()
			if p := endedWithin(t, going, 10*time.Minute); p.Confirmed != 5 {
				t.Errorf("%s: %+v", name, p)
			}
		})
	}
}

// Beyond a plan as much goes out as is allowed, counted apart, and who allows more is asked again.
func TestMoreThanPlannedIsAskedAbout(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		for i := range 3 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1")
		}
		time.Sleep(10 * time.Second)
		plan := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"})
		for i := range 150 {
			w.Trigger("invite-reminder", fmt.Sprint("late-", i), "", "user_1")
		}
		time.Sleep(10 * time.Second)
		going, err := w.Session.Sweeps.Start(t.Context(), plan, sweep.Options{Follow: true, Beyond: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, allowed := range []int{2, 102} {
			time.Sleep(2 * time.Minute)
			p := going.Progress()
			sent := len(w.Sent("POST", "/cancel"))
			if !p.Paused || p.Beyond > allowed || p.Planned > p.Promised || sent > p.Promised+allowed || sent != p.Planned+p.Beyond+p.Repeated {
				t.Fatalf("%d were sent, %d of them may go beyond the plan: %+v", sent, allowed, p)
			}
			going.Resume()
		}
		if p := endedWithin(t, going, 10*time.Minute); p.Confirmed != 153 || p.Planned != 3 || p.Beyond != 150 {
			t.Errorf("%+v", p)
		}
	})
}

// Between two looks more may arrive: one that finds nothing pending proves nothing.
func TestOneQuietLookIsNotEnough(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow)
		until(t, going, func(p sweep.Progress) bool { return p.Phase == sweep.PhaseVerifying })
		time.Sleep(1500 * time.Millisecond) // the first look is over, the second to come
		w.Trigger("invite-reminder", "late", "", "user_2")
		p := endedWithin(t, going, 10*time.Minute)
		if left := pending(t, w, "invite-reminder"); len(left) != 0 || p.Confirmed != 2 || !p.Quiet {
			t.Errorf("%d runs are left: %+v", len(left), p)
		}
	})
}

func TestExclusionIsCheckedAgainstASample(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		for i := range 5 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", recipients("r", 500)...)
		}
		time.Sleep(10 * time.Second)
		going, err := w.Session.Sweeps.Start(t.Context(), planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}), follow)
		if err != nil {
			t.Fatal(err)
		}
		p := endedWithin(t, going, 10*time.Minute)
		if p.Confirmed != 2500 || p.ByExclusion == 0 || p.Sampled != 40 || !strings.Contains(p.Summary(), "(40 of them read to check)") {
			t.Errorf("%s: %+v", p.Summary(), p)
		}
	})
}

func TestAMistypedWorkflowIsNoAllClear(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		var unknown *sweep.UnknownWorkflowError
		if _, err := w.Session.Sweeps.Plan(t.Context(), sweep.Scope{Workflow: "invite-remider"}, nil); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "invite-remider") {
			t.Errorf("%v", err)
		}
	})
	world.On(t, world.Options{NoServiceToken: true}, func(t *testing.T, w *world.World) {
		if p := planned(t, w.Session, sweep.Scope{Workflow: "invite-remider"}); !strings.Contains(p.Doubt, "spelled right") {
			t.Errorf("%+v", p)
		}
		w.Trigger("invite-reminder", "k", "", "user_1")
		if p := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}); p.Doubt != "" {
			t.Errorf("%+v", p)
		}
	})
}

func TestAKeyThatNobodyKnowsIsNotConfirmed(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		time.Sleep(10 * time.Second)
		p := endedWithin(t, started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: []string{"k", "kk"}}, follow), 10*time.Minute)
		if p.Confirmed != 1 || p.KeysUnseen != 1 || p.Verdict(true) != sweep.VerdictPart {
			t.Errorf("%+v", p)
		}
	})
}

func TestARecallNeedsABeginning(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		p, err := w.Session.Sweeps.FindRecall(t.Context(), sweep.Scope{Workflow: "comment-created"}, time.Time{}, nil)
		var refusal *runner.Refusal
		if !errors.As(err, &refusal) || len(p.IDs) != 0 || len(w.Knock.Requests()) != 0 {
			t.Errorf("%+v: %v", p, err)
		}
	})
}

// What came of cancels is written down, or no more of them leave.
func TestSweepEndsWhenOutcomesCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, slow, func(t *testing.T, w *world.World) {
		scope := manyKeys(w)
		s := reopened(t, w, path)
		defer s.Close()
		tampered(t, path, "CREATE TRIGGER full BEFORE UPDATE ON actions BEGIN SELECT RAISE(ABORT, 'no room'); END")
		going := started(t, s, scope, follow)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		p, err := going.Wait(ctx)
		if err == nil || !strings.Contains(err.Error(), "no room") || p.Done || p.Phase != sweep.PhaseFailed {
			t.Errorf("%v: %+v", err, p)
		}
	})
}

// A key that may read and not cancel is told so once, and nothing is sent after that.
func TestAKeyThatMayNotCancelEndsTheSweep(t *testing.T) {
	world.On(t, slow, func(t *testing.T, w *world.World) {
		scope := manyKeys(w)
		w.Knock.Inject(emulator.Fault{Status: http.StatusUnauthorized, Match: isCancel})
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		p, err := started(t, w.Session, scope, follow).Wait(ctx)
		if sent := len(w.Changes()); err == nil || p.Phase != sweep.PhaseFailed || p.Accepted != 0 || sent > 40 {
			t.Errorf("%d were sent, %+v: %v", sent, p, err)
		}
	})
}
