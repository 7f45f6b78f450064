package sweep_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// A sweep acts where it was begun, or nowhere: with that profile, in that environment, at that host,
// with that key, and while that may be changed.
func TestWhereASweepIsNotResumed(t *testing.T) {
	world.On(t, world.Options{Protected: true}, func(t *testing.T, w *world.World) {
		w.Session.Guard.Arm(time.Hour)
		going := started(t, w.Session, sweep.Scope{Workflow: "invite-reminder", Keys: []string{"k"}}, follow)
		going.Abort()
		if _, err := going.Wait(t.Context()); err == nil {
			t.Fatal("it came to its end")
		}
		w.Session.Guard.Disarm()
		client := func(o client.Options) *client.Client {
			o.Transport = w.Network.Transport()
			c, err := client.New(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c
		}
		here := func() *runner.Runner {
			return &runner.Runner{Profile: w.Session.Profile, Environment: w.Session.Environment, Client: w.Session.Client, Journal: w.Session.Journal}
		}
		before := len(w.Changes())
		for name, x := range map[string]struct {
			change func(*runner.Runner)
			want   string
		}{
			"read-only":           {func(r *runner.Runner) { r.Guard = w.Session.Guard }, "read-only"},
			"another profile":     {func(r *runner.Runner) { r.Profile = "other" }, "of profile test"},
			"another environment": {func(r *runner.Runner) { r.Environment = "production" }, "production"},
			"another key":         {func(r *runner.Runner) { r.Client = client(options("http://127.0.0.1", "sk_other")) }, "another key"},
			"another host":        {func(r *runner.Runner) { r.Client = client(options("http://127.0.0.1:81", emulator.DemoAPIKey)) }, "another host"},
		} {
			r := here()
			x.change(r)
			sweeps := sweep.NewSweeps(r, w.Session, func() int { return 0 })
			_, err := sweeps.Resume(t.Context(), going.ID())
			var refusal *runner.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s: %v", name, err)
			}
			sweeps.Close()
		}
		if n := len(w.Changes()); n != before {
			t.Errorf("%d requests were sent", n-before)
		}
		w.Session.Guard.Arm(time.Hour)
		again, err := w.Session.Sweeps.Resume(t.Context(), going.ID())
		if err != nil {
			t.Fatal(err)
		}
		ended(t, again)
	})
}

func options(base, key string) client.Options {
	return client.Options{BaseURL: base, APIKey: client.Secret(key)}
}

// What a later version narrows a scope by could be what keeps it from all else.
func TestAScopeOfALaterVersionIsNotResumed(t *testing.T) {
	for _, column := range []string{"scope", "options"} {
		path := filepath.Join(t.TempDir(), "journal.db")
		world.On(t, slow, func(t *testing.T, w *world.World) {
			scope := manyKeys(w)
			s := reopened(t, w, path)
			defer s.Close()
			going := started(t, s, scope, follow)
			going.Abort()
			_, _ = going.Wait(t.Context())
			before := len(w.Changes())
			tampered(t, path, "UPDATE sweeps SET "+column+" = json_set("+column+", '$.region', 'eu')")
			if _, err := s.Sweeps.Resume(t.Context(), going.ID()); err == nil || !strings.Contains(err.Error(), "later version") || len(w.Changes()) != before {
				t.Errorf("%s: %v", column, err)
			}
		})
	}
}

