package client

import (
	"context"
	"encoding/json"
	"time"
)

// FeedItem is one entry of a user's in-app feed, as the user sees it.
type FeedItem struct {
	ID         string          `json:"id"`
	Tenant     string          `json:"tenant,omitempty"`
	Source     MessageSource   `json:"source"`
	Blocks     []FeedBlock     `json:"blocks"`
	InsertedAt time.Time       `json:"inserted_at"`
	SeenAt     time.Time       `json:"seen_at,omitzero"`
	ReadAt     time.Time       `json:"read_at,omitzero"`
	ArchivedAt time.Time       `json:"archived_at,omitzero"`
	Raw        json.RawMessage `json:"-"` // what Knock sent
}

// FeedBlock is a part of what an entry shows.
type FeedBlock struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Rendered string `json:"rendered"` // of text and markdown, as HTML for markdown
}

// UnmarshalJSON keeps what Knock sent.
func (i *FeedItem) UnmarshalJSON(b []byte) (err error) {
	type fields FeedItem
	i.Raw, err = keepRaw(b, (*fields)(i))
	return err
}

// MarshalJSON gives what Knock sent.
func (i FeedItem) MarshalJSON() ([]byte, error) {
	type fields FeedItem
	return rawOr(i.Raw, fields(i))
}

// FeedFilter narrows a feed. What is empty narrows nothing.
type FeedFilter struct {
	Tenant   string
	Status   string // "unread", "read", "unseen", "seen" or "all"
	Archived string // "exclude", "include" or "only"; Knock leaves archived entries out by default
}

// Feed reads a page of a user's in-app feed on a channel, the newest first.
func (c *Client) Feed(ctx context.Context, userID, channelID string, f FeedFilter, at Cursor) (Page[FeedItem], error) {
	x := call{endpoint: &userFeed, op: "read the feed of user " + userID, params: []string{userID, channelID}}
	x.query.text("tenant", f.Tenant)
	x.query.text("status", f.Status)
	x.query.text("archived", f.Archived)
	return list[FeedItem](ctx, c, x, firstError(CheckID("user id", userID), CheckID("channel id", channelID)), at)
}
