package client

import (
	"encoding/json"
	"time"
)

// PreferenceSet is what a recipient wants to be sent. Its parts are JSON because each setting is true, false or an
// object with conditions.
type PreferenceSet struct {
	ID                   string          `json:"id"`
	Workflows            json.RawMessage `json:"workflows,omitempty"`     // by workflow key
	Categories           json.RawMessage `json:"categories,omitempty"`    // by category
	ChannelTypes         json.RawMessage `json:"channel_types,omitempty"` // by channel type
	Channels             json.RawMessage `json:"channels,omitempty"`      // by channel id
	CommercialSubscribed json.RawMessage `json:"commercial_subscribed,omitempty"`
	Raw                  json.RawMessage `json:"-"` // what Knock sent
}

// UnmarshalJSON keeps what Knock sent.
func (p *PreferenceSet) UnmarshalJSON(b []byte) (err error) {
	type fields PreferenceSet
	p.Raw, err = keepRaw(b, (*fields)(p))
	return err
}

// MarshalJSON gives what Knock sent.
func (p PreferenceSet) MarshalJSON() ([]byte, error) {
	type fields PreferenceSet
	return rawOr(p.Raw, fields(p))
}

// ChannelData is what one channel knows of a recipient. It may hold tokens of the recipient's devices.
type ChannelData struct {
	ChannelID string          `json:"channel_id"`
	Provider  string          `json:"provider,omitempty"` // "push_fcm", "chat_slack" …
	Data      json.RawMessage `json:"data"`               // its form depends on the provider
	Raw       json.RawMessage `json:"-"`                  // what Knock sent
}

// UnmarshalJSON keeps what Knock sent.
func (d *ChannelData) UnmarshalJSON(b []byte) (err error) {
	type fields ChannelData
	d.Raw, err = keepRaw(b, (*fields)(d))
	return err
}

// MarshalJSON gives what Knock sent.
func (d ChannelData) MarshalJSON() ([]byte, error) {
	type fields ChannelData
	return rawOr(d.Raw, fields(d))
}

// Subscription is a recipient's subscription to an object: what is triggered for the object reaches the recipient.
type Subscription struct {
	Recipient  Ref             `json:"recipient"`
	Object     Object          `json:"object"`
	Properties map[string]any  `json:"properties,omitempty"`
	InsertedAt time.Time       `json:"inserted_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Raw        json.RawMessage `json:"-"` // what Knock sent, with the whole recipient
}

// UnmarshalJSON keeps what Knock sent.
func (s *Subscription) UnmarshalJSON(b []byte) (err error) {
	type fields Subscription
	s.Raw, err = keepRaw(b, (*fields)(s))
	return err
}

// MarshalJSON gives what Knock sent.
func (s Subscription) MarshalJSON() ([]byte, error) {
	type fields Subscription
	return rawOr(s.Raw, fields(s))
}
