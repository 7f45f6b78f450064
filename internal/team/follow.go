package team

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/internal/webhook"
)

const (
	followTogether = 256                   // events that are taken over in one commit
	followGather   = 50 * time.Millisecond // that the first of them waits for others
	followPause    = 2 * time.Second       // until a stream that cannot be followed is tried again
)

// Follower takes over into a journal what the team's receivers got. It keeps the sequence up to which it came beside
// the events, so that it goes on where it was after a day, or after it was killed, and takes each over once.
type Follower struct {
	team    *Team
	journal *journal.Journal
	retain  time.Duration // older events are not fetched at first; 0 fetches all
	log     *slog.Logger
	arrived func() // is called after each commit
	state   wait.Latest[FollowState]
}

// FollowState is how far a follower came.
type FollowState struct {
	Sequence uint64    // up to which the stream's events are here
	Behind   uint64    // events of the stream that are still to come, when it was last told
	Missed   uint64    // events that the stream had dropped before this journal got them
	Err      error     // why it does not follow; nil while it does
	Since    time.Time // when that began
}

// NewFollower makes a follower; arrived may be nil.
func NewFollower(t *Team, j *journal.Journal, retain time.Duration, log *slog.Logger, arrived func()) *Follower {
	if arrived == nil {
		arrived = func() {}
	}
	return &Follower{team: t, journal: j, retain: retain, log: log, arrived: arrived}
}

// State is how far it came.
func (f *Follower) State() FollowState {
	s := f.state.Now()
	if s.Err == nil && !f.team.Connected() {
		s.Err = errAway
	}
	return s
}

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	for ctx.Err() == nil {
		news := f.team.news.Next()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if was := f.state.Now().Err; was == nil || was.Error() != err.Error() {
			f.log.Warn("the team's stream is not followed now", "error", err)
			f.state.Change(func(s *FollowState) { s.Err, s.Since = err, time.Now() })
		}
		_ = wait.Rest(ctx, followPause, news)
	}
}

// follow takes over from where the journal is until something fails.
func (f *Follower) follow(ctx context.Context) error {
	if !f.team.Connected() {
		return errAway
	}
	s, info, err := f.team.events(ctx)
	if err != nil {
		return err
	}
	name, made := info.Config.Name, info.Created
	sequence, err := f.journal.Followed(ctx, name, made)
	if err != nil {
		return err
	}
	consumer, err := s.OrderedConsumer(ctx, f.from(sequence, info.State))
	if err != nil {
		return fmt.Errorf("stream %s: %w", name, f.team.explain(err))
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(2 * followTogether))
	if err != nil {
		return fmt.Errorf("stream %s: %w", name, f.team.explain(err))
	}
	defer context.AfterFunc(ctx, messages.Stop)()
	defer messages.Stop()
	f.state.Change(func(s *FollowState) { s.Err, s.Sequence = nil, sequence })
	for {
		ds, at, err := f.gather(ctx, messages)
		if err != nil {
			return err
		}
		fresh, err := f.journal.AddFollowed(ctx, name, made, at.Sequence.Stream, ds)
		if err != nil {
			return err
		}
		f.state.Change(func(s *FollowState) { s.Sequence, s.Behind = at.Sequence.Stream, at.NumPending })
		if fresh > 0 {
			f.arrived()
		}
	}
}

// from is where to go on behind a sequence. What the stream dropped in between is counted.
func (f *Follower) from(sequence uint64, state jetstream.StreamState) jetstream.OrderedConsumerConfig {
	if sequence > state.LastSeq {
		sequence = 0 // the stream was restored from an older copy: what is here already is known again
	}
	if sequence == 0 {
		if f.retain <= 0 {
			return jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy}
		}
		since := time.Now().Add(-f.retain)
		return jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since}
	}
	if state.FirstSeq > sequence+1 {
		missed := state.FirstSeq - sequence - 1
		f.log.Warn("the team's stream dropped events before they were taken over here", "events", missed)
		f.state.Change(func(s *FollowState) { s.Missed += missed })
	}
	return jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: sequence + 1}
}

// gather waits for an event, and a moment for more. It returns where the last of them is in the stream.
func (f *Follower) gather(ctx context.Context, messages jetstream.MessagesContext) (ds []webhook.Delivery, at *jetstream.MsgMetadata, err error) {
	m, err := messages.Next(jetstream.NextContext(ctx))
	for until := time.Now().Add(followGather); err == nil; {
		if at, err = m.Metadata(); err != nil {
			return nil, nil, err
		}
		d, bad := deliveryOf(m.Headers(), m.Data())
		if bad == nil {
			ds = append(ds, d)
		} else {
			f.log.Warn("a message of the team's stream is passed over", "sequence", at.Sequence.Stream, "error", bad)
		}
		left := time.Until(until)
		if len(ds) == followTogether || left <= 0 {
			return ds, at, nil
		}
		m, err = messages.Next(jetstream.NextMaxWait(left))
	}
	if at != nil && ctx.Err() == nil {
		return ds, at, nil // what failed fails again, with what came before it in the journal
	}
	return nil, nil, errors.Join(ctx.Err(), err)
}
