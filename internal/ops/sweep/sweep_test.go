package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// recipients names n users.
func recipients(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s_%d", prefix, i)
	}
	return out
}

// planned makes the plan of a scope.
func planned(t *testing.T, s *ops.Session, scope sweep.Scope) sweep.Plan {
	t.Helper()
	e, err := s.Sweeps.Plan(t.Context(), scope, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// started starts a sweep on a plan that was not read.
func started(t *testing.T, s *ops.Session, scope sweep.Scope, o sweep.Options) *sweep.Sweep {
	t.Helper()
	w, err := s.Sweeps.Start(t.Context(), sweep.Plan{Scope: scope}, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// ended waits for a sweep and wants it done.
func ended(t *testing.T, w *sweep.Sweep) sweep.Progress {
	t.Helper()
	p, err := w.Wait(t.Context())
	if err != nil || !p.Done {
		t.Fatalf("%v: %+v", err, p)
	}
	return p
}

// until waits until a sweep's progress is as wanted, and returns how long it took.
func until(t *testing.T, w *sweep.Sweep, wanted func(sweep.Progress) bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for {
		changed := w.Changed()
		p := w.Progress()
		if wanted(p) {
			return time.Since(begun)
		}
		if p.Phase == sweep.PhaseFailed || p.Phase == sweep.PhaseAborted || p.Done {
			t.Fatalf("it ended before: %+v", p)
		}
		<-changed
	}
}

var follow = sweep.Options{Follow: true, Reason: "drill"}

func TestSweepCancelsAWholeWorkflowAndProvesIt(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		for i := range 30 {
			w.Trigger("invite-reminder", fmt.Sprint("invite-", i), "", recipients("r", 10)...)
		}
		w.Trigger("invite-reminder", "", "", "user_1", "user_2")
		w.Trigger("invoice-due", "invite-1", `{"invoice_id":"i"}`, "user_1")
		scope := sweep.Scope{Workflow: "invite-reminder"}
		e := planned(t, w.Session, scope)
		if !e.Complete || e.Runs != 302 || e.Keys != 30 || e.Requests != 30 || e.NoKey != 2 || e.NoKeyBySource["api"] != 2 || e.Cancellable != 300 || e.StillYoung(e.Now()) == 0 || e.Frozen == nil || *e.Frozen {
			t.Fatalf("%+v", e)
		}
		going, err := w.Session.Sweeps.Start(t.Context(), e, follow)
		if err != nil {
			t.Fatal(err)
		}
		p := ended(t, going)
		if p.Confirmed != 300 || p.Runs != 300 || p.FinishedFirst != 0 || p.Unconfirmed != 0 || p.NoKey != 2 || p.Pending != 0 || !p.Quiet || p.RateLimited != 0 {
			t.Errorf("%+v", p)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 2 {
			t.Errorf("%d runs are left, want the 2 without a key", len(left))
		}
		if left := pending(t, w, "invoice-due"); len(left) != 1 {
			t.Error("another workflow was touched")
		}
	})
}

// What the plan has read is not read again before it is cancelled.
func TestSweepBeginsWithTheKeysOfItsPlan(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		const keys = 60
		for i := range keys {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", recipients("r", 100)...)
		}
		time.Sleep(10 * time.Second)
		scope := sweep.Scope{Workflow: "invite-reminder"}
		going, err := w.Session.Sweeps.Start(t.Context(), planned(t, w.Session, scope), follow)
		if err != nil {
			t.Fatal(err)
		}
		if took := until(t, going, func(p sweep.Progress) bool { return p.Accepted == keys }); took > time.Second {
			t.Errorf("accepted after %s", took)
		}
		if p := ended(t, going); p.Requests != keys || p.Confirmed != 100*keys {
			t.Errorf("%+v", p)
		}
	})
}

func TestSweepOfTenThousandKeysFromAFile(t *testing.T) {
	fullscale.Only(t)
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		var keys []string
		for i := range 10_000 {
			keys = append(keys, fmt.Sprint("key-", i))
			w.Trigger("invite-reminder", keys[i], "", "user_1")
		}
		time.Sleep(6 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: keys}, follow)
		took := until(t, going, func(p sweep.Progress) bool { return p.Accepted == 10_000 })
		if took > 12*time.Second {
			t.Errorf("accepted after %s", took)
		}
		p := ended(t, going)
		if p.RateLimited != 0 || p.Requests != 10_000 || p.Confirmed != 10_000 || p.Pending != 0 {
			t.Errorf("%+v", p)
		}
		t.Logf("10,000 keys accepted after %s", took)
	})
}

