package events

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/webhook"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// BenchmarkIngestInSight draws the list while 64 clients send webhooks as fast as they are acknowledged, in the same
// process: what came is taken, and a frame drawn, as soon as the watch brings it. One turn lasts a second.
func BenchmarkIngestInSight(b *testing.B) {
	const clients, secret = 64, "whsec_ingest"
	j, err := journal.Open(filepath.Join(b.TempDir(), "j.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	r := webhook.NewReceiver(webhook.Options{Store: j, Secrets: []string{secret}})
	url := "http://" + l.Addr().String() + webhook.DefaultPath
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = r.Serve(ctx, l) })

	session := ops.NewSession("bench", "development", false, nil, nil, j)
	session.Events.Receive(events.Receiving{Receiver: r, URL: url, Secrets: []string{secret}})
	view := newList(ui.Env{Theme: theme.Default()}, session, nil, false)
	view.SetSize(120, 40)
	watch := session.Events.Watch(events.Filter{})

	var sent atomic.Int64
	padding := strings.Repeat("The invoice could not be sent. ", 40)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	for range clients {
		work.Go(func() {
			for ctx.Err() == nil {
				n := sent.Add(1)
				body := fmt.Sprintf(`{"type":%q,"created_at":%q,"data":{"id":"m%d","recipient":"user_%d","source":{"key":"invoice-due"},"data":{"text":%q}}}`,
					webhook.Types[n%26], time.Now().Format(time.RFC3339Nano), n, n%97, padding)
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set(webhook.HeaderSignature, webhook.Sign(secret, time.Now(), []byte(body)))
				res, err := client.Do(req)
				if err != nil {
					continue // it ends
				}
				_ = res.Body.Close()
			}
		})
	}
	var frames []time.Duration
	for b.Loop() {
		for end := time.Now().Add(time.Second); time.Now().Before(end); {
			batch, err := watch.Next(ctx)
			if err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			view.take(batch)
			if view.View() == "" {
				b.Fatal("nothing drawn")
			}
			frames = append(frames, time.Since(start))
		}
	}
	stop()
	work.Wait()
	slices.Sort(frames)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(frames[len(frames)/2]), "frame-ms")
	b.ReportMetric(ms(frames[len(frames)*99/100]), "p99-frame-ms")
	b.ReportMetric(float64(r.Stats().Stored)/b.Elapsed().Seconds(), "durable/s")
	b.ReportMetric(float64(sent.Load()-int64(view.counts.Total)), "unseen")
}
