package ops

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

// A sweep of a million pending runs keeps less than 200 MB, whatever they have
// in common: it remembers what it sent, not the runs.
func TestSweepOfAMillionRunsStaysSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("a million runs take seconds")
	}
	const runs, most = 1_000_000, 200 << 20
	everyone := Scope{Workflow: "w"}
	tenant := Scope{Workflow: "w", Tenant: "acme"}
	for name, world := range map[string]struct {
		scope Scope
		key   func(int) string
		out   int // every so manieth run is out of scope
	}{
		"a key each":              {everyone, func(i int) string { return fmt.Sprintf("key-%06d", i) }, 0},
		"one tenant, 45 to a key": {tenant, func(i int) string { return fmt.Sprintf("key-%06d", i/45) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := client.New(client.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s := &Session{Runner: runner.Runner{Client: c}, Requests: &RequestLog{}}
			before := heap()
			w := s.newSweep(1, world.scope, SweepOptions{}, time.Now())
			if w.survey != nil {
				w.survey.upTo = time.Now().Add(time.Hour)
			}
			var n sights
			long := time.Now().Add(-time.Hour)
			sent := 0
			for i := range runs {
				r := client.Run{
					ID: fmt.Sprintf("run-%d", i), Workflow: "w", Status: client.RunPaused, InsertedAt: long, Recipient: client.Ref{ID: fmt.Sprintf("user_%06d", i)},
					TriggerSource: client.TriggerSource{Type: "api", CancellationKey: world.key(i)},
				}
				if world.out == 0 || i%world.out > 0 {
					r.Tenant = "acme"
					w.meet(&r, &n)
				} else {
					w.survey.leave(target{r.TriggerSource.CancellationKey, r.Recipient})
				}
				if i%50 == 49 { // a page was read: what it led to goes out meanwhile
					batch, _ := w.outbox.take()
					w.outbox.settle(batch)
					sent += len(batch)
				}
			}
			after := heap()
			if got := after - before; got > most {
				t.Errorf("it keeps %d MB", got>>20)
			} else {
				t.Logf("%d runs, %d requests: %d MB", runs, sent, got>>20)
			}
			runtime.KeepAlive(w)
		})
	}
}

// heap is what is in use now.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A plan that was not read to its end does not know how long proof takes.
func TestTheTimeLeftToProveIsOnlyToldWhereRunsWereCounted(t *testing.T) {
	p := SweepProgress{Phase: PhaseProving, Runs: 2400, Confirmed: 1200}
	if p.eta() != 0 {
		t.Errorf("it tells %s", p.eta())
	}
	if p.Counted = true; p.eta() != 5*time.Second {
		t.Errorf("it tells %s", p.eta())
	}
}
