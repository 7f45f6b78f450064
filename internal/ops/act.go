package ops

import (
	"context"
	"net/url"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// Identify merges properties into a user, and makes the user when there is none.
func (s *Session) Identify(id string, properties map[string]any) *runner.Change[client.User] {
	return runner.Start(&s.Runner, "identify "+id, func(ctx context.Context) (user client.User, err error) {
		r, err := s.Client.IdentifyRequest(id, properties)
		if err != nil {
			return user, err
		}
		err = s.Do(ctx, journal.Action{Kind: journal.Identify, Recipients: []string{id}}, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			user, err = s.Client.Identify(ctx, id, properties)
			return journal.Outcome{}, err
		})
		return user, err
	})
}

// Trigger starts a workflow. It always goes out under an idempotency key, a
// fresh one unless the trigger names its own, so that a repeat after a lost
// answer cannot send twice.
func (s *Session) Trigger(t client.Trigger, reason string) *runner.Change[client.Triggered] {
	return runner.Start(&s.Runner, "trigger "+t.Workflow, func(ctx context.Context) (client.Triggered, error) {
		return s.trigger(ctx, t, reason)
	})
}

func (s *Session) trigger(ctx context.Context, t client.Trigger, reason string) (client.Triggered, error) {
	if t.IdempotencyKey == "" {
		t.IdempotencyKey = uuid.NewString()
	}
	r, err := s.Client.TriggerRequest(t)
	if err != nil {
		return client.Triggered{}, err
	}
	a := journal.Action{Kind: journal.Trigger, Workflow: t.Workflow, Key: t.CancellationKey, Reason: reason, IdempotencyKey: t.IdempotencyKey}
	for _, to := range t.Recipients {
		a.Recipients = append(a.Recipients, to.Ref.String())
	}
	var done client.Triggered
	err = s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
		done, err = s.Client.Trigger(ctx, t)
		return journal.Outcome{WorkflowRunID: done.WorkflowRunID}, err
	})
	return done, err
}

// SetActive thaws (true) or freezes (false) a workflow in the profile's environment.
func (s *Session) SetActive(workflow string, active bool, reason string) *runner.Change[client.Workflow] {
	what := "freeze "
	if active {
		what = "thaw "
	}
	return runner.Start(&s.Runner, what+workflow, func(ctx context.Context) (client.Workflow, error) {
		return s.setActive(ctx, workflow, active, reason, 0)
	})
}

func (s *Session) setActive(ctx context.Context, workflow string, active bool, reason string, sweep int64) (client.Workflow, error) {
	r, err := s.Client.SetWorkflowActiveRequest(workflow, active)
	if err != nil {
		return client.Workflow{}, err
	}
	kind := journal.Freeze
	if active {
		kind = journal.Thaw
	}
	var w client.Workflow
	err = s.Do(ctx, journal.Action{Kind: kind, Workflow: workflow, Reason: reason, Sweep: sweep}, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
		w, err = s.Client.SetWorkflowActive(ctx, workflow, active)
		s.Pulse.more.Give() // who watches sees it without waiting for the next look
		return journal.Outcome{}, err
	})
	return w, err
}

// Archive takes in-app messages out of their feeds.
func (s *Session) Archive(messageIDs []string, reason string) *runner.Change[[]client.Message] {
	return runner.Start(&s.Runner, "archive messages", func(ctx context.Context) ([]client.Message, error) {
		return s.archive(ctx, messageIDs, "", reason, 0)
	})
}

func (s *Session) archive(ctx context.Context, messageIDs []string, workflow, reason string, sweep int64) ([]client.Message, error) {
	r, err := s.Client.ArchiveMessagesRequest(messageIDs)
	if err != nil {
		return nil, err
	}
	var messages []client.Message
	err = s.Do(ctx, journal.Action{Kind: journal.Archive, Workflow: workflow, Reason: reason, Sweep: sweep}, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
		messages, err = s.Client.ArchiveMessages(ctx, messageIDs)
		return journal.Outcome{}, err
	})
	return messages, err
}

// Track sends one event to a source's ingestion URL. The URL is itself a secret
// of that source, so the journal keeps its host alone.
func (s *Session) Track(ingestionURL string, e client.TrackEvent) *runner.Change[struct{}] {
	return runner.Start(&s.Runner, "send event "+e.Event, func(ctx context.Context) (none struct{}, err error) {
		r, err := s.Client.TrackRequest(ingestionURL, e)
		if err != nil {
			return none, err
		}
		a := journal.Action{Kind: journal.Track, Recipients: nonEmpty(e.UserID)}
		if u, err := url.Parse(r.URL); err == nil {
			a.Path = u.Scheme + "://" + u.Host
		}
		return none, s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			return journal.Outcome{}, s.Client.Track(ctx, ingestionURL, e)
		})
	})
}

// Preview renders a request's body for a person, indented.
func Preview(r client.Request) string {
	if out, ok := termtext.IndentJSON(r.Body, ""); ok {
		return string(out)
	}
	return string(r.Body)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
