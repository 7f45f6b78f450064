package client

import (
	"context"
	"encoding/json"
	"time"
)

// Source is where events come from, as the account has it set up.
type Source struct {
	Key  string          `json:"key"`
	Name string          `json:"name"`
	Raw  json.RawMessage `json:"-"` // what Knock sent, with the settings of each environment
}

// UnmarshalJSON keeps what Knock sent.
func (s *Source) UnmarshalJSON(b []byte) (err error) {
	type fields Source
	s.Raw, err = keepRaw(b, (*fields)(s))
	return err
}

// MarshalJSON gives what Knock sent.
func (s Source) MarshalJSON() ([]byte, error) {
	type fields Source
	return rawOr(s.Raw, fields(s))
}

// SourceLog is one event that a source received.
type SourceLog struct {
	ID                 string            `json:"id"`
	Event              string            `json:"event"`
	Source             string            `json:"source,omitempty"`
	Data               map[string]any    `json:"data,omitempty"` // the event; numbers are json.Number
	VerificationStatus string            `json:"verification_status,omitempty"`
	Actions            []SourceLogAction `json:"actions,omitempty"`
	InsertedAt         time.Time         `json:"inserted_at,omitzero"`
	Raw                json.RawMessage   `json:"-"` // what Knock sent
}

// SourceLogAction is what Knock did because of an event.
type SourceLogAction struct {
	ID         string         `json:"id"`
	Type       string         `json:"action_type"` // workflows_trigger, users_identify …
	Status     string         `json:"action_status,omitempty"`
	Parameters map[string]any `json:"action_parameters,omitempty"`
	Payload    map[string]any `json:"action_payload,omitempty"`
	Result     map[string]any `json:"action_result,omitempty"`
	InsertedAt time.Time      `json:"inserted_at,omitzero"`
}

// UnmarshalJSON keeps what Knock sent.
func (l *SourceLog) UnmarshalJSON(b []byte) (err error) {
	type fields SourceLog
	l.Raw, err = keepRaw(b, (*fields)(l))
	return err
}

// MarshalJSON gives what Knock sent.
func (l SourceLog) MarshalJSON() ([]byte, error) {
	type fields SourceLog
	return rawOr(l.Raw, fields(l))
}

// SourceLogFilter narrows a list of source logs; its zero value matches all of them.
type SourceLogFilter struct {
	Event                string
	ID                   string
	StartingAt, EndingAt time.Time
}

// Sources reads all sources, with their settings in the client's environment.
func (c *Client) Sources(ctx context.Context) ([]Source, error) {
	x, err := c.inEnvironment(&listSources, "list sources")
	x.query.add("include[]", "environment_settings")
	page, err := fetch[wirePage[Source]](ctx, c, x, err)
	return page.Entries, err
}

// SourceLogs reads a page of what a source received, with the actions that came of it.
func (c *Client) SourceLogs(ctx context.Context, key string, f SourceLogFilter, at Cursor) (Page[SourceLog], error) {
	x, err := c.inEnvironment(&sourceLogs, "list logs of source "+key, key)
	x.query.text("event", f.Event)
	x.query.text("id", f.ID)
	x.query.time("starting_at", f.StartingAt)
	x.query.time("ending_at", f.EndingAt)
	x.query.add("include[]", "actions")
	return list[SourceLog](ctx, c, x, firstError(CheckID("source key", key), err), at)
}
