package sweep_test

import (
	"context"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/internal/wait"
)

// hinder draws what happens to a sweep, does it or sees to it that it happens, and returns the sweep
// that goes on.
func (p *player) hinder(going *sweep.Sweep) *sweep.Sweep {
	kind, after, lasts := p.draw.IntN(10), p.within(20*time.Second), p.within(2*time.Minute)
	if kind > 5 {
		return going
	}
	p.smooth = false
	p.played.add("hindered", 1)
	switch kind {
	case 0: // paused
		time.AfterFunc(after, going.Pause)
		time.AfterFunc(after+lasts, going.Resume)
	case 1: // the network is gone
		cut := time.AfterFunc(after, p.w.Network.Cut)
		time.AfterFunc(after+lasts/4, p.w.Network.Mend)
		p.calm = func() { cut.Stop(); p.w.Network.Mend() }
	case 2: // Knock is gone, and comes back with what it had
		time.Sleep(after)
		p.w.Network.Cut()
		p.w.Knock.Close()
		time.Sleep(lasts / 4)
		p.w.Knock.Start(context.Background())
		p.w.Network.Mend()
	case 3: // aborted, and resumed
		time.Sleep(after)
		going.Abort()
		_, _ = going.Wait(context.Background())
		return p.resumed(going.ID())
	default: // killed or quit, and resumed, once or several times
		for range 1 + p.draw.IntN(3) {
			time.Sleep(p.within(8 * time.Second))
			p.played.add("killed or quit", 1)
			if p.chance(50) {
				p.path = killed(p.t, p.w, p.path, p.s)
			} else if err := p.s.Close(); err != nil {
				p.t.Error(err)
			}
			p.s = reopened(p.t, p.w, p.path)
			going = p.resumed(going.ID())
		}
	}
	return going
}

func (p *player) resumed(id int64) *sweep.Sweep {
	again, err := p.s.Sweeps.Resume(context.Background(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return again
}

// disturbWebhooks makes webhooks arrive again, the last ones first, and then late or never, until
// stop.
func (p *player) disturbWebhooks() (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	over := make(chan struct{})
	other, j := p.aside(), p.s.Journal
	go func() {
		defer close(over)
		for range 3 {
			if wait.Sleep(ctx, other.within(6*time.Second)) != nil {
				return
			}
			events, err := j.Events(ctx, journal.EventFilter{}, 5, 0) // the latest first
			if err != nil {
				return // the program was killed, and its receiver with it
			}
			for _, e := range events {
				other.w.Deliver(string(e.Body), world.Secret)
			}
		}
		other.w.HooksNetwork().Cut()
		if wait.Sleep(ctx, other.within(5*time.Minute)) == nil {
			other.w.HooksNetwork().Mend()
		}
	}()
	return func() { end(); <-over }
}
