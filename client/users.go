package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// User is a user as Knock holds it.
type User struct {
	ID, Name, Email, PhoneNumber, Timezone, Locale, Avatar string

	CreatedAt, UpdatedAt time.Time
	Custom               map[string]any  // every other property; numbers are json.Number
	Raw                  json.RawMessage // what Knock sent, and what MarshalJSON gives
}

// UnmarshalJSON sorts the properties into named and custom ones. A named property of another type than Knock
// documents is kept among the custom ones instead of hiding the user.
func (u *User) UnmarshalJSON(b []byte) error {
	var all map[string]any
	raw, err := keepRaw(b, &all)
	if err != nil {
		return err
	}
	*u = User{Raw: raw}
	for name, into := range map[string]*string{
		"id": &u.ID, "name": &u.Name, "email": &u.Email, "phone_number": &u.PhoneNumber,
		"timezone": &u.Timezone, "locale": &u.Locale, "avatar": &u.Avatar,
	} {
		if s, ok := all[name].(string); ok || all[name] == nil {
			*into = s
			delete(all, name)
		}
	}
	for name, into := range map[string]*time.Time{"created_at": &u.CreatedAt, "updated_at": &u.UpdatedAt} {
		s, _ := all[name].(string)
		if t, err := time.Parse(time.RFC3339, s); err == nil || all[name] == nil {
			*into = t
			delete(all, name)
		}
	}
	delete(all, "__typename")
	if len(all) > 0 {
		u.Custom = all
	}
	return nil
}

// MarshalJSON gives what Knock sent.
func (u User) MarshalJSON() ([]byte, error) {
	all := map[string]any{"id": u.ID}
	for name, value := range u.Custom {
		all[name] = value
	}
	for name, value := range map[string]string{
		"name": u.Name, "email": u.Email, "phone_number": u.PhoneNumber,
		"timezone": u.Timezone, "locale": u.Locale, "avatar": u.Avatar,
	} {
		if value != "" {
			all[name] = value
		}
	}
	return rawOr(u.Raw, all)
}

func identifyCall(id string, properties map[string]any) (call, error) {
	if properties == nil {
		properties = map[string]any{}
	}
	return call{endpoint: &identifyUser, op: "identify " + id, params: []string{id}, body: properties}, CheckID("user id", id)
}

// Identify merges properties into a user, making it when it is new. Properties that are not given stay as they are.
func (c *Client) Identify(ctx context.Context, id string, properties map[string]any) (User, error) {
	x, err := identifyCall(id, properties)
	return fetch[User](ctx, c, x, err)
}

// IdentifyRequest is the request that Identify would send.
func (c *Client) IdentifyRequest(id string, properties map[string]any) (Request, error) {
	x, err := identifyCall(id, properties)
	return c.preview(x, err)
}

// GetUser reads one user.
func (c *Client) GetUser(ctx context.Context, id string) (User, error) {
	x, err := userCall(&getUser, "read user", id)
	return fetch[User](ctx, c, x, err)
}

// ListUsers reads a page of the environment's users.
func (c *Client) ListUsers(ctx context.Context, at Cursor) (Page[User], error) {
	return list[User](ctx, c, call{endpoint: &listUsers, op: "list users"}, nil, at)
}

// Users reads all users, page after page as they are asked for.
func (c *Client) Users(ctx context.Context) iter.Seq2[User, error] { return All(ctx, c.ListUsers) }

// UserMessages reads a page of the messages to a user, the newest first.
func (c *Client) UserMessages(ctx context.Context, id string, f MessageFilter, at Cursor) (Page[Message], error) {
	x, err := userCall(&userMessages, "list messages of user", id)
	x.query = f.query()
	return list[Message](ctx, c, x, err, at)
}

// UserPreferences reads all preference sets of a user; the one that applies without a tenant is called "default".
func (c *Client) UserPreferences(ctx context.Context, id string) ([]PreferenceSet, error) {
	x, err := userCall(&userPreferences, "read preferences of user", id)
	return fetch[[]PreferenceSet](ctx, c, x, err)
}

// UserChannelData reads what a channel knows of a user: push tokens, chat connections. Without any Knock answers 404.
func (c *Client) UserChannelData(ctx context.Context, id, channelID string) (ChannelData, error) {
	x, err := userCall(&userChannelData, "read channel data of user", id)
	x.params = append(x.params, channelID)
	return fetch[ChannelData](ctx, c, x, firstError(err, CheckID("channel id", channelID)))
}

// UserSchedules reads a page of the schedules that have the user as recipient. The filter's own recipients are not
// sent; its workflow and tenant may be empty.
func (c *Client) UserSchedules(ctx context.Context, id string, f ScheduleFilter, at Cursor) (Page[Schedule], error) {
	x, err := userCall(&userSchedules, "list schedules of user", id)
	x.query.text("workflow", f.Workflow)
	x.query.text("tenant", f.Tenant)
	return list[Schedule](ctx, c, x, err, at)
}

// UserSubscriptions reads a page of the objects a user is subscribed to.
func (c *Client) UserSubscriptions(ctx context.Context, id string, at Cursor) (Page[Subscription], error) {
	x, err := userCall(&userSubscriptions, "list subscriptions of user", id)
	return list[Subscription](ctx, c, x, err, at)
}

func userCall(e *endpoint, what, id string) (call, error) {
	return call{endpoint: e, op: what + " " + id, params: []string{id}}, CheckID("user id", id)
}
