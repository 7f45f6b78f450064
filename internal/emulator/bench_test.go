package emulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// crowded is an emulator with a million pending runs, each of another user.
var crowded = sync.OnceValues(func() (*Emulator, uint64) {
	before := heap()
	e, err := New(Options{NoRateLimit: true, Backlog: map[string]int{"invite-reminder": 900_000, "invoice-due": 100_000}})
	if err != nil {
		panic(err)
	}
	return e, heap() - before
})

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkPageOfMillionRuns(b *testing.B) {
	e, size := crowded()
	h := e.Handler()
	deep := cursor("runs", 500_000)
	for _, bench := range []struct{ name, query string }{
		{"newest", ""},
		{"deep", "after=" + *deep},
		{"pending", "status[]=queued&status[]=processing&status[]=paused"},
		{"workflow", "workflow=invoice-due&status[]=paused"},
		{"recipient", "recipient=user_000007"},
		{"none", "workflow=invite-reminder&status[]=cancelled"},
		{"errors", "has_errors=true"},
		{"long ago", "ending_at=2000-01-01T00:00:00Z"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				serve(b, h, get, "/v1/workflow_recipient_runs?"+bench.query, "", http.StatusOK)
			}
			b.ReportMetric(float64(size)/1e6, "heap-bytes/run")
		})
	}
}

func serve(b *testing.B, h http.Handler, method, target, body string, want int) {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+DemoAPIKey)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Code != want {
		b.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

func BenchmarkTrigger(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("%d recipients", n), func(b *testing.B) {
			e, err := New(Options{NoRateLimit: true})
			if err != nil {
				b.Fatal(err)
			}
			ids := make([]string, n)
			for i := range ids {
				ids[i] = fmt.Sprintf(`"user_%d"`, i)
			}
			body := `{"recipients":[` + strings.Join(ids, ",") + `],"cancellation_key":"k","data":{"project":"P"}}`
			h := e.Handler()
			for b.Loop() {
				serve(b, h, post, "/v1/workflows/invite-reminder/trigger", body, http.StatusOK)
			}
		})
	}
}

// BenchmarkFeed reads a feed of 10,000 items.
func BenchmarkFeed(b *testing.B) {
	e, err := New(Options{NoRateLimit: true})
	if err != nil {
		b.Fatal(err)
	}
	h := e.Handler()
	for range 10_000 {
		serve(b, h, post, "/v1/workflows/welcome/trigger", `{"recipients":["dana"],"actor":"rosa","data":{"x":{"y":1}}}`, http.StatusOK)
	}
	e.Advance(10 * time.Minute)
	for _, bench := range []struct{ name, query string }{
		{"newest", ""}, {"unread", "status=unread"}, {"compact", "mode=compact"}, {"by data", "trigger_data=%7B%22x%22%3A%7B%22y%22%3A1%7D%7D"}, {"none", "tenant=acme"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				serve(b, h, get, "/v1/users/dana/feeds/in-app-feed?"+bench.query, "", http.StatusOK)
			}
		})
	}
}

// BenchmarkNew makes the world that `knockops emulator` begins with, from its
// file on.
func BenchmarkNew(b *testing.B) {
	for _, lively := range []bool{false, true} {
		b.Run(fmt.Sprintf("lively=%t", lively), func(b *testing.B) {
			for b.Loop() {
				world, err := parseWorld(defaultWorld)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := New(Options{World: world, Lively: lively}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
