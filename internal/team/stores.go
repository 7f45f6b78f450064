package team

import (
	"context"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/webhook"
)

// Both keeps webhooks in the journal and in the stream. It is what a [webhook.Receiver] stores to, beside a relay that
// runs.
type Both struct {
	journal *journal.Journal
	relay   *Relay
	stream  *Store
}

var _ webhook.Store = (*Both)(nil)

// NewBoth is a store in a relay's journal and stream.
func NewBoth(r *Relay) *Both { return &Both{r.journal, r, NewStore(r.team)} }

// AddDeliveries returns when the webhooks are on this disk and the relay has brought all that is there to the stream.
// Where the stream fails, they are on this disk all the same, and the relay goes on.
func (b *Both) AddDeliveries(ctx context.Context, ds []webhook.Delivery) ([]bool, error) {
	fresh, err := b.journal.AddDeliveries(ctx, ds)
	if err != nil {
		return nil, err
	}
	if err := b.stream.rely(ctx); err != nil {
		return fresh, err
	}
	last, err := b.journal.LastEvent(ctx)
	if err != nil {
		return fresh, err
	}
	return fresh, b.relay.Await(ctx, last)
}

// Local keeps webhooks in the journal, and lets a relay know of them.
type Local struct{ relay *Relay }

var _ webhook.Store = Local{}

// NewLocal is a store in a relay's journal.
func NewLocal(r *Relay) Local { return Local{r} }

// AddDeliveries returns when the webhooks are on this disk.
func (l Local) AddDeliveries(ctx context.Context, ds []webhook.Delivery) ([]bool, error) {
	fresh, err := l.relay.journal.AddDeliveries(ctx, ds)
	if err == nil {
		l.relay.nudge.Give()
	}
	return fresh, err
}
