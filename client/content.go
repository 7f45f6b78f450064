package client

import (
	"context"
	"encoding/json"
	"time"
)

// MessageContent is a message as it was rendered. The one part that belongs to its channel's type is set; for a type
// that is not known here none is, and Raw has it.
type MessageContent struct {
	MessageID  string
	InsertedAt time.Time
	Email      *EmailContent
	SMS        *SMSContent
	Push       *PushContent
	Chat       *ChatContent
	Feed       *FeedContent
	Raw        json.RawMessage // what Knock sent
}

// EmailContent is a rendered email.
type EmailContent struct {
	From     string `json:"from"`
	To       string `json:"to"`
	CC       string `json:"cc"`
	BCC      string `json:"bcc"`
	ReplyTo  string `json:"reply_to"`
	Subject  string `json:"subject_line"`
	HTMLBody string `json:"html_body"`
	TextBody string `json:"text_body"`
}

// SMSContent is a rendered text message.
type SMSContent struct {
	To   string `json:"to"`
	Body string `json:"body"`
}

// PushContent is a rendered push notification.
type PushContent struct {
	Token string         `json:"token"` // of the device
	Title string         `json:"title"`
	Body  string         `json:"body"`
	Data  map[string]any `json:"data"`
}

// ChatContent is a rendered chat message.
type ChatContent struct {
	Connection map[string]any `json:"connection"` // where it was posted
	Template   struct {
		Summary     string          `json:"summary"`
		Blocks      []ContentBlock  `json:"blocks"`
		JSONContent json.RawMessage `json:"json_content"` // instead of blocks
	} `json:"template"`
	Metadata map[string]any `json:"metadata"`
}

// FeedContent is a rendered in-app message.
type FeedContent struct {
	Blocks []ContentBlock `json:"blocks"`
}

// ContentBlock is one part of a chat or in-app message.
type ContentBlock struct {
	Type     string   `json:"type"` // text, markdown or button_set
	Name     string   `json:"name"`
	Content  string   `json:"content"`  // with the data filled in; in-app, the template
	Rendered string   `json:"rendered"` // in-app only, with the data filled in: HTML where Type is markdown
	Buttons  []Button `json:"buttons"`  // of a button_set
}

// Button is one button of an in-app message.
type Button struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Action string `json:"action"` // the URL it opens
}

// UnmarshalJSON picks the part by the type name that Knock gives it.
func (m *MessageContent) UnmarshalJSON(b []byte) error {
	var w struct {
		MessageID  string          `json:"message_id"`
		InsertedAt time.Time       `json:"inserted_at"`
		Data       json.RawMessage `json:"data"`
	}
	raw, err := keepRaw(b, &w)
	if err != nil {
		return err
	}
	*m = MessageContent{MessageID: w.MessageID, InsertedAt: w.InsertedAt, Raw: raw}
	var kind struct {
		Typename string `json:"__typename"`
	}
	if len(w.Data) == 0 {
		return nil
	}
	if err := decode(w.Data, &kind); err != nil {
		return err
	}
	switch kind.Typename {
	case "MessageEmailContent":
		m.Email, err = part[EmailContent](w.Data)
	case "MessageSmsContent":
		m.SMS, err = part[SMSContent](w.Data)
	case "MessagePushContent":
		m.Push, err = part[PushContent](w.Data)
	case "MessageChatContent":
		m.Chat, err = part[ChatContent](w.Data)
	case "MessageInAppFeedContent":
		m.Feed, err = part[FeedContent](w.Data)
	}
	return err
}

// MarshalJSON gives what Knock sent; null for content that was not read from Knock.
func (m MessageContent) MarshalJSON() ([]byte, error) { return rawOr(m.Raw, nil) }

func part[T any](data json.RawMessage) (*T, error) {
	p := new(T)
	return p, decode(data, p)
}

// MessageContent reads a message as it was rendered.
func (c *Client) MessageContent(ctx context.Context, id string) (MessageContent, error) {
	x, err := messageCall(&messageContent, "read content of message", id)
	return fetch[MessageContent](ctx, c, x, err)
}
