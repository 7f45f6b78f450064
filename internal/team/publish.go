package team

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/knockops/knockops/internal/webhook"
)

// publishTimeout is how long the servers have to agree on an event.
const publishTimeout = 10 * time.Second

var errAway = errors.New("no server of the team is there")

// MaxBody is how large an event's body may be, with room for its headers beside it, for the server that is connected.
func (t *Team) MaxBody() int64 { return t.nc.MaxPayload() - 64<<10 }

// publish sends webhooks to the stream and waits until its servers have agreed on each. It returns which of them were
// not there before, in their order, up to the first of which that is not known; then there is an error. They go one by
// one and not as an atomic batch, which is refused whole when one of its ids is a duplicate.
func (t *Team) publish(ctx context.Context, ds []webhook.Delivery) (fresh []bool, err error) {
	news := t.news.Next() // asked for before looking, so that nothing slips between
	if !t.Connected() {
		return nil, errAway
	}
	expect := jetstream.WithExpectStream(t.names.events)
	sent := make([]jetstream.PubAckFuture, 0, len(ds))
	for i := range ds {
		f, err := t.js.PublishMsgAsync(messageOf(t.names.subject, &ds[i]), expect)
		if err != nil {
			break // what was sent may have arrived
		}
		sent = append(sent, f)
	}
	for _, f := range sent {
		ack, err := t.agreed(ctx, f, news)
		if err != nil {
			return fresh, err
		}
		fresh = append(fresh, !ack.Duplicate)
	}
	if len(fresh) < len(ds) {
		return fresh, errAway
	}
	return fresh, nil
}

// agreed waits for the answer about one event. Without a connection there will be none.
func (t *Team) agreed(ctx context.Context, f jetstream.PubAckFuture, news <-chan struct{}) (*jetstream.PubAck, error) {
	for {
		select {
		case ack := <-f.Ok():
			return ack, nil
		case err := <-f.Err():
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-news:
			if news = t.news.Next(); !t.Connected() {
				return nil, errAway
			}
		}
	}
}

// Durable refuses a stream whose word is not enough to answer Knock with: an event that its servers agreed on must
// be on their disks. Whether they write at once they tell no client, so that rests on the operator's word.
func (t *Team) Durable(ctx context.Context) error {
	if !t.profile.Team.Synced {
		return ErrNotSynced
	}
	_, info, err := t.events(ctx)
	if err != nil {
		return err
	}
	c := info.Config
	switch {
	case c.Storage != jetstream.FileStorage:
		return fmt.Errorf("stream %s is kept in memory", c.Name)
	case c.PersistMode == jetstream.AsyncPersistMode:
		return fmt.Errorf("stream %s acknowledges before it writes (persist_mode async)", c.Name)
	case c.NoAck:
		return fmt.Errorf("stream %s acknowledges nothing (no_ack)", c.Name)
	case c.Replicas < t.profile.Team.Replicas:
		return fmt.Errorf("stream %s has %d copies, and the profile wants %d", c.Name, c.Replicas, t.profile.Team.Replicas)
	}
	return nil
}

// ErrNotSynced says that nobody vouches for what the servers do not tell.
var ErrNotSynced = errors.New("servers acknowledge before they write to their disks unless each has `sync_interval: always`, and tell no client which: " +
	"set it, and then `synced: true` in the team of the profile")

// checkEvery is how often a stream is looked at again whose word is relied upon.
const checkEvery = time.Minute

// Store keeps webhooks in the stream alone. It is what a [webhook.Receiver] stores to, one call at a time.
type Store struct {
	team       *Team
	checked    time.Time
	reconnects uint64 // when it was checked
}

var _ webhook.Store = (*Store)(nil)

// NewStore is a store on a connection.
func NewStore(t *Team) *Store { return &Store{team: t} }

// AddDeliveries returns when the stream's servers have agreed on all of the webhooks, and its word can be relied upon.
func (s *Store) AddDeliveries(ctx context.Context, ds []webhook.Delivery) ([]bool, error) {
	if err := s.rely(ctx); err != nil {
		return nil, err
	}
	fresh, err := s.team.publish(ctx, ds)
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// rely checks the stream now and then, and after each reconnection: it may be another's by then.
func (s *Store) rely(ctx context.Context) error {
	if !s.team.Connected() {
		return errAway
	}
	reconnects := s.team.nc.Stats().Reconnects
	if reconnects == s.reconnects && time.Since(s.checked) < checkEvery {
		return nil
	}
	if err := s.team.Durable(ctx); err != nil {
		s.checked = time.Time{}
		return err
	}
	s.checked, s.reconnects = time.Now(), reconnects
	return nil
}

// tooLarge reports whether a webhook is larger than the servers take.
func (t *Team) tooLarge(d *webhook.Delivery) bool {
	size := int64(messageOf(t.names.subject, d).Size())
	return t.nc.Status() == nats.CONNECTED && size > t.nc.MaxPayload()
}
