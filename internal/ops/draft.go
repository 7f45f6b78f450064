package ops

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Ways to a cancellation key.
const (
	KeyNone    = "none"
	KeyTyped   = "typed"
	KeyUUID    = "uuid"
	KeyHash    = "hash"
	KeyPattern = "pattern"
)

// Draft is a trigger as it is written: what was typed, before anything is made of it.
type Draft struct {
	Workflow    string `json:"workflow"`
	Recipients  string `json:"recipients,omitempty"` // one a line
	Actor       string `json:"actor,omitempty"`
	Tenant      string `json:"tenant,omitempty"`
	Data        string `json:"data,omitempty"`
	KeyFrom     string `json:"key_from,omitempty"` // one of the ways to a cancellation key; "" is a UUID
	Key         string `json:"cancellation_key,omitempty"`
	SandboxMode string `json:"sandbox_mode,omitempty"` // "true", "false", or "" for as it is set up
	SkipDelay   string `json:"skip_delay,omitempty"`
}

// Lines are the recipients as they were typed, one each.
func (d Draft) Lines() (lines []string) {
	for l := range strings.SplitSeq(d.Recipients, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// CancellationKey makes the key in the way that the draft says. unique is the one for a key that nothing else has.
func (d Draft) CancellationKey(unique string) (string, error) {
	switch cmp.Or(d.KeyFrom, KeyUUID) {
	case KeyUUID:
		return unique, nil
	case KeyHash:
		return HashCancellationKey(d.Workflow, json.RawMessage(d.Data))
	case KeyPattern:
		return PatternCancellationKey(d.Key, json.RawMessage(d.Data))
	case KeyTyped:
		return d.Key, nil
	}
	return "", nil
}

// KeptDraft is a draft that was left open, with what it takes to repeat it safely when it may have been sent.
type KeptDraft struct {
	Draft
	UUID        string    `json:"uuid"`
	Idempotency string    `json:"idempotency_key"`
	Next        string    `json:"next_idempotency_key"` // for another request than the one that may have been sent
	Tried       string    `json:"tried,omitempty"`      // the body of a request whose answer was lost
	TriedAt     time.Time `json:"tried_at,omitzero"`
}

// KeepDrafts keeps what was left open for the next time, in the place of what was kept before.
func (s *Session) KeepDrafts(ctx context.Context, drafts []KeptDraft) error {
	bodies := make([]json.RawMessage, len(drafts))
	for i, d := range drafts {
		body, err := json.Marshal(d)
		if err != nil {
			return err
		}
		bodies[i] = body
	}
	return s.Journal.KeepDrafts(ctx, s.Client.Binding().String(), bodies)
}

// Drafts are what was left open with this key at this host, the last one last. One that cannot be read is left out.
func (s *Session) Drafts(ctx context.Context) ([]KeptDraft, error) {
	kept, err := s.Journal.Drafts(ctx, s.Client.Binding().String())
	var all []KeptDraft
	for _, k := range kept {
		var d KeptDraft
		if json.Unmarshal(k.Body, &d) == nil {
			all = append(all, d)
		}
	}
	return all, err
}

// LeftOpen gives what was left open the time before, and keeps at the session's end what leave gives then; nil changes
// nothing of what is kept. It is for the console, before it runs.
func (s *Session) LeftOpen(leave func() []KeptDraft) []KeptDraft {
	s.Keep(leaving{s, leave})
	kept, err := s.Drafts(context.Background())
	if err != nil {
		return nil // a journal that cannot be read says so where something is sent
	}
	return kept
}

// leaving is a task that is nothing but its end.
type leaving struct {
	session *Session
	leave   func() []KeptDraft
}

// InProgress implements [Task].
func (leaving) InProgress() int { return 0 }

// Close implements [Task]. That drafts could not be kept is nothing that the end of a session can still tell.
func (l leaving) Close() {
	if drafts := l.leave(); drafts != nil {
		_ = l.session.KeepDrafts(context.Background(), drafts)
	}
}
