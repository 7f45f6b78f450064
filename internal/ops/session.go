// Package ops is what an operator does with Knock, free of any terminal: follow
// runs, trigger, cancel and prove it, freeze. The console and the commands call
// the same functions, and everything that changes something is journalled
// before it is done.
package ops

import (
	"context"
	"errors"
	"net/url"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

// Session is one profile in use: its client, its guard and its journal.
type Session struct {
	Profile, Environment string
	Protected            bool
	Client               *client.Client
	Guard                *client.Guard
	Journal              *journal.Journal

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
	s := &Session{Profile: profile, Environment: environment, Protected: protected, Client: c, Guard: g, Journal: j, Requests: &RequestLog{}, Events: newEventFeed(j)}
	s.Cancels = newCancels(s)
	s.Pulse = newPulse(s)
	return s
}

// Close ends the cancels under way and releases the client and the journal.
// What was sent stays sent; what was not proven is journalled as such.
func (s *Session) Close() error {
	s.Cancels.close()
	s.sweeps.close()
	s.Pulse.close()
	s.Client.Close()
	return s.Journal.Close()
}

// InHand counts what goes on in the background: cancels that are not proven to
// the end, and sweeps.
func (s *Session) InHand() int { return s.Cancels.InHand() + len(s.RunningSweeps()) }

// record writes an act to the journal, does it, and writes down what came of
// it. A guard's refusal is found before anything is written or sent.
func (s *Session) record(ctx context.Context, a journal.Action, r client.Request, do func(ctx context.Context, action int64) (journal.Outcome, error)) error {
	if s.Guard != nil && s.Guard.ReadOnly() {
		_, err := do(ctx, 0) // the client refuses it, in its own words
		return err
	}
	a.Profile, a.Environment = s.Profile, s.Environment
	a.Method = r.Method
	if u, err := url.Parse(r.URL); err == nil && a.Path == "" {
		a.Path = u.EscapedPath()
	}
	var tokens []string
	a.Request, tokens = withoutTokens(r.Body)
	id, err := s.Journal.Begin(ctx, a)
	if err != nil {
		return err
	}
	var answer client.Receipt
	out, err := do(client.Noting(ctx, &answer), id)
	out.State, out.RequestID = journal.Done, answer.RequestID
	if err != nil {
		out = failure(err)
		out.Text = withoutTexts(out.Text, tokens)
	}
	if jerr := s.Journal.Finish(ctx, id, out); jerr != nil {
		err = errors.Join(err, jerr)
	}
	return err
}

// failure tells a refusal, which is known to have changed nothing, from an
// answer that was lost: that one may have had its effect.
func failure(err error) journal.Outcome {
	out := journal.Outcome{State: journal.Failed, Text: err.Error()}
	if uncertain(err) {
		out.State = journal.Unknown
	}
	var e *client.Error
	if errors.As(err, &e) {
		out.Status, out.RequestID = e.Status, e.RequestID
	}
	return out
}
