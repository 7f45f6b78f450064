// Package runner carries out what changes something at Knock: each such request is in the journal
// before it leaves, and what came of it is written down afterwards.
package runner

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

// Runner is one profile's client with its guard and its journal.
type Runner struct {
	Profile, Environment string
	Protected            bool
	Client               *client.Client
	Guard                *client.Guard
	Journal              *journal.Journal
	// Flags choose this profile on a command line; see [Runner.Command].
	Flags string

	work work
}

// Do writes an action to the journal, carries it out, and writes down what came of it. do gets the
// id of the action, and returns what it learned: the runner adds what Knock answered, its status and
// its request id, and, after an error, how far it got. While the guard is read-only nothing is
// written, and do is not called.
func (r *Runner) Do(ctx context.Context, a journal.Action, request client.Request, do func(ctx context.Context, action int64) (journal.Outcome, error)) error {
	if r.Guard.ReadOnly() {
		return request.Refuse(client.ErrReadOnly) // whatever the guard says next, nothing is sent that is not written down
	}
	a, secrets := r.Action(a, request)
	id, err := r.Journal.Begin(ctx, a)
	if err != nil {
		return err
	}
	var answer client.Receipt
	out, err := do(client.BeforeEach(client.Noting(ctx, &answer), r.work.open), id)
	out.State, out.Status, out.RequestID = journal.Done, answer.Status, answer.RequestID
	if err != nil {
		out = Failure(err)
		out.Text = withoutTexts(out.Text, secrets)
	}
	if jerr := r.Journal.Finish(ctx, id, out); jerr != nil {
		err = errors.Join(err, jerr)
	}
	return err
}

// Action completes what the journal is to hold of a request: whose profile it is of, where it goes
// and what it says, without the secrets in it, which it returns too.
func (r *Runner) Action(a journal.Action, request client.Request) (journal.Action, []string) {
	a.Profile, a.Environment, a.Method = r.Profile, r.Environment, request.Method
	a.Skew, _ = r.Client.Skew()
	if u, err := url.Parse(request.URL); err == nil && a.Path == "" {
		a.Path = u.EscapedPath()
	}
	var secrets []string
	a.Request, secrets = WithoutTokens(request.Body, strings.Contains(request.URL, "/channel_data/"))
	return a, secrets
}

// Failure is what the journal says of a request that failed. A refusal, which is known to have
// changed nothing, is told from an answer that was lost: that request may have had its effect.
func Failure(err error) journal.Outcome {
	out := journal.Outcome{State: journal.Failed, Text: err.Error()}
	if Uncertain(err) {
		out.State = journal.Unknown
	}
	var e *client.Error
	if errors.As(err, &e) {
		out.Status, out.RequestID = e.Status, e.RequestID
	}
	return out
}

// Uncertain reports that a request may have had its effect although it failed.
func Uncertain(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Uncertain
}
