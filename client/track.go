package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

// TrackEvent is a source event: something that happened, which Knock maps to workflows.
type TrackEvent struct {
	Event      string // its name
	UserID     string // who it is about; may be empty
	MessageID  string // Knock takes an event of the same id once; with it the event is retried
	Properties json.RawMessage
	Timestamp  time.Time // when it happened; zero leaves it to Knock
}

type trackBody struct {
	Type       string          `json:"type"`
	Event      string          `json:"event"`
	Properties json.RawMessage `json:"properties,omitempty"`
	UserID     string          `json:"userId,omitempty"`
	MessageID  string          `json:"messageId,omitempty"`
	Timestamp  time.Time       `json:"timestamp,omitzero"`
}

// Check says what could not be sent. Errors are *InvalidError or *JSONError.
func (e TrackEvent) Check() error {
	if e.Event == "" {
		return invalid("event", "is empty")
	}
	return checkObject("properties", e.Properties)
}

func trackCall(ingestionURL string, e TrackEvent) (call, error) {
	x := call{
		endpoint: &trackEvent, op: "track " + e.Event, target: ingestionURL, repeat: e.MessageID != "",
		body: trackBody{"track", e.Event, e.Properties, e.UserID, e.MessageID, e.Timestamp},
	}
	u, err := url.Parse(ingestionURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return x, invalid("ingestion URL", "must be like https://…, as the source's page in the dashboard shows it")
	}
	if !confidential(u) {
		return x, fmt.Errorf("ingestion URL of %s: %w", visible(u.Host), ErrPlainHTTP)
	}
	return x, e.Check()
}

// Track sends one event to the ingestion URL of a source. No key goes with it; the URL itself is what lets it in, so
// errors and Exchange leave its path out.
func (c *Client) Track(ctx context.Context, ingestionURL string, e TrackEvent) error {
	x, err := trackCall(ingestionURL, e)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, x, nil)
	return err
}

// TrackRequest is the request that Track would send.
func (c *Client) TrackRequest(ingestionURL string, e TrackEvent) (Request, error) {
	x, err := trackCall(ingestionURL, e)
	return c.preview(x, err)
}
