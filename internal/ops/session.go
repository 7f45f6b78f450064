// Package ops is what an operator does with Knock, free of any terminal: follow
// runs, trigger, cancel and prove it, freeze. The console and the commands call
// the same functions, and everything that changes something is journalled
// before it is done.
package ops

import (
	"context"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/commands"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// Session is one profile in use: its client, its guard and its journal.
type Session struct {
	runner.Runner
	silent silent
	places places

	// Dashboard is where this environment is in Knock's dashboard.
	Dashboard Dashboard
	// Cancels are the cancels of this session and what became of them.
	Cancels *cancel.Cancels
	// Sweeps are the sweeps of this session.
	Sweeps *sweep.Sweeps
	// Commands are the programs of the operator's own that this session has run.
	Commands *commands.Runs
	// Requests are the last requests of this session; its Observe goes into the client's options.
	Requests *RequestLog
	// Pulse watches what is pending, once it is started.
	Pulse *Pulse
	// Elsewhere gives clients of the other environments that an id may be known in, which who asks closes; nil where
	// there are none.
	Elsewhere func() []Elsewhere
	// Events are the outbound webhooks that arrive.
	Events *events.Feed
	// FlowFolder is where the operator's own flows lie; "" for nowhere.
	FlowFolder string

	tasks []Task
}

// Task is work of a package above this one that goes on in the background.
type Task interface {
	InProgress() int
	Close() // ends it, and waits for that
}

// Keep makes a task part of what is in progress, and ends it with the session.
func (s *Session) Keep(t Task) { s.tasks = append(s.tasks, t) }

// Elsewhere is another profile's environment.
type Elsewhere struct {
	Profile string
	Client  *client.Client
}

// NewSession ties a client to its journal.
func NewSession(profile, environment string, protected bool, c *client.Client, g *client.Guard, j *journal.Journal) *Session {
	s := &Session{
		Runner:   runner.Runner{Profile: profile, Environment: environment, Protected: protected, Client: c, Guard: g, Journal: j},
		Requests: &RequestLog{}, Events: events.NewFeed(j),
	}
	s.Cancels = cancel.NewCancels(&s.Runner)
	s.Sweeps = sweep.NewSweeps(&s.Runner, s, func() int { return s.Requests.Limited() })
	s.Commands = commands.NewRuns(&s.Runner, s)
	s.Keep(s.Commands)
	s.Pulse = newPulse(s)
	return s
}

// Close ends the cancels under way, waits for the answers to what else was sent
// for [runner.DrainFor] at most, and releases the client and the journal. What
// was sent stays sent; what was not proven, or not answered, is journalled as such.
func (s *Session) Close() error {
	s.Shut()
	s.Cancels.Close()
	s.Sweeps.Close()
	for _, t := range s.tasks {
		t.Close()
	}
	s.Pulse.close()
	s.Client.Close()
	s.Drain(runner.DrainFor)
	return s.Journal.Close()
}

// InProgress counts what goes on in the background: cancels that are not proven to
// the end, sweeps, tasks, and requests that are not answered.
func (s *Session) InProgress() int {
	n := s.Cancels.InProgress() + len(s.Sweeps.Running()) + len(s.Changes())
	for _, t := range s.tasks {
		n += t.InProgress()
	}
	return n
}

// FreezeFor makes a workflow inactive, as a part of a sweep.
func (s *Session) FreezeFor(ctx context.Context, workflow, reason string, sweep int64) error {
	_, err := s.setActive(ctx, workflow, false, reason, sweep)
	return err
}

// ArchiveFor takes in-app messages out of their feeds, as a part of a sweep.
func (s *Session) ArchiveFor(ctx context.Context, messages []string, workflow, reason string, sweep int64) (int, error) {
	archived, err := s.archive(ctx, messages, workflow, reason, sweep)
	return len(archived), err
}
