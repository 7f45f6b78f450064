package client

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// callsAboutRecipients are those that users and objects have alike, and what else is set.
func callsAboutRecipients() []madeCall {
	user, object := Ref{ID: "a/b ü"}, Ref{"projects", "atlas"}
	var all []madeCall
	both := func(o *ofRecipient, make func(context.Context, *Client, Ref) error) {
		all = append(all,
			madeCall{&o.user, func(ctx context.Context, c *Client) error { return make(ctx, c, user) }},
			madeCall{&o.object, func(ctx context.Context, c *Client) error { return make(ctx, c, object) }})
	}
	edit := func(o *ofRecipient, make func(Ref) Edit) {
		both(o, func(ctx context.Context, c *Client, r Ref) error { _, err := c.Edit(ctx, make(r)); return err })
	}
	both(&recipientMessages, func(ctx context.Context, c *Client, r Ref) error {
		_, err := c.RecipientMessages(ctx, r, fullMessageFilter, Cursor{Before: "x"})
		return err
	})
	both(&recipientPreferences, func(ctx context.Context, c *Client, r Ref) error { _, err := c.Preferences(ctx, r); return err })
	both(&getChannelData, func(ctx context.Context, c *Client, r Ref) error {
		_, err := c.ChannelData(ctx, r, someUUID)
		return err
	})
	both(&recipientSchedules, func(ctx context.Context, c *Client, r Ref) error {
		_, err := c.RecipientSchedules(ctx, r, ScheduleFilter{Workflow: "weekly-digest", Tenant: "acme"}, Cursor{})
		return err
	})
	both(&recipientSubscriptions, func(ctx context.Context, c *Client, r Ref) error {
		_, err := c.Subscriptions(ctx, r, Cursor{})
		return err
	})
	edit(&setPreferences, func(r Ref) Edit {
		return SetPreferences(r, "default", map[string]any{"channel_types": map[string]any{"email": false}})
	})
	edit(&unsetPreferences, func(r Ref) Edit { return UnsetPreferences(r, "acme") })
	edit(&setChannelData, func(r Ref) Edit { return SetChannelData(r, someUUID, map[string]any{"tokens": []string{"t"}}) })
	edit(&unsetChannelData, func(r Ref) Edit { return UnsetChannelData(r, someUUID) })
	one := func(e *endpoint, x Edit) {
		all = append(all, madeCall{e, func(ctx context.Context, c *Client) error { _, err := c.Edit(ctx, x); return err }})
	}
	one(&subscribe, Subscribe(object, []Ref{user, {"projects", "borealis"}}))
	one(&unsubscribe, Unsubscribe(object, []Ref{user}))
	one(&setObject, SetObject(object, map[string]any{"name": "Atlas", "seats": 5}))
	one(&setTenant, SetTenant("acme", map[string]any{"name": "Acme"}))
	return append(all,
		madeCall{&recipientSubscriptions.object, func(ctx context.Context, c *Client) error {
			_, err := c.Subscribers(ctx, object, Cursor{Size: 10})
			return err
		}},
		madeCall{&userFeed, func(ctx context.Context, c *Client) error {
			_, err := c.Feed(ctx, "user_1", someUUID, FeedFilter{Tenant: "acme", Status: "unread", Archived: "include"}, Cursor{})
			return err
		}},
	)
}

// What cannot be meant is refused before anything is sent.
func TestEditsThatCannotBeMeant(t *testing.T) {
	c := newClient(t, nil)
	many := make([]Ref, maxSubscribers+1)
	for i := range many {
		many[i] = Ref{ID: strings.Repeat("x", i+1)}
	}
	object := Ref{"projects", "atlas"}
	for name, x := range map[string]Edit{
		"an object without a collection": SetObject(Ref{ID: "atlas"}, nil),
		"an empty tenant":                SetTenant("", nil),
		"no preference set":              SetPreferences(object, "", nil),
		"no channel":                     UnsetChannelData(object, ""),
		"nobody":                         Subscribe(object, nil),
		"nobody, taken out":              Unsubscribe(object, nil),
		"too many":                       Subscribe(object, many),
		"one without an id":              Unsubscribe(object, []Ref{{}}),
		"a user to subscribe to":         Subscribe(Ref{ID: "dana"}, []Ref{{ID: "dana"}}),
	} {
		var invalid *InvalidError
		if _, err := c.EditRequest(x); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *InvalidError
	if _, err := c.Subscribers(t.Context(), Ref{ID: "dana"}, Cursor{}); !errors.As(err, &invalid) {
		t.Errorf("subscribers of a user: %v", err)
	}
}
