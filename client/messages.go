package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// MessageStatus is how far the delivery of a message got; a message has exactly one.
type MessageStatus string

// Every delivery status Knock documents.
const (
	MessageQueued            MessageStatus = "queued"
	MessageSent              MessageStatus = "sent"
	MessageDelivered         MessageStatus = "delivered"
	MessageDeliveryAttempted MessageStatus = "delivery_attempted"
	MessageUndelivered       MessageStatus = "undelivered"
	MessageNotSent           MessageStatus = "not_sent" // sandbox mode
	MessageBounced           MessageStatus = "bounced"
)

// EngagementStatus is what the recipient did with a message; a message has any number. The "un" forms only filter.
type EngagementStatus string

// Every engagement status Knock documents.
const (
	EngagementSeen        EngagementStatus = "seen"
	EngagementUnseen      EngagementStatus = "unseen"
	EngagementRead        EngagementStatus = "read"
	EngagementUnread      EngagementStatus = "unread"
	EngagementArchived    EngagementStatus = "archived"
	EngagementUnarchived  EngagementStatus = "unarchived"
	EngagementLinkClicked EngagementStatus = "link_clicked"
	EngagementInteracted  EngagementStatus = "interacted"
)

// Message is what one channel step of a run sends to its recipient.
type Message struct {
	ID                 string             `json:"id"`
	ChannelID          string             `json:"channel_id"`
	Channel            MessageChannel     `json:"channel"`
	Status             MessageStatus      `json:"status"`
	EngagementStatuses []EngagementStatus `json:"engagement_statuses"`
	Recipient          Ref                `json:"recipient"`
	Actors             []Ref              `json:"actors,omitempty"`
	Tenant             string             `json:"tenant,omitempty"`
	Source             MessageSource      `json:"source"`
	Data               map[string]any     `json:"data,omitempty"`     // the trigger's; numbers are json.Number
	Metadata           map[string]any     `json:"metadata,omitempty"` // the provider's
	InsertedAt         time.Time          `json:"inserted_at"`
	UpdatedAt          time.Time          `json:"updated_at"`
	ScheduledAt        time.Time          `json:"scheduled_at,omitzero"`
	SeenAt             time.Time          `json:"seen_at,omitzero"`
	ReadAt             time.Time          `json:"read_at,omitzero"`
	InteractedAt       time.Time          `json:"interacted_at,omitzero"`
	LinkClickedAt      time.Time          `json:"link_clicked_at,omitzero"`
	ArchivedAt         time.Time          `json:"archived_at,omitzero"`
	Raw                json.RawMessage    `json:"-"` // what Knock sent
}

// MessageChannel is the channel a message went through.
type MessageChannel struct {
	ID       string `json:"id"`
	Type     string `json:"type"` // email, in_app, in_app_feed, in_app_guide, sms, push, chat or http
	Key      string `json:"key,omitempty"`
	Name     string `json:"name,omitempty"`
	Provider string `json:"provider"`
}

// MessageSource is what made a message.
type MessageSource struct {
	Type                   string   `json:"type,omitempty"` // workflow, broadcast or guide
	Key                    string   `json:"key"`            // of the workflow, broadcast or guide
	VersionID              string   `json:"version_id"`
	Categories             []string `json:"categories"`
	StepRef                string   `json:"step_ref,omitempty"`
	WorkflowRunID          string   `json:"workflow_run_id,omitempty"`
	WorkflowRecipientRunID string   `json:"workflow_recipient_run_id,omitempty"`
}

// UnmarshalJSON keeps what Knock sent.
func (m *Message) UnmarshalJSON(b []byte) (err error) {
	type fields Message
	m.Raw, err = keepRaw(b, (*fields)(m))
	return err
}

// MarshalJSON gives what Knock sent.
func (m Message) MarshalJSON() ([]byte, error) {
	type fields Message
	return rawOr(m.Raw, fields(m))
}

// MessageFilter narrows a list of messages; its zero value matches all of them.
type MessageFilter struct {
	Tenant                                                  string
	ChannelID                                               string
	Statuses                                                []MessageStatus // any of them
	EngagementStatuses                                      []EngagementStatus
	MessageIDs                                              []string  // at most 50
	WorkflowCategories                                      []string  // any of them
	Source                                                  string    // key of the workflow, broadcast or guide
	WorkflowRunID                                           string    // of a trigger
	WorkflowRecipientRunID                                  string    // of one recipient's run
	TriggerData                                             string    // a JSON object that the trigger's data contains
	InsertedAfter, InsertedFrom, InsertedTo, InsertedBefore time.Time // later than, at or later, at or earlier, earlier than
}

func (f MessageFilter) query() query {
	var q query
	q.text("tenant", f.Tenant)
	q.text("channel_id", f.ChannelID)
	texts(&q, "status", f.Statuses)
	texts(&q, "engagement_status", f.EngagementStatuses)
	texts(&q, "message_ids", f.MessageIDs)
	texts(&q, "workflow_categories", f.WorkflowCategories)
	q.text("source", f.Source)
	q.text("workflow_run_id", f.WorkflowRunID)
	q.text("workflow_recipient_run_id", f.WorkflowRecipientRunID)
	q.text("trigger_data", f.TriggerData)
	q.time("inserted_at.gt", f.InsertedAfter)
	q.time("inserted_at.gte", f.InsertedFrom)
	q.time("inserted_at.lte", f.InsertedTo)
	q.time("inserted_at.lt", f.InsertedBefore)
	return q
}

// ListMessages reads a page of messages.
func (c *Client) ListMessages(ctx context.Context, f MessageFilter, at Cursor) (Page[Message], error) {
	return list[Message](ctx, c, call{endpoint: &listMessages, op: "list messages", query: f.query()}, nil, at)
}

// Messages reads all messages that match, page after page as they are asked for.
func (c *Client) Messages(ctx context.Context, f MessageFilter) iter.Seq2[Message, error] {
	return All(ctx, func(ctx context.Context, at Cursor) (Page[Message], error) { return c.ListMessages(ctx, f, at) })
}

// GetMessage reads one message.
func (c *Client) GetMessage(ctx context.Context, id string) (Message, error) {
	x, err := messageCall(&getMessage, "read message", id)
	return fetch[Message](ctx, c, x, err)
}

func messageCall(e *endpoint, what, id string) (call, error) {
	return call{endpoint: e, op: what + " " + id, params: []string{id}}, CheckID("message id", id)
}
