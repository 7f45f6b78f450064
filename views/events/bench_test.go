package events

import (
	"fmt"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/webhook"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// BenchmarkFrame is a batch of a stream of 41 a second, and the frame after it,
// with the whole window in memory.
func BenchmarkFrame(b *testing.B) {
	for _, by := range []grouping{byNothing, byRecipient} {
		b.Run(fmt.Sprintf("%d events %s", window, by), func(b *testing.B) {
			l := newList(ui.Env{Theme: theme.Default()}, &ops.Session{}, nil, false)
			l.SetSize(120, 40)
			l.groupBy(by)
			next := int64(0)
			batch := func(n int) events.Batch {
				var list []events.Event
				for range n {
					next++
					list = append(list, events.Event{ID: next, Delivery: webhook.Delivery{
						Type: webhook.Types[next%26], ReceivedAt: time.Now(), Verified: true, Recipient: fmt.Sprint("user_", next%97), Workflow: "invite-reminder", ChannelType: "in_app_feed",
					}})
				}
				return events.Batch{Events: list}
			}
			l.take(batch(1))
			l.take(batch(window))
			if len(l.rows) != window {
				b.Fatalf("%d events in memory", len(l.rows))
			}
			b.ReportAllocs()
			for b.Loop() {
				l.take(batch(11))
				if l.View() == "" {
					b.Fatal("nothing drawn")
				}
			}
		})
	}
}