func TestSweepOfAHundredThousandRuns(t *testing.T) {
	fullscale.Only(t)
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		crowd := recipients("crowd", 500)
		for i := range 200 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", crowd...)
			time.Sleep(time.Second)
		}
		time.Sleep(6 * time.Second)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, follow)
		accepted := until(t, going, func(p sweep.Progress) bool { return p.Accepted == 200 })
		if accepted > time.Minute {
			t.Errorf("all keys accepted after %s", accepted)
		}
		zero := accepted + until(t, going, func(p sweep.Progress) bool { return p.Quiet })
		if left := len(pending(t, w, "invite-reminder")); left != 0 {
			t.Errorf("%d are left", left)
		}
		p := ended(t, going)
		if p.RateLimited != 0 || p.Accepted != 200 || p.Confirmed != 100_000 {
			t.Errorf("%+v", p)
		}
		t.Logf("200 keys accepted after %s, nothing pending after %s", accepted, zero)
	})
}

func TestSweepOfARunaway(t *testing.T) {
	for _, freeze := range fullscale.First(1, []bool{true, false}) {
		t.Run(fmt.Sprint("freeze ", freeze), func(t *testing.T) {
			world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond, Runaway: "invite-reminder"}}, func(t *testing.T, w *world.World) {
				time.Sleep(2 * time.Minute)
				going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, sweep.Options{Follow: true, Freeze: freeze})
				if freeze {
					p := ended(t, going)
					if left := pending(t, w, "invite-reminder"); len(left) != p.NoKey {
						t.Errorf("%d are left, %+v", len(left), p)
					}
					if !p.Frozen {
						t.Error("it does not say that it froze the workflow")
					}
					return
				}
				time.Sleep(time.Minute)
				for range 5 {
					time.Sleep(5 * time.Second)
					for _, r := range pending(t, w, "invite-reminder") {
						if age := w.Knock.Now().Sub(r.InsertedAt); age > 15*time.Second && r.TriggerSource.CancellationKey != "" {
							t.Errorf("a run of %s is still pending", age)
						}
					}
				}
				p := going.Progress()
				if p.Quiet || p.Late == 0 {
					t.Errorf("%+v", p)
				}
				t.Logf("%d pending, %d late", p.Pending, p.Late)
				going.Abort()
				if _, err := going.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "aborted") {
					t.Errorf("aborted: %v", err)
				}
			})
		})
	}
}

func TestSweepUnderChaos(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			world.On(t, world.Options{Emulator: emulator.Options{Seed: seed + 1, Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
				for i := range 400 {
					w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "user_1", "user_2", "user_3")
				}
				time.Sleep(10 * time.Second)
				w.Knock.SetChaos(mustChaos(t, "429=5%,500=5%,reset=2%,lost=2%"))
				going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", KeyGlob: "key-3*"}, follow)
				p, err := going.Wait(t.Context())
				w.Knock.SetChaos(emulator.Chaos{})
				if err != nil || !p.Done || p.Confirmed != 333 || p.Accepted < 111 || p.Errors != 0 {
					t.Fatalf("%v: %+v", err, p)
				}
				left := pending(t, w, "invite-reminder")
				if len(left) != 3*(400-111) {
					t.Errorf("%d are left", len(left))
				}
				for _, r := range left {
					if strings.HasPrefix(r.TriggerSource.CancellationKey, "key-3") {
						t.Fatalf("%s is left", r.TriggerSource.CancellationKey)
					}
				}
			})
		})
	}
}

