package client

import "context"

// ofRecipient is an operation that users and objects have alike.
type ofRecipient struct{ user, object endpoint }

// call is one use of the operation; more are the parameters behind the recipient's.
func (o *ofRecipient) call(what string, to Ref, more ...string) (call, error) {
	if to.Collection == "" {
		return call{endpoint: &o.user, op: what + " user " + to.ID, params: append([]string{to.ID}, more...)}, CheckID("user id", to.ID)
	}
	return call{endpoint: &o.object, op: what + " object " + to.String(), params: append([]string{to.Collection, to.ID}, more...)},
		firstError(CheckID("collection", to.Collection), CheckID("object id", to.ID))
}

// RecipientMessages reads a page of the messages to a user or an object, the newest first.
func (c *Client) RecipientMessages(ctx context.Context, to Ref, f MessageFilter, at Cursor) (Page[Message], error) {
	x, err := recipientMessages.call("list messages of", to)
	x.query = f.query()
	return list[Message](ctx, c, x, err, at)
}

// Preferences reads all preference sets of a recipient; the one that applies without a tenant is called "default".
func (c *Client) Preferences(ctx context.Context, of Ref) ([]PreferenceSet, error) {
	x, err := recipientPreferences.call("read preferences of", of)
	return fetch[[]PreferenceSet](ctx, c, x, err)
}

// ChannelData reads what a channel knows of a recipient: push tokens, chat connections. Without any Knock answers 404.
func (c *Client) ChannelData(ctx context.Context, of Ref, channelID string) (ChannelData, error) {
	x, err := getChannelData.call("read channel data of", of, channelID)
	return fetch[ChannelData](ctx, c, x, firstError(err, CheckID("channel id", channelID)))
}

// RecipientSchedules reads a page of the schedules that have the recipient. The filter's own recipients are not sent;
// its workflow and tenant may be empty.
func (c *Client) RecipientSchedules(ctx context.Context, to Ref, f ScheduleFilter, at Cursor) (Page[Schedule], error) {
	x, err := recipientSchedules.call("list schedules of", to)
	x.query.text("workflow", f.Workflow)
	x.query.text("tenant", f.Tenant)
	return list[Schedule](ctx, c, x, err, at)
}

// Subscriptions reads a page of the objects that a recipient is subscribed to.
func (c *Client) Subscriptions(ctx context.Context, of Ref, at Cursor) (Page[Subscription], error) {
	x, err := recipientSubscriptions.call("list subscriptions of", of)
	if of.Collection != "" {
		x.query.text("mode", "recipient")
	}
	return list[Subscription](ctx, c, x, err, at)
}

// Subscribers reads a page of the subscriptions to an object: whoever is triggered for it reaches their recipients.
func (c *Client) Subscribers(ctx context.Context, of Ref, at Cursor) (Page[Subscription], error) {
	x, err := recipientSubscriptions.call("list subscribers of", of)
	if of.Collection == "" {
		err = invalid("object", "is a user, who has no subscribers: write an object as collection/id")
	}
	x.query.text("mode", "object")
	return list[Subscription](ctx, c, x, err, at)
}
