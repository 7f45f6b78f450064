package flows

import (
	"context"
	"net/textproto"
	"strconv"
	"time"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
)

// Receiver gives a flow the webhooks of the profile's journal whose signature was verified, whichever
// program received them.
type Receiver struct{ Session *ops.Session }

// Receive offers events as [flow.Receiver] says.
func (r Receiver) Receive(ctx context.Context, types []string, since time.Time, offer func(flow.Message) bool) error {
	verified := true
	watch := r.Session.Events.Watch(events.Filter{Types: types, Since: since, Verified: &verified, Whole: true})
	for {
		batch, err := watch.Next(ctx)
		if err != nil {
			return err
		}
		for i := len(batch.Events) - 1; i >= 0; i-- { // newest first
			if offer(message(batch.Events[i])) {
				return nil
			}
		}
	}
}

func message(e events.Event) flow.Message {
	m := flow.Message{ID: strconv.FormatInt(e.ID, 10), Type: e.Type, At: e.ReceivedAt, Header: map[string][]string{}}
	for _, h := range e.Header {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		m.Header[name] = append(m.Header[name], h.Value)
	}
	payload, err := value.Decode(e.Body)
	if err != nil {
		payload = string(e.Body)
	}
	m.Payload = payload
	return m
}
