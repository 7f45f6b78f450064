package team

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/webhook"
)

const (
	floodClients = 64
	floodFor     = time.Second // a turn
)

// usual is an event of the usual size, 1.4 KB.
func usual(n int) string {
	const detail = "The invoice of your last order could not be sent to the address that we know of, so nobody was notified. "
	return strings.TrimSuffix(body(n), "}") + `,"event_data":{"detail":"` + strings.Repeat(detail, 12) + `"}}`
}

// flood has a receiver take events from many at a time, for a while, and returns how many it acknowledged.
func flood(b *testing.B, r *webhook.Receiver, number *atomic.Int64) (taken int64) {
	var count atomic.Int64
	var clients sync.WaitGroup
	until := time.Now().Add(floodFor)
	for range floodClients {
		clients.Go(func() {
			for time.Now().Before(until) {
				if status := post(r, usual(int(number.Add(1)))); status != 200 {
					b.Errorf("answered %d", status)
					return
				}
				count.Add(1)
			}
		})
	}
	clients.Wait()
	return count.Load()
}

// indexed waits until a journal's index has all that is there.
func indexed(b *testing.B, j *journal.Journal) {
	b.Helper()
	if _, err := j.Restore(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRelay holds a receiver that relays against one that does not. They take turns; what is still to be indexed
// or relayed after a turn is waited for. The server of the team runs in the same process.
func BenchmarkRelay(b *testing.B) {
	alone := opened(b, filepath.Join(b.TempDir(), "alone.db"))
	shared := opened(b, filepath.Join(b.TempDir(), "shared.db"))
	elsewhere := inMemory(b) // the disk is the receiver's: the server has one of its own
	server := startServer(b, func(o *server.Options) { o.StoreDir = elsewhere })
	relay := relayOf(b, made(b, profileAt(server.ClientURL())), shared)
	running(b, relay.Run)
	by := webhook.NewReceiver(webhook.Options{Store: alone})
	relayed := webhook.NewReceiver(webhook.Options{Store: NewLocal(relay)})
	var number, without, with atomic.Int64
	for b.Loop() {
		without.Add(flood(b, by, &number))
		indexed(b, alone)
		with.Add(flood(b, relayed, &number))
		indexed(b, shared)
		newest, err := shared.LastEvent(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		reaches(b, "all is relayed", &relay.state, func(s RelayState) bool { return s.Through == newest })
	}
	seconds := floodFor.Seconds() * float64(b.N)
	b.ReportMetric(float64(without.Load())/seconds, "alone/s")
	b.ReportMetric(float64(with.Load())/seconds, "relaying/s")
	b.ReportMetric(float64(with.Load())/float64(without.Load()), "ratio")
}

// inMemory is a folder that no disk is asked about, where the system has one.
func inMemory(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "team")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

const (
	consoles  = 20
	perSecond = 500
	streamFor = 1000 // events of a turn
)

// BenchmarkToConsoles tells how long an event takes from its receiver to the journal of a console, beside 19 others that
// fetch the same. These keep nothing: each console has a machine of its own, and here all are one.
func BenchmarkToConsoles(b *testing.B) {
	p := profileAt(startServer(b, nil).ClientURL())
	relay := relayOf(b, made(b, p), opened(b, filepath.Join(b.TempDir(), "receiver.db")))
	running(b, relay.Run)
	r := webhook.NewReceiver(webhook.Options{Store: NewLocal(relay)})
	var mu sync.Mutex
	var sent []time.Time // by the event's sequence, less 1
	var took []time.Duration
	var f *Follower
	var at uint64
	f = NewFollower(connected(b, p), opened(b, filepath.Join(b.TempDir(), "console.db")), 0, quiet, func() {
		now, sequence := time.Now(), f.State().Sequence
		mu.Lock()
		defer mu.Unlock()
		for ; at < sequence; at++ {
			took = append(took, now.Sub(sent[at]))
		}
	})
	running(b, f.Run)
	for range consoles - 1 {
		running(b, fetching(b, connected(b, p)))
	}
	for b.Loop() {
		ticker := time.NewTicker(time.Second / perSecond)
		for range streamFor {
			<-ticker.C
			mu.Lock()
			sent = append(sent, time.Now())
			n := len(sent)
			mu.Unlock()
			if status := post(r, usual(n)); status != 200 {
				b.Fatalf("answered %d", status)
			}
		}
		ticker.Stop()
		reaches(b, "all came", &f.state, func(s FollowState) bool { return s.Sequence == uint64(len(sent)) })
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
}

// fetching takes what a console would, and keeps none of it.
func fetching(b *testing.B, t *Team) func(context.Context) {
	b.Helper()
	s, _, err := t.events(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	consumer, err := s.OrderedConsumer(b.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context) {
		messages, err := consumer.Messages(jetstream.PullMaxMessages(2 * followTogether))
		if err != nil {
			b.Error(err)
			return
		}
		defer context.AfterFunc(ctx, messages.Stop)()
		f := NewFollower(t, nil, 0, quiet, nil)
		for err == nil {
			_, _, err = f.gather(ctx, messages)
		}
	}
}
