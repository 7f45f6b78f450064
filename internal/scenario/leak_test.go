package scenario

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

var (
	leakQuarters = flag.Int("leak.quarters", fullscale.N(2, 0), "how many quarters of an hour the demo is played with")
	leakSteps    = flag.Int("leak.steps", 12, "how many things are done in each of them")
)

// mayRest is how many goroutines more there may be at rest: those of connections and timers come and go.
const mayRest = 20

// Hours of a demo that somebody plays with leave no goroutine behind: each time they rest on Pulse there are as
// many as after the first quarter of an hour. What memory the console and its world hold is told.
func TestHoursOfUseLeaveNothingBehind(t *testing.T) {
	fullscale.Only(t)
	fullscale.Unraced(t)
	o := console
	o.Stage.Stay, o.Webhooks, o.Preview = true, true, true
	o.Emulator = emulator.Options{Seed: 7, Lively: true}
	world.Play(t, o, func(w *world.World) {
		m := &monkey{t: t, w: w, s: w.Stage, rand: rand.New(rand.NewPCG(7, 0)), width: 120, height: 40}
		m.learn()
		first := 0
		for quarter := range *leakQuarters {
			for range *leakSteps {
				m.step()
				m.s.Wait(15 * time.Minute / time.Duration(*leakSteps))
			}
			goroutines, heap := m.rest()
			t.Logf("after %d minutes: %d goroutines, %.1f MB", 15*(quarter+1), goroutines, heap)
			if quarter == 0 {
				first = goroutines
			}
			if goroutines > first+mayRest {
				t.Errorf("after %d minutes %d goroutines are there, %d after the first 15", 15*(quarter+1), goroutines, first)
			}
		}
	})
}

// rest goes to Pulse with everything closed and all well, and counts what is there.
func (m *monkey) rest() (goroutines int, megabytes float64) {
	m.cut = false
	m.w.Network.Mend()
	m.w.Restore()
	m.w.Knock.SetChaos(emulator.Chaos{})
	m.resize(120, 40)
	m.s.Wait(time.Minute).Press("esc", "esc", "esc", "esc", "1").Wait(time.Minute)
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return runtime.NumGoroutine(), float64(mem.HeapAlloc) / 1e6
}
