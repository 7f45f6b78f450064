package client

import (
	"cmp"
	"context"
	"encoding/json"
	"time"
)

// Source is where events come from, as the account has it set up.
type Source struct {
	Key         string          `json:"key"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Mappings    []SourceMapping `json:"-"` // in the client's environment
	Endpoint    Secret          `json:"-"` // the ingestion URL there; "" where Knock does not tell it
	Raw         json.RawMessage `json:"-"` // what Knock sent, without ingestion URLs
}

// SourceMapping is what Knock does when an event arrives.
type SourceMapping struct {
	Event      string         `json:"event_type"`
	Action     string         `json:"action_type"` // workflows_trigger, users_identify …
	Active     bool           `json:"active"`
	Deleted    bool           `json:"is_deleted"`        // it works until that is committed
	Parameters map[string]any `json:"action_parameters"` // fields of the event, by what they become
}

// Workflow is the workflow that the mapping triggers, "" for another action.
func (m SourceMapping) Workflow() string {
	key, _ := m.Parameters["key"].(string)
	if m.Action != "workflows_trigger" {
		return ""
	}
	return key
}

// UnmarshalJSON keeps what Knock sent but for the ingestion URLs: whoever knows one can send events.
func (s *Source) UnmarshalJSON(b []byte) error {
	var all map[string]any
	if err := decode(b, &all); err != nil {
		return err
	}
	environments, _ := all["environment_settings"].(map[string]any)
	for _, of := range environments {
		environment, _ := of.(map[string]any)
		if settings, _ := environment["settings"].(map[string]any); settings["endpoint"] != nil {
			settings["endpoint"] = redacted
		}
	}
	shown, err := encode(all)
	if err != nil {
		return err
	}
	type fields Source
	s.Raw, err = keepRaw(shown, (*fields)(s))
	return err
}

// sourceIn is a source with what it is in one environment.
type sourceIn struct {
	source      Source
	environment map[string]struct {
		Mappings []SourceMapping `json:"mappings"`
		Settings struct {
			Endpoint string `json:"endpoint"`
		} `json:"settings"`
	}
}

func (s *sourceIn) UnmarshalJSON(b []byte) error {
	var all struct {
		Settings json.RawMessage `json:"environment_settings"`
	}
	if err := decode(b, &all); err != nil {
		return err
	}
	if len(all.Settings) > 0 {
		if err := decode(all.Settings, &s.environment); err != nil {
			return err
		}
	}
	return s.source.UnmarshalJSON(b)
}

func (s sourceIn) in(environment string) Source {
	here := s.environment[environment]
	s.source.Mappings, s.source.Endpoint = here.Mappings, Secret(here.Settings.Endpoint)
	return s.source
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
	Origin             string            `json:"source,omitempty"` // of a test event; "" for one that was sent
	Data               map[string]any    `json:"data,omitempty"`   // the event; numbers are json.Number
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

// WorkflowRun is the id of the workflow run that the action began, "" for none.
func (a SourceLogAction) WorkflowRun() string {
	if a.Type != "workflows_trigger" || a.Status == "error" {
		return ""
	}
	id, _ := a.Result["id"].(string)
	named, _ := a.Result["workflow_run_id"].(string)
	return cmp.Or(named, id)
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
	page, err := fetch[wirePage[sourceIn]](ctx, c, x, err)
	sources := make([]Source, len(page.Entries))
	for i, s := range page.Entries {
		sources[i] = s.in(c.environment)
	}
	return sources, err
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
