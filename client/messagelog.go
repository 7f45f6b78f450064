package client

import (
	"context"
	"encoding/json"
	"time"
)

// MessageEvent is one thing that happened to a message.
type MessageEvent struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"` // message.sent, message.bounced …
	Recipient  Ref             `json:"recipient"`
	Data       map[string]any  `json:"data,omitempty"` // numbers are json.Number
	InsertedAt time.Time       `json:"inserted_at"`
	Raw        json.RawMessage `json:"-"` // what Knock sent
}

// UnmarshalJSON keeps what Knock sent.
func (e *MessageEvent) UnmarshalJSON(b []byte) (err error) {
	type fields MessageEvent
	e.Raw, err = keepRaw(b, (*fields)(e))
	return err
}

// MarshalJSON gives what Knock sent.
func (e MessageEvent) MarshalJSON() ([]byte, error) {
	type fields MessageEvent
	return rawOr(e.Raw, fields(e))
}

// DeliveryLog is one attempt of Knock's to hand a message to the provider.
type DeliveryLog struct {
	ID            string           `json:"id"`
	EnvironmentID string           `json:"environment_id"`
	ServiceName   string           `json:"service_name"` // the provider
	Request       DeliveryRequest  `json:"request"`
	Response      DeliveryResponse `json:"response"`
	InsertedAt    string           `json:"inserted_at"` // text of no promised form
	Raw           json.RawMessage  `json:"-"`           // what Knock sent
}

// DeliveryRequest is what Knock asked of the provider.
type DeliveryRequest struct {
	Method  string          `json:"method"`
	Host    string          `json:"host"`
	Path    string          `json:"path"`
	Query   string          `json:"query"`
	Headers map[string]any  `json:"headers"`
	Body    json.RawMessage `json:"body"` // an object or a string
}

// DeliveryResponse is what the provider answered.
type DeliveryResponse struct {
	Status  int             `json:"status"`
	Headers map[string]any  `json:"headers"`
	Body    json.RawMessage `json:"body"` // an object or a string
}

// UnmarshalJSON keeps what Knock sent.
func (l *DeliveryLog) UnmarshalJSON(b []byte) (err error) {
	type fields DeliveryLog
	l.Raw, err = keepRaw(b, (*fields)(l))
	return err
}

// MarshalJSON gives what Knock sent.
func (l DeliveryLog) MarshalJSON() ([]byte, error) {
	type fields DeliveryLog
	return rawOr(l.Raw, fields(l))
}

// Activity is one trigger that went into a message; a batch collects several.
type Activity struct {
	ID         string          `json:"id"`
	Recipient  Ref             `json:"recipient"`
	Actor      *Ref            `json:"actor,omitempty"`
	Data       map[string]any  `json:"data,omitempty"` // the trigger's; numbers are json.Number
	InsertedAt time.Time       `json:"inserted_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Raw        json.RawMessage `json:"-"` // what Knock sent, with the whole recipient and actor
}

// UnmarshalJSON keeps what Knock sent.
func (a *Activity) UnmarshalJSON(b []byte) (err error) {
	type fields Activity
	a.Raw, err = keepRaw(b, (*fields)(a))
	return err
}

// MarshalJSON gives what Knock sent.
func (a Activity) MarshalJSON() ([]byte, error) {
	type fields Activity
	return rawOr(a.Raw, fields(a))
}

// MessageEvents reads a page of what happened to a message.
func (c *Client) MessageEvents(ctx context.Context, id string, at Cursor) (Page[MessageEvent], error) {
	x, err := messageCall(&messageEvents, "list events of message", id)
	return list[MessageEvent](ctx, c, x, err, at)
}

// MessageDeliveryLogs reads a page of the attempts to hand a message to the provider.
func (c *Client) MessageDeliveryLogs(ctx context.Context, id string, at Cursor) (Page[DeliveryLog], error) {
	x, err := messageCall(&messageDeliveryLogs, "list delivery logs of message", id)
	return list[DeliveryLog](ctx, c, x, err, at)
}

// MessageActivities reads a page of the triggers that went into a message. With triggerData, a JSON object, only those
// whose data contains it.
func (c *Client) MessageActivities(ctx context.Context, id, triggerData string, at Cursor) (Page[Activity], error) {
	x, err := messageCall(&messageActivities, "list activities of message", id)
	x.query.text("trigger_data", triggerData)
	return list[Activity](ctx, c, x, err, at)
}