// A cancel whose answer never came may have arrived or not: a resumed sweep sends it again, counts it
// as sent and not as accepted.
func TestAResumedSweepSendsWhatHadNoAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, slow, func(t *testing.T, w *world.World) {
		keys := []string{"key-0", "key-1", "key-2"}
		for _, key := range keys {
			w.Trigger("invite-reminder", key, "", "user_1")
		}
		time.Sleep(10 * time.Second)
		mend := w.Knock.Inject(emulator.Fault{Match: isCancel})
		s := reopened(t, w, path)
		going := started(t, s, sweep.Scope{Workflow: "invite-reminder", Keys: keys}, sweep.Options{Beyond: -1})
		time.Sleep(500 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		mend()
		lost := len(w.Changes())
		if lost < len(keys) {
			t.Fatalf("%d cancels were lost", lost)
		}
		s = reopened(t, w, path)
		defer s.Close()
		again, err := s.Sweeps.Resume(t.Context(), going.ID())
		if err != nil {
			t.Fatal(err)
		}
		p := endedWithin(t, again, 10*time.Minute)
		if sent := len(w.Changes()); p.Accepted != len(keys) || sent-lost != len(keys) || p.Planned+p.Beyond+p.Repeated != sent {
			t.Errorf("%d were lost and %d sent afterwards: %+v", lost, sent-lost, p)
		}
		time.Sleep(2 * time.Second)
		if left := pending(t, w, "invite-reminder"); len(left) != 0 {
			t.Errorf("%d runs are left", len(left))
		}
	})
}

// What was refused before may be taken now: a resumed sweep tries it again.
func TestAResumedSweepTriesAgainWhatItLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	world.On(t, slow, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "refused", "", "user_1")
		w.Trigger("invite-reminder", "taken", "", "user_1")
		time.Sleep(10 * time.Second)
		mend := w.Knock.Inject(emulator.Fault{Times: 1, Status: http.StatusUnprocessableEntity, Match: isCancel})
		s := reopened(t, w, path)
		going := started(t, s, sweep.Scope{Workflow: "invite-reminder"}, follow)
		until(t, going, func(p sweep.Progress) bool { return p.Phase == sweep.PhaseVerifying && p.Refused == 1 })
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		mend()
		s = reopened(t, w, path)
		defer s.Close()
		again, err := s.Sweeps.Resume(t.Context(), going.ID())
		if err != nil {
			t.Fatal(err)
		}
		if p := endedWithin(t, again, 10*time.Minute); p.Confirmed != 2 || p.Refused != 0 {
			t.Errorf("%+v", p)
		}
		if left := pending(t, w, "invite-reminder"); len(left) != 0 {
			t.Errorf("%d runs are left", len(left))
		}
	})
}

// What may not be carried out is refused, for its own reason, before anything is sent.
func TestSweepRefusals(t *testing.T) {
	world.On(t, world.Options{Protected: true}, func(t *testing.T, w *world.World) {
		w.Trigger("invite-reminder", "k", "", "user_1", "user_2")
		whole := planned(t, w.Session, sweep.Scope{Workflow: "invite-reminder"})
		part := whole
		part.Complete = false
		if _, err := w.Session.Sweeps.Start(t.Context(), whole, follow); !refusedFor(err, "read-only") {
			t.Errorf("read-only: %v", err)
		}
		w.Session.Guard.Arm(time.Hour)
		for name, try := range map[string]struct {
			plan sweep.Plan
			o    sweep.Options
			want string
		}{
			"an empty scope":        {sweep.Plan{}, follow, "the scope is empty"},
			"a list of no keys":     {sweep.Plan{Scope: sweep.Scope{Workflow: "w", Keys: []string{}}}, follow, "holds none"},
			"too many":              {whole, sweep.Options{Max: 1}, "at most 1 may be"},
			"nobody knows how many": {part, sweep.Options{Max: 10}, "did not count them all"},
		} {
			going, err := w.Session.Sweeps.Start(t.Context(), try.plan, try.o)
			if !refusedFor(err, try.want) {
				t.Errorf("%s: %v", name, err)
			}
			if going != nil {
				going.Abort()
			}
		}
		if n := len(w.Changes()); n != 0 {
			t.Errorf("%d requests were sent that change something", n)
		}
	})
}

// refusedFor reports whether an error is a refusal that gives a reason.
func refusedFor(err error, reason string) bool {
	var refusal *runner.Refusal
	return errors.As(err, &refusal) && strings.Contains(err.Error(), reason)
}
