package events

import (
	"context"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/team"
	"github.com/knockops/knockops/internal/webhook"
)

// Where a webhook must be before it is acknowledged.
const (
	ackLocal  = "local"
	ackStream = "stream"
	ackBoth   = "both"
)

// keeping is where webhooks are kept, and what brings them there.
type keeping struct {
	store   webhook.Store
	maxBody int64 // 0: the receiver's own
	where   string
	team    *team.Team  // nil for none
	relay   *team.Relay // nil for none
}

// keep finds out where webhooks are kept before they are acknowledged.
func keep(ctx context.Context, a *app.App, p config.Profile, j *journal.Journal, ack string) (k keeping, err error) {
	switch {
	case ack != ackLocal && ack != ackStream && ack != ackBoth:
		return k, exit.Usage("--ack %s: give local, stream or both", ack)
	case p.Team.IsZero() && ack != ackLocal:
		return k, exit.Usage("--ack %s: profile %s: %w", ack, p.Name, team.ErrNoTeam)
	case p.Team.IsZero():
		return keeping{store: j, where: "in " + j.Path()}, nil
	}
	if p.Environment, err = a.Environment(p); err != nil {
		return k, err
	}
	address, err := team.Resolve(ctx, p)
	if err != nil {
		return k, err
	}
	if ack == ackLocal {
		if k.team, err = address.Open(ctx); err != nil {
			return k, err
		}
	} else if k.team, err = reliable(ctx, address); err != nil {
		return k, err
	}
	if ack == ackStream {
		k.store, k.maxBody, k.where = team.NewStore(k.team), k.team.MaxBody(), "in the team's stream "+address.Stream()+" alone"
		return k, nil
	}
	if k.relay, err = team.NewRelay(ctx, k.team, j, a.Log); err != nil {
		k.team.Close()
		return k, err
	}
	if ack == ackBoth {
		k.store, k.maxBody, k.where = team.NewBoth(k.relay), k.team.MaxBody(), "in "+j.Path()+" and in the team's stream "+address.Stream()
		return k, nil
	}
	k.store, k.where = team.NewLocal(k.relay), "in "+j.Path()+", from where the team's stream "+address.Stream()+" gets them"
	return k, nil
}

// reliable connects to a team on whose word Knock is answered.
func reliable(ctx context.Context, address team.Address) (*team.Team, error) {
	t, err := address.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.Durable(ctx); err != nil {
		t.Close()
		return nil, exit.Usage("--ack: %w", err)
	}
	return t, nil
}

// run brings to the stream what belongs there, until ctx ends.
func (k keeping) run(ctx context.Context, a *app.App) {
	if k.relay == nil {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.relay.Run(ctx)
	}()
	defer func() { <-ended }()
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for said := error(nil); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := k.relay.State().Err
		switch {
		case err != nil && said == nil:
			a.Say("webhooks wait on this disk for the team's stream: %v", err)
		case err == nil && said != nil:
			a.Say("webhooks are relayed to the team's stream again")
		}
		said = err
	}
}