func TestSweepPauses(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		var keys []string
		for i := range 1500 {
			keys = append(keys, fmt.Sprint("key-", i))
		}
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: keys}, sweep.Options{})
		until(t, going, func(p sweep.Progress) bool { return p.Accepted > 100 })
		going.Pause()
		time.Sleep(10 * time.Second)
		at := going.Progress()
		time.Sleep(time.Minute)
		if p := going.Progress(); p.Accepted != at.Accepted || !p.Paused || p.Accepted == 1500 {
			t.Errorf("%+v after %+v", p, at)
		}
		going.Resume()
		if p := ended(t, going); p.Accepted != 1500 || p.Paused {
			t.Errorf("%+v", p)
		}
	})
}

func TestEstimateStopsWithItsContextAndStaysAPlan(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		for i := range 10 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", recipients("r", 500)...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		reports := 0
		e, err := w.Session.Sweeps.Plan(ctx, sweep.Scope{Workflow: "invite-reminder"}, func(sweep.Plan) { reports++ })
		if err != context.DeadlineExceeded || e.Complete || e.Runs < 1000 || e.Runs >= 5000 || reports < 3 {
			t.Errorf("%v, %d reports, %+v", err, reports, e)
		}
	})
}

func TestSweepRecalls(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("comment-created", "before", `{}`, "user_1")
		time.Sleep(time.Hour)
		w.Trigger("comment-created", "c-1", `{}`, "user_1", "user_2")
		w.Trigger("comment-created", "other", `{}`, "user_3")
		time.Sleep(10 * time.Minute)
		w.Trigger("comment-created", "c-2", `{}`, "user_4")
		scope := sweep.Scope{Workflow: "comment-created", KeyGlob: "c-*"}
		since := time.Now().Add(-15 * time.Minute)
		plan, err := w.Session.Sweeps.FindRecall(t.Context(), scope, since, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := w.Session.Sweeps.Recall(t.Context(), plan, "drill", nil)
		if err != nil || n != len(plan.IDs) || n == 0 {
			t.Fatalf("%d of %d: %v", n, len(plan.IDs), err)
		}
		again, err := w.Session.Sweeps.FindRecall(t.Context(), scope, since, nil)
		if err != nil || len(again.IDs) != 0 || again.Archived != n {
			t.Errorf("%v: %+v", err, again)
		}
		for m, err := range w.Session.Client.Messages(t.Context(), client.MessageFilter{Source: "comment-created"}) {
			if err != nil {
				t.Fatal(err)
			}
			if id := m.Recipient.ID; !m.ArchivedAt.IsZero() && (id == "user_3" || m.InsertedAt.Before(since)) {
				t.Errorf("a message out of scope was archived: %s", id)
			}
		}
	})
}

