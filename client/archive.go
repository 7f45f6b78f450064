package client

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// BulkAction is a status that all matching messages of a channel are given.
type BulkAction string

// The actions of Knock's bulk endpoint. It has further ones that would delete; nothing here offers those.
const (
	BulkSeen       BulkAction = "seen"
	BulkUnseen     BulkAction = "unseen"
	BulkRead       BulkAction = "read"
	BulkUnread     BulkAction = "unread"
	BulkArchived   BulkAction = "archived"
	BulkUnarchived BulkAction = "unarchived"
	BulkInteracted BulkAction = "interacted"
)

var bulkActions = []BulkAction{BulkSeen, BulkUnseen, BulkRead, BulkUnread, BulkArchived, BulkUnarchived, BulkInteracted}

func bulkNames() []string {
	names := make([]string, len(bulkActions))
	for i, a := range bulkActions {
		names[i] = string(a)
	}
	return names
}

// BulkFilter says which messages of a channel a bulk operation is about. A filter that leaves nothing out is refused,
// and so is a list that is there but empty: to Knock it would be no condition at all.
type BulkFilter struct {
	Workflows        []string         `json:"workflows,omitempty"`
	RecipientIDs     []string         `json:"recipient_ids,omitempty"` // of users
	Tenants          []string         `json:"tenants,omitempty"`
	HasTenant        *bool            `json:"has_tenant,omitempty"`
	NewerThan        time.Time        `json:"newer_than,omitzero"`
	OlderThan        time.Time        `json:"older_than,omitzero"`
	DeliveryStatus   MessageStatus    `json:"delivery_status,omitempty"`
	EngagementStatus EngagementStatus `json:"engagement_status,omitempty"`
	Archived         string           `json:"archived,omitempty"`     // exclude, include or only
	TriggerData      string           `json:"trigger_data,omitempty"` // a JSON object that the trigger's data contains
}

func (f BulkFilter) check() error {
	narrows := f.HasTenant != nil || !f.NewerThan.IsZero() || !f.OlderThan.IsZero() ||
		f.DeliveryStatus != "" || f.EngagementStatus != "" || f.TriggerData != ""
	for _, list := range []struct {
		name string
		ids  []string
	}{{"workflows", f.Workflows}, {"recipients", f.RecipientIDs}, {"tenants", f.Tenants}} {
		if list.ids != nil && len(list.ids) == 0 {
			return invalid(list.name, "the selection is empty, which would mean all of them")
		}
		if err := checkIDs(list.name, list.ids); err != nil {
			return err
		}
		narrows = narrows || len(list.ids) > 0
	}
	if !narrows {
		return invalid("filter", "is empty, which would mean every message of the channel: name a workflow, recipients, tenants or a time")
	}
	return nil
}

// BulkOperation is work that Knock does in the background.
type BulkOperation struct {
	ID                 string          `json:"id"`
	Name               string          `json:"name"`
	Status             string          `json:"status"` // queued, processing, completed or failed
	EstimatedTotalRows int             `json:"estimated_total_rows"`
	ProcessedRows      int             `json:"processed_rows"`
	SuccessCount       int             `json:"success_count"`
	ErrorCount         int             `json:"error_count,omitempty"`
	ErrorItems         []Ref           `json:"error_items,omitempty"`
	InsertedAt         time.Time       `json:"inserted_at"`
	UpdatedAt          time.Time       `json:"updated_at"`
	StartedAt          time.Time       `json:"started_at,omitzero"`
	CompletedAt        time.Time       `json:"completed_at,omitzero"`
	FailedAt           time.Time       `json:"failed_at,omitzero"`
	Raw                json.RawMessage `json:"-"` // what Knock sent
}

// Done reports whether Knock has finished with it, well or not.
func (o BulkOperation) Done() bool { return o.Status == "completed" || o.Status == "failed" }

// UnmarshalJSON keeps what Knock sent.
func (o *BulkOperation) UnmarshalJSON(b []byte) (err error) {
	type fields BulkOperation
	o.Raw, err = keepRaw(b, (*fields)(o))
	return err
}

// MarshalJSON gives what Knock sent.
func (o BulkOperation) MarshalJSON() ([]byte, error) {
	type fields BulkOperation
	return rawOr(o.Raw, fields(o))
}

func archiveCall(ids []string) (call, error) {
	x := call{endpoint: &batchArchive, op: fmt.Sprintf("archive %d messages", len(ids)), body: map[string]any{"message_ids": ids}}
	if len(ids) == 0 {
		return x, invalid("messages", "none is named")
	}
	return x, checkIDs("messages", ids)
}

// ArchiveMessages takes messages out of their recipients' feeds and gives them as they are now. Twice is once, so it
// is retried.
func (c *Client) ArchiveMessages(ctx context.Context, ids []string) ([]Message, error) {
	x, err := archiveCall(ids)
	return fetch[[]Message](ctx, c, x, err)
}

// ArchiveMessagesRequest is the request that ArchiveMessages would send.
func (c *Client) ArchiveMessagesRequest(ids []string) (Request, error) {
	x, err := archiveCall(ids)
	return c.preview(x, err)
}

func bulkCall(channelID string, action BulkAction, f BulkFilter) (call, error) {
	x := call{
		endpoint: &bulkMessages, op: "mark messages of channel " + channelID + " " + string(action),
		params: []string{channelID, string(action)}, body: f,
	}
	if !slices.Contains(bulkActions, action) {
		return x, invalid("action", "%q is none of %s", action, strings.Join(bulkNames(), ", "))
	}
	return x, firstError(CheckID("channel id", channelID), f.check())
}

// BulkStatus gives all matching messages of a channel a status, in the background: see GetBulkOperation. It is never
// retried, because each time is an operation of its own.
func (c *Client) BulkStatus(ctx context.Context, channelID string, action BulkAction, f BulkFilter) (BulkOperation, error) {
	x, err := bulkCall(channelID, action, f)
	return fetch[BulkOperation](ctx, c, x, err)
}

// BulkArchive takes all matching messages of a channel out of their recipients' feeds, in the background.
func (c *Client) BulkArchive(ctx context.Context, channelID string, f BulkFilter) (BulkOperation, error) {
	return c.BulkStatus(ctx, channelID, BulkArchived, f)
}

// BulkStatusRequest is the request that BulkStatus would send.
func (c *Client) BulkStatusRequest(channelID string, action BulkAction, f BulkFilter) (Request, error) {
	x, err := bulkCall(channelID, action, f)
	return c.preview(x, err)
}

// GetBulkOperation reads how far a bulk operation is.
func (c *Client) GetBulkOperation(ctx context.Context, id string) (BulkOperation, error) {
	x := call{endpoint: &bulkOperation, op: "read bulk operation " + id, params: []string{id}}
	return fetch[BulkOperation](ctx, c, x, CheckID("bulk operation id", id))
}
