package emulator

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is asked in whatever order, what the emulator knows in several ways
// agrees, and nothing that is over comes back.
func TestTheBooksBalance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e, err := New(Options{Speed: 1e-9, NoRateLimit: true}) // its clock stands; pass moves it
		if err != nil {
			rt.Fatal(err)
		}
		b := &bed{t, e, e.Handler(), func() {}}
		over := map[uint32]status{}
		workflows := rapid.SampledFrom([]string{"welcome", "invite-reminder", "comment-created", "payment-failed", "order-shipped", "audit-log"})
		keys, users := rapid.SampledFrom([]string{"k1", "k2", "k3"}), rapid.SampledFrom([]string{"dana", "jonas", "sofia", "noemail"})
		rt.Repeat(map[string]func(*rapid.T){
			"trigger": func(rt *rapid.T) {
				body := m{"recipients": list(users.Draw(rt, "who"), users.Draw(rt, "and")), "cancellation_key": keys.Draw(rt, "key"), "data": m{"page_id": "p", "amount": 600}}
				b.ask("POST", "/v1/workflows/"+workflows.Draw(rt, "workflow")+"/trigger", body) // it may be frozen
			},
			"cancel": func(rt *rapid.T) {
				body := m{"cancellation_key": keys.Draw(rt, "key")}
				if rapid.Bool().Draw(rt, "one") {
					body["recipients"] = list(users.Draw(rt, "who"))
				}
				b.must("POST", "/v1/workflows/"+workflows.Draw(rt, "workflow")+"/cancel", body)
			},
			"freeze": func(rt *rapid.T) { b.freeze(workflows.Draw(rt, "workflow"), rapid.Bool().Draw(rt, "frozen")) },
			"event": func(rt *rapid.T) {
				b.must("POST", ingestPath+"src_shop", m{"type": "track", "event": "Payment Succeeded", "userId": users.Draw(rt, "who")})
			},
			"pass": func(rt *rapid.T) {
				d := stamp(rapid.Int64Range(1, int64(20*minute)).Draw(rt, "time"))
				b.look(func() { e.catchUp(e.at+d, math.MaxInt) })
			},
			"": func(rt *rapid.T) { b.look(func() { checkBooks(rt, e, over) }) },
		})
	})
}

func checkBooks(rt *rapid.T, e *Emulator, over map[uint32]status) {
	var counts [statusCount]int
	for n, r := range e.runs.all {
		counts[r.status]++
		for s := range statusCount {
			if e.runs.byStatus[s].has(uint32(n)) != (r.status == s) {
				rt.Fatalf("run %d is %s, the index of %s says otherwise", n, r.status, s)
			}
		}
		if last, ended := over[r.seq]; ended && last != r.status {
			rt.Fatalf("run %d was %s and is %s", n, last, r.status)
		}
		if !r.status.pending() {
			over[r.seq] = r.status
			if r.wakeAt != 0 || r.waits != nil {
				rt.Fatalf("run %d is %s and still waits", n, r.status)
			}
		} else if r.wakeAt == 0 && (r.waits == nil || r.waits.Type != "batch") {
			rt.Fatalf("run %d is %s and nothing will wake it", n, r.status)
		}
		if r.wakeAt != 0 && r.wakeAt < e.at {
			rt.Fatalf("run %d should have woken at %s, it is %s", n, r.wakeAt, e.at)
		}
	}
	if counts != e.runs.counts {
		rt.Fatalf("counted %v, known %v", counts, e.runs.counts)
	}
	for k, open := range e.batches {
		for _, r := range open.members {
			if r.status != paused || r.waits != k.step {
				rt.Fatalf("run %d is in an open batch and %s", r.seq, r.status)
			}
		}
	}
	for k, runs := range e.waiting {
		for _, r := range runs {
			if r.status != paused {
				rt.Fatalf("run %d waits for %v and is %s", r.seq, k, r.status)
			}
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true, Lively: true, Speed: 60, Runaway: "invite-reminder", RunawayRate: 200}, func(b *bed) {
		var callers sync.WaitGroup
		for caller := range 8 {
			callers.Go(func() {
				for i := range 30 {
					key := fmt.Sprintf("k-%d-%d", caller, i)
					if r := b.ask("POST", "/v1/workflows/comment-created/trigger", m{"recipients": list("dana"), "cancellation_key": key}); r.Code != http.StatusOK {
						b.Errorf("trigger: %d", r.Code)
					}
					time.Sleep(100 * time.Millisecond)
					b.ask("POST", "/v1/workflows/comment-created/cancel", m{"cancellation_key": key})
					b.ask("GET", "/v1/workflow_recipient_runs?status[]=paused", nil)
					b.ask("GET", "/v1/messages", nil)
					b.Stats()
					b.Requests()
				}
			})
		}
		callers.Wait()
	})
}