// One request takes a thousand recipients; those of a key are gathered from
// several pages, and others under it stay.
func TestSweepNamesRecipientsInFewRequests(t *testing.T) {
	world.On(t, world.Options{Emulator: emulator.Options{Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", recipients("before", 10)...)
		time.Sleep(time.Minute)
		for i := range 3 {
			w.Trigger("invite-reminder", "k", "", recipients(fmt.Sprint("r", i), 500)...)
		}
		time.Sleep(10 * time.Second)
		scope := sweep.Scope{Workflow: "invite-reminder", Since: time.Now().Add(-30 * time.Second)}
		e := planned(t, w.Session, scope)
		if e.Runs != 1500 || e.Excluded != 10 || e.Requests != 2 {
			t.Errorf("%d runs, %d stay, %d requests", e.Runs, e.Excluded, e.Requests)
		}
		going, err := w.Session.Sweeps.Start(t.Context(), e, follow)
		if err != nil {
			t.Fatal(err)
		}
		if p := ended(t, going); p.Confirmed != 1500 || p.Accepted > 6 || p.RateLimited != 0 {
			t.Errorf("%+v", p)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 10 {
			t.Errorf("%d are left, want the 10 of before", len(left))
		}
	})
}

func TestSweepRecallsWhatItsRunsDelivered(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		w.Trigger("comment-created", "c-1", `{}`, "user_1", "user_2")
		time.Sleep(6 * time.Minute) // the batch closes: feeds and mailboxes have them
		w.Trigger("comment-created", "c-2", `{}`, "user_3")
		time.Sleep(10 * time.Second)
		scope := sweep.Scope{Workflow: "comment-created", KeyGlob: "c-*", Since: time.Now().Add(-time.Hour)}
		going := started(t, w.Session, scope, sweep.Options{Follow: true, Recall: true, Reason: "drill"})
		p := ended(t, going)
		if p.Confirmed != 1 || p.Recalled == 0 || p.BeyondRecall == 0 {
			t.Fatalf("%+v", p)
		}
		archived := 0
		for m, err := range w.Session.Client.Messages(t.Context(), client.MessageFilter{Source: "comment-created"}) {
			if err != nil {
				t.Fatal(err)
			}
			if !m.ArchivedAt.IsZero() {
				archived++
			}
		}
		if archived != p.Recalled {
			t.Errorf("%d messages are archived, it says %d", archived, p.Recalled)
		}
		record, err := w.Session.Sweeps.Record(t.Context(), going.ID())
		if err != nil || record.State() != sweep.PhaseDone || record.Options.Reason != "drill" || len(record.Steps) < 4 || record.Progress.Recalled != p.Recalled {
			t.Errorf("%v: %+v", err, record)
		}
		for i, phase := range []string{sweep.PhasePlanned, sweep.PhaseCancelling, sweep.PhaseVerifying, sweep.PhaseProving, sweep.PhaseRecalling} {
			if record.Steps[i].Progress.Phase != phase {
				t.Errorf("step %d is %s, want %s", i, record.Steps[i].Progress.Phase, phase)
			}
		}
	})
}

func TestSweepThatCannotFreezeSendsNothing(t *testing.T) {
	world.On(t, world.Options{NoServiceToken: true}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1")
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder"}, sweep.Options{Freeze: true, Follow: true})
		if _, err := going.Wait(t.Context()); !errors.Is(err, client.ErrNoServiceToken) {
			t.Errorf("%v", err)
		}
		if n := len(w.Changes()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestSchedulesAreDeletedAndJournalled(t *testing.T) {
	world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
		s := w.Session
		there, err := s.Schedules(t.Context(), "weekly-digest")
		if err != nil || len(there) < 2 {
			t.Fatalf("%d schedules, %v", len(there), err)
		}
		if gone, err := s.DeleteSchedules("weekly-digest", []string{there[0].ID}, "ticket 5").Result(); err != nil || len(gone) != 1 {
			t.Fatalf("%d deleted, %v", len(gone), err)
		}
		left, err := s.Schedules(t.Context(), "weekly-digest")
		if err != nil || len(left) != len(there)-1 {
			t.Errorf("%d left, %v", len(left), err)
		}
		entries, _, err := s.History(t.Context(), ops.ActionFilter{Kinds: []ops.ActionKind{"delete schedules"}}, ops.AuditMark{})
		if err != nil || len(entries) != 1 || entries[0].Reason != "ticket 5" || entries[0].State != ops.ActionDone || entries[0].Workflow != "weekly-digest" {
			t.Errorf("%v: %+v", err, entries)
		}
		if _, err := s.DeleteSchedules("weekly-digest", nil, "").Result(); err == nil {
			t.Error("deleting none was taken")
		}
	})
}
