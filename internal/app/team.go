package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/team"
)

// Sharing is what a journal and a team's stream bring one another.
type Sharing struct {
	address team.Address
	profile config.Profile
	journal *journal.Journal
	log     *slog.Logger
	feed    *events.Feed
}

// ShareWithTeam finds out how to reach a profile's team; its key is fetched here, while somebody can be asked. What is
// received from now on is owed to the stream.
func ShareWithTeam(ctx context.Context, p config.Profile, j *journal.Journal, feed *events.Feed, log *slog.Logger) (*Sharing, error) {
	address, err := team.Resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	if _, err := j.BeginRelay(ctx, address.Stream()); err != nil {
		return nil, err
	}
	return &Sharing{address, p, j, log, feed}, nil
}

// Run takes over what the team's receivers got, until ctx ends; with relays it brings the team what is received here.
func (s *Sharing) Run(ctx context.Context, relays bool) {
	t, err := s.address.Open(ctx)
	if err != nil {
		s.feed.Follow(func() events.Following { return events.Following{Err: err} })
		return
	}
	defer t.Close()
	f := team.NewFollower(t, s.journal, s.profile.Webhook.Retain, s.log, s.feed.Arrived)
	s.feed.Follow(func() events.Following {
		at := f.State()
		return events.Following{Behind: at.Behind, Missed: at.Missed, Err: at.Err}
	})
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { f.Run(ctx) })
	if relays {
		r, err := team.NewRelay(ctx, t, s.journal, s.log)
		if err != nil {
			s.log.Error("what is received here is not relayed to the team", "error", err)
			return
		}
		work.Go(func() { r.Run(ctx) })
	}
}

// joinTeam shares with the profile's team until the profile is closed. That it cannot is no reason not to open the
// console: the events page and the header say so.
func (d *OpenedProfile) joinTeam(ctx context.Context, p config.Profile) {
	if p.Team.IsZero() {
		return
	}
	s, err := ShareWithTeam(ctx, p, d.Session.Journal, d.Session.Events, d.log)
	if err != nil {
		d.Session.Events.Follow(func() events.Following { return events.Following{Err: err} })
		if d.notice == "" {
			d.notice = "the team is not followed: " + err.Error()
		}
		return
	}
	receives := d.stopReceiving != nil
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { s.Run(ctx, receives) })
	if !receives { // or the receiver's loop does it
		info := func(format string, args ...any) { d.log.Info(fmt.Sprintf(format, args...)) }
		work.Go(func() { PruneLoop(ctx, d.Session.Journal, p.Webhook, info) })
	}
	d.leaveTeam = func() {
		stop()
		work.Wait()
	}
}
