package client

import (
	"context"
	"encoding/json"
	"time"
)

// Environment is one of an account's environments.
type Environment struct {
	Slug         string    `json:"slug"`
	Name         string    `json:"name"`
	Order        int       `json:"order"` // in which changes are promoted
	Owner        string    `json:"owner"` // system or user
	HidePII      bool      `json:"hide_pii_data"`
	LabelColor   string    `json:"label_color,omitempty"`
	LastCommitAt time.Time `json:"last_commit_at,omitzero"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Identity is who the service token belongs to.
type Identity struct {
	AccountName      string          `json:"account_name"`
	AccountSlug      string          `json:"account_slug"`
	Type             string          `json:"type"` // service_token or oauth_context
	ServiceTokenName string          `json:"service_token_name,omitempty"`
	UserID           string          `json:"user_id,omitempty"`
	UserName         string          `json:"user_name,omitempty"`
	UserEmail        string          `json:"user_email,omitempty"`
	Features         AccountFeatures `json:"account_features"`
}

// AccountFeatures is the part of an account's plan that matters here.
type AccountFeatures struct {
	DataRetentionDays int `json:"data_retention_days,omitempty"` // older runs and messages are gone; 0 when Knock does not say
}

// Channel is a configured channel of the account.
type Channel struct {
	ID         string          `json:"id"`
	Key        string          `json:"key"`
	Name       string          `json:"name"`
	Type       string          `json:"type"` // as MessageChannel.Type
	Provider   string          `json:"provider"`
	ArchivedAt time.Time       `json:"archived_at,omitzero"`
	CreatedAt  time.Time       `json:"created_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Raw        json.RawMessage `json:"-"` // what Knock sent
}

// UnmarshalJSON keeps what Knock sent.
func (c *Channel) UnmarshalJSON(b []byte) (err error) {
	type fields Channel
	c.Raw, err = keepRaw(b, (*fields)(c))
	return err
}

// MarshalJSON gives what Knock sent.
func (c Channel) MarshalJSON() ([]byte, error) {
	type fields Channel
	return rawOr(c.Raw, fields(c))
}

// Environments reads all environments of the account.
func (c *Client) Environments(ctx context.Context) ([]Environment, error) {
	return collect[Environment](ctx, c, call{endpoint: &listEnvironments, op: "list environments"})
}

// WhoAmI reads who the service token belongs to.
func (c *Client) WhoAmI(ctx context.Context) (Identity, error) {
	return fetch[Identity](ctx, c, call{endpoint: &whoAmI, op: "ask who the service token belongs to"}, nil)
}

// Channels reads all channels of the account.
func (c *Client) Channels(ctx context.Context) ([]Channel, error) {
	return collect[Channel](ctx, c, call{endpoint: &listChannels, op: "list channels"})
}

// collect reads a whole list that is known to be short.
func collect[T any](ctx context.Context, c *Client, x call) ([]T, error) {
	var all []T
	for item, err := range All(ctx, func(ctx context.Context, at Cursor) (Page[T], error) { return list[T](ctx, c, x, nil, at) }) {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// Unmanaged is why the workflows of an environment cannot be asked for at all: ErrNoServiceToken or ErrNoEnvironment;
// nil where they can. It sends nothing.
func (c *Client) Unmanaged() error {
	if err := c.ready(management); err != nil || c.environment != "" {
		return err
	}
	return ErrNoEnvironment
}

// inEnvironment makes a management call that names the client's environment.
func (c *Client) inEnvironment(e *endpoint, op string, params ...string) (call, error) {
	x := call{endpoint: e, op: op, params: params}
	if c.environment == "" {
		return x, &Error{Op: visible(op), Method: e.method, Path: x.path(), Err: c.Unmanaged(), api: e.api}
	}
	x.query.text("environment", c.environment)
	return x, nil
}
