package emulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

func TestRunsTellWhatEndedThem(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		ids := b.trigger("invite-reminder", m{"recipients": list("dana", "rosa"), "cancellation_key": "k", "tenant": "acme", "actor": "emeka"})
		b.pass(10 * time.Second)
		by := b.must("POST", "/v1/workflows/invite-reminder/cancel", m{"cancellation_key": "k", "recipients": list("dana")}).Header().Get("X-Request-Id")
		b.pass(2 * time.Second)
		one, _ := b.RunByID(uuid.MustParse(ids[0]))
		if one.Status != "cancelled" || one.CancelledBy != by || one.Recipient != "dana" || one.Actor != "emeka" || one.Tenant != "acme" ||
			one.CancellationKey != "k" || one.EndedAt.Sub(one.TriggeredAt) != 11*time.Second {
			b.Errorf("the cancelled run: %+v", one)
		}
		if other := b.Runs()[1]; !other.Pending || other.CancelledBy != "" || !other.EndedAt.IsZero() {
			b.Errorf("the run beside it: %+v", other)
		}
		by = b.must("PUT", "/v1/workflows/invite-reminder/activate?environment=development", m{"status": false}).Header().Get("X-Request-Id")
		b.pass(2 * time.Hour)
		if other := b.Runs()[1]; other.Status != "cancelled" || other.CancelledBy != by {
			b.Errorf("the run that woke frozen: %+v", other)
		}
	})
}

func TestAForkGoesItsOwnWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, Options{NoRateLimit: true, Lively: true})
		b.trigger("comment-created", m{"recipients": list("dana"), "cancellation_key": "k", "data": m{"page_id": "p"}})
		b.trigger("payment-failed", m{"recipients": list("dana"), "data": m{"amount": 900}})
		b.Advance(20 * time.Second)
		kept := b.Fork()
		before := kept.Runs()
		if !reflect.DeepEqual(before, b.Runs()) {
			t.Fatal("a fork knows other runs")
		}
		b.must("POST", "/v1/workflows/comment-created/cancel", m{"cancellation_key": "k"})
		b.Advance(time.Hour)
		if !reflect.DeepEqual(kept.Runs(), before) {
			t.Error("what happens to one emulator happens to its fork")
		}
		b.must("DELETE", "/v1/users/dana", nil)
		again := &bed{t, kept, kept.Handler(), func() {}}
		again.must("POST", "/v1/workflows/comment-created/cancel", m{"cancellation_key": "k"})
		kept.Advance(time.Hour)
		if !reflect.DeepEqual(kept.Runs(), b.Runs()) {
			t.Error("the same done to a fork comes out otherwise")
		}
		again.must("GET", "/v1/users/dana", nil)
	})
}

func TestAClosedEmulatorStartsAgain(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		id := b.trigger("invite-reminder", m{"recipients": list("dana")})[0]
		b.pass(time.Minute)
		b.Close()
		b.pass(2 * time.Hour)
		b.look(func() {
			if r := b.runs.all[0]; r.status != paused {
				b.Errorf("a closed emulator went on: %s", r.status)
			}
		})
		b.Start(context.Background())
		b.pass(time.Minute)
		if r, _ := b.RunByID(uuid.MustParse(id)); r.Status != "completed" {
			b.Errorf("after the second start: %+v", r)
		}
	})
}

func TestTheClockCanBeWrong(t *testing.T) {
	inBubble(t, Options{ClockOffset: -90 * time.Second}, func(b *bed) {
		r := b.must("PUT", "/v1/users/ann", m{})
		want := time.Now().Add(-90 * time.Second)
		if got, _ := http.ParseTime(r.Header().Get("Date")); !got.Equal(want) || !strings.HasPrefix(r.text("updated_at"), want.UTC().Format("2006-01-02T15:04:05")) {
			b.Errorf("at %s it says %s and %s", time.Now(), got, r.text("updated_at"))
		}
		b.Advance(time.Hour)
		if got := time.Until(b.Now()); got != time.Hour-90*time.Second {
			b.Errorf("put forward by an hour it is %s ahead", got)
		}
	})
}

func TestFaultsSpoilWhatTheyChoose(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		cancels := func(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/cancel") }
		outcome := func(target string) (code int) {
			defer func() {
				if recover() == http.ErrAbortHandler {
					code = 0
				}
			}()
			return b.ask("POST", target, m{"cancellation_key": "k", "recipients": list("dana")}).Code
		}
		const cancel, trigger = "/v1/workflows/invite-reminder/cancel", "/v1/workflows/invite-reminder/trigger"
		b.Inject(Fault{Match: cancels, Skip: 1, Times: 1, Status: 429, RetryAfter: "3"})
		b.Inject(Fault{Match: cancels, Skip: 1, Times: 1, CarryOut: true})
		for i, want := range []int{204, 429, 0, 204, 204} { // the second fault sees what the first lets pass
			if got := outcome(cancel); got != want {
				b.Errorf("request %d: %d, want %d", i, got, want)
			}
		}
		remove := b.Inject(Fault{CarryOut: true, Status: 503})
		if got := outcome(trigger); got != 503 || len(b.Runs()) != 1 {
			b.Errorf("carried out and answered with %d: %d runs", got, len(b.Runs()))
		}
		remove()
		ctx, cancelled := context.WithTimeout(context.Background(), time.Minute)
		defer cancelled()
		b.Inject(Fault{Hang: true})
		req := httptest.NewRequestWithContext(ctx, "GET", "/v1/users", nil)
		func() {
			defer func() {
				if recover() != http.ErrAbortHandler || ctx.Err() == nil {
					b.Error("a hanging request was answered")
				}
			}()
			b.handler.ServeHTTP(httptest.NewRecorder(), req)
		}()
	})
}
