// Package ops is what an operator does with Knock, free of any terminal: follow
// runs, trigger, cancel and prove it, freeze. The console and the commands call
// the same functions, and everything that changes something is journalled
// before it is done.
package ops

import (
	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Session is one profile in use: its client, its guard and its journal.
type Session struct {
	runner.Runner

	// Dashboard is where this environment is in Knock's dashboard.
	Dashboard Dashboard
	// Cancels are the cancels of this session and what became of them.
	Cancels *Cancels
	// Requests are the last requests of this session; its Observe goes into the client's options.
	Requests *RequestLog
	// Pulse watches what is pending, once it is started.
	Pulse *Pulse
	// Events are the outbound webhooks that arrive.
	Events *EventFeed

	sweeps sweeps
}

// NewSession ties a client to its journal.
func NewSession(profile, environment string, protected bool, c *client.Client, g *client.Guard, j *journal.Journal) *Session {
	s := &Session{
		Runner:   runner.Runner{Profile: profile, Environment: environment, Protected: protected, Client: c, Guard: g, Journal: j},
		Requests: &RequestLog{}, Events: newEventFeed(j),
	}
	s.Cancels = newCancels(s)
	s.Pulse = newPulse(s)
	return s
}

// Close ends the cancels under way, waits for the answers to what else was sent
// for [runner.DrainFor] at most, and releases the client and the journal. What
// was sent stays sent; what was not proven, or not answered, is journalled as such.
func (s *Session) Close() error {
	s.Shut()
	s.Cancels.close()
	s.sweeps.close()
	s.Pulse.close()
	s.Client.Close()
	s.Drain(runner.DrainFor)
	return s.Journal.Close()
}

// InProgress counts what goes on in the background: cancels that are not proven to
// the end, sweeps, and requests that are not answered.
func (s *Session) InProgress() int {
	return s.Cancels.InProgress() + len(s.RunningSweeps()) + len(s.Changes())
}
