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

func userCall(e *endpoint, what, id string) (call, error) {
	return call{endpoint: e, op: what + " " + id, params: []string{id}}, CheckID("user id", id)
}
