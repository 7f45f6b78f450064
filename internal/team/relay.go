package team

import (
	"context"
	"log/slog"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/internal/webhook"
)

const (
	relayTogether = 512         // webhooks that are on their way to the stream at a time
	relayPause    = time.Second // until a stream that refused is tried again, and how often it is written down how far it came
)

// Relay brings what is received into a journal to the team's stream, in its order. The journal is its outbox: what
// the stream did not get goes there when the program runs again.
type Relay struct {
	team    *Team
	journal *journal.Journal
	log     *slog.Logger
	nudge   wait.Nudge
	state   wait.Latest[RelayState]
	written int64 // how far it came, as the journal has it
}

// RelayState is how far a relay came.
type RelayState struct {
	Through int64 // the stream has what was received up to this event
	Omitted int   // events that were too large for the servers
	Err     error // why it does not go on; nil while it does
}

// NewRelay begins to owe the stream what is received from now on, or goes on where it ended.
func NewRelay(ctx context.Context, t *Team, j *journal.Journal, log *slog.Logger) (*Relay, error) {
	through, err := j.BeginRelay(ctx, t.names.events)
	if err != nil {
		return nil, err
	}
	r := &Relay{team: t, journal: j, log: log, nudge: wait.NewNudge(), written: through}
	r.state.Change(func(s *RelayState) { s.Through = through })
	return r, nil
}

// State is how far it came.
func (r *Relay) State() RelayState { return r.state.Now() }

// Run relays until ctx ends.
func (r *Relay) Run(ctx context.Context) {
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayPause)
		defer cancel()
		_ = r.write(last) // what is not written down is sent again, and known by its id
	}()
	at := time.Now()
	for ctx.Err() == nil {
		news := r.team.news.Next()
		more, err := r.some(ctx)
		r.say(ctx, err)
		if !more && err == nil || time.Since(at) > relayPause {
			at = time.Now()
			if err := r.write(ctx); err != nil && ctx.Err() == nil {
				r.log.Error("how far the webhooks were relayed cannot be written down", "error", err)
			}
		}
		switch {
		case err != nil:
			_ = wait.Rest(ctx, relayPause, news)
		case !more:
			_ = wait.Rest(ctx, relayPause, r.nudge)
		}
	}
}

// some relays some, and reports whether there may be more.
func (r *Relay) some(ctx context.Context) (more bool, err error) {
	found, last, err := r.journal.Unrelayed(ctx, r.state.Now().Through, relayTogether)
	if err != nil {
		return false, err
	}
	var ds []webhook.Delivery
	var ids []int64
	omitted := 0
	for _, u := range found {
		if r.team.tooLarge(&u.Delivery) {
			omitted++
			r.log.Error("a webhook is larger than the team's servers take, and is kept here alone", "event", u.ID, "bytes", len(u.Body))
			continue
		}
		ds, ids = append(ds, u.Delivery), append(ids, u.ID)
	}
	if len(ds) > 0 {
		ctx, cancel := context.WithTimeout(ctx, publishTimeout)
		defer cancel()
		fresh, err := r.team.publish(ctx, ds)
		if err != nil {
			if n := len(fresh); n > 0 && omitted == 0 {
				r.state.Change(func(s *RelayState) { s.Through = ids[n-1] })
			}
			return true, err
		}
	}
	if err := r.omit(ctx, last, omitted); err != nil {
		return true, err
	}
	if last > r.state.Now().Through {
		r.state.Change(func(s *RelayState) { s.Through, s.Omitted = last, s.Omitted+omitted })
	}
	return len(found) == relayTogether, nil
}

// omit writes down at once what the stream will never have, so that it is counted once.
func (r *Relay) omit(ctx context.Context, last int64, omitted int) error {
	if omitted == 0 {
		return nil
	}
	return r.journal.Relayed(ctx, r.team.names.events, last, omitted)
}

// write writes down how far it came.
func (r *Relay) write(ctx context.Context) error {
	through := r.state.Now().Through
	if through == r.written {
		return nil
	}
	if err := r.journal.Relayed(ctx, r.team.names.events, through, 0); err != nil {
		return err
	}
	r.written = through
	return nil
}

// say keeps why it does not go on, and logs when that changes.
func (r *Relay) say(ctx context.Context, err error) {
	was := r.state.Now().Err
	if ctx.Err() != nil || err == nil && was == nil {
		return
	}
	r.state.Change(func(s *RelayState) { s.Err = err })
	switch {
	case err != nil && (was == nil || was.Error() != err.Error()):
		r.log.Warn("webhooks are not relayed to the team's stream now; they wait in the journal", "error", err)
	case err == nil:
		r.log.Info("webhooks are relayed to the team's stream again")
	}
}

// Await returns when the stream has what was received up to an event, or why it has not.
func (r *Relay) Await(ctx context.Context, event int64) error {
	r.nudge.Give()
	for version := 0; ; {
		s, next, err := r.state.Next(ctx, version)
		switch {
		case err != nil:
			return err
		case s.Through >= event:
			return nil
		case !r.team.Connected():
			return errAway
		case s.Err != nil && version > 0:
			return s.Err
		}
		version = next
	}
}
