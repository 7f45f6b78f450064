package client

import (
	"context"
	"encoding/json"
	"time"
)

// Object is an object of a collection.
type Object struct {
	ID         string          `json:"id"`
	Collection string          `json:"collection"`
	Properties map[string]any  `json:"properties,omitempty"`
	CreatedAt  time.Time       `json:"created_at,omitzero"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Raw        json.RawMessage `json:"-"` // what Knock sent
}

// UnmarshalJSON keeps what Knock sent.
func (o *Object) UnmarshalJSON(b []byte) (err error) {
	type fields Object
	o.Raw, err = keepRaw(b, (*fields)(o))
	return err
}

// MarshalJSON gives what Knock sent.
func (o Object) MarshalJSON() ([]byte, error) {
	type fields Object
	return rawOr(o.Raw, fields(o))
}

// GetObject reads one object.
func (c *Client) GetObject(ctx context.Context, collection, id string) (Object, error) {
	x := call{endpoint: &getObject, op: "read object " + collection + "/" + id, params: []string{collection, id}}
	return fetch[Object](ctx, c, x, firstError(CheckID("collection", collection), CheckID("object id", id)))
}

// ListObjects reads a page of a collection.
func (c *Client) ListObjects(ctx context.Context, collection string, at Cursor) (Page[Object], error) {
	x := call{endpoint: &listObjects, op: "list objects of " + collection, params: []string{collection}}
	return list[Object](ctx, c, x, CheckID("collection", collection), at)
}

// TenantEntity is a tenant as Knock holds it; Tenant is how a trigger names one.
type TenantEntity struct {
	ID       string          `json:"id"`
	Name     string          `json:"name,omitempty"`
	Settings json.RawMessage `json:"settings,omitempty"` // branding and default preferences
	Raw      json.RawMessage `json:"-"`                  // what Knock sent, with the custom properties
}

// UnmarshalJSON keeps what Knock sent.
func (t *TenantEntity) UnmarshalJSON(b []byte) (err error) {
	type fields TenantEntity
	t.Raw, err = keepRaw(b, (*fields)(t))
	return err
}

// MarshalJSON gives what Knock sent.
func (t TenantEntity) MarshalJSON() ([]byte, error) {
	type fields TenantEntity
	return rawOr(t.Raw, fields(t))
}

// GetTenant reads one tenant.
func (c *Client) GetTenant(ctx context.Context, id string) (TenantEntity, error) {
	x := call{endpoint: &getTenant, op: "read tenant " + id, params: []string{id}}
	return fetch[TenantEntity](ctx, c, x, CheckID("tenant id", id))
}

// ListTenants reads a page of the environment's tenants.
func (c *Client) ListTenants(ctx context.Context, at Cursor) (Page[TenantEntity], error) {
	return list[TenantEntity](ctx, c, call{endpoint: &listTenants, op: "list tenants"}, nil, at)
}
