package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

// BenchmarkMillion looks for events among a million, each time in a journal that is opened anew. It builds the journal
// first, which takes some minutes; KNOCKOPS_BENCH_EVENTS says how many events there are instead.
func BenchmarkMillion(b *testing.B) {
	events := 1_000_000
	if s := os.Getenv("KNOCKOPS_BENCH_EVENTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		events = n
	}
	path := filepath.Join(b.TempDir(), "j.db")
	start := time.Now()
	buildJournal(b, path, events)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d events, %d MB, built in %s", events, info.Size()>>20, time.Since(start).Round(time.Second))
	no := false
	for _, x := range []struct {
		name   string
		filter EventFilter
	}{
		{"open", EventFilter{}},
		{"type", EventFilter{Types: []string{"message.bounced"}}},
		{"group", EventFilter{Types: []string{"message.*"}}},
		{"failures", EventFilter{Failures: true}},
		{"workflow", EventFilter{Workflow: "workflow-7"}},
		{"recipient", EventFilter{Recipient: "user_4711"}},
		{"run", EventFilter{RunID: fmt.Sprintf("def01234-a56b-78c9-d012-%012d", events/2)}},
		{"trigger", EventFilter{WorkflowRunID: fmt.Sprintf("789e0123-f45a-67b8-c901-%012d", events/6)}},
		{"tenant", EventFilter{Tenant: "tenant_42"}},
		{"message", EventFilter{MessageID: fmt.Sprintf("2w3YUpTTOxuDvZFji8%08d", events/3)}},
		{"channel", EventFilter{ChannelID: "123e4567-e89b-12d3-a456-426614174003"}},
		{"unverified", EventFilter{Verified: &no}},
		{"time", EventFilter{Since: noon.Add(time.Duration(events/2) * time.Millisecond), Until: noon.Add(time.Duration(events/2+1000) * time.Millisecond)}},
		{"never together", EventFilter{Workflow: "workflow-7", Types: []string{"message.sent"}}},
		{"nothing", EventFilter{Workflow: "no-such-workflow"}},
		{"text rare", EventFilter{Text: fmt.Sprintf("inv-%d", events/2/977*977+5)}},
		{"text common", EventFilter{Text: "invoice"}},
		{"text phrase", EventFilter{Text: `"could not be sent to the address"`}},
		{"text nowhere", EventFilter{Text: `"address the to sent"`}},
		{"text beginning", EventFilter{Text: "user_4711* nobody"}},
		{"text and workflow", EventFilter{Text: "nobody", Workflow: "workflow-7"}},
	} {
		b.Run(strings.ReplaceAll(x.name, " ", "-"), func(b *testing.B) {
			var worst time.Duration
			for b.Loop() {
				start := time.Now()
				j, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := j.Events(b.Context(), x.filter, 100, 0); err != nil {
					b.Fatal(err)
				}
				worst = max(worst, time.Since(start))
				if err := j.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
			b.ReportMetric(residentMB(b), "RSS-MB")
		})
	}
	b.Run("count", func(b *testing.B) {
		j := opened(b, path)
		for b.Loop() {
			if n, err := j.CountEvents(b.Context(), EventFilter{}); err != nil || n != events {
				b.Fatalf("%d events: %v", n, err)
			}
		}
	})
}

func buildJournal(b *testing.B, path string, events int) {
	b.Helper()
	j := opened(b, path)
	j.index.end() // it is indexed in one go below
	for n := range slices.Chunk(numbersTo(events), 1000) {
		ds := make([]webhook.Delivery, len(n))
		for i, n := range n {
			ds[i] = delivered(b, noon.Add(time.Duration(n)*time.Millisecond), string(webhookBody(n)))
			ds[i].Verified = n%100 != 0
		}
		added(b, j, ds...)
	}
	indexAll(b, j)
}

func numbersTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// residentMB is what the process takes of the memory, where the system tells.
func residentMB(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}
