package client

import (
	"encoding/json"
	"maps"
	"strings"
)

// Recipient is who a trigger is for, or its actor. With Properties nil it refers to a user or object; otherwise it
// identifies them inline, and Properties may hold "$trigger_data", which goes to this recipient alone.
type Recipient struct {
	Ref
	Properties map[string]any // without id and collection; numbers read from text are json.Number
}

// ParseRecipient reads the forms of ParseRef, and a JSON object with an id, perhaps a collection, and any other
// properties. Errors are *InvalidError; broken JSON is a *JSONError.
func ParseRecipient(s string) (Recipient, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Recipient{}, invalid("recipient", "is empty")
	}
	var r Recipient
	if strings.ContainsAny(s[:1], `"{[`) {
		if err := checkJSON("recipient", []byte(s)); err != nil {
			return Recipient{}, err
		}
		if err := json.Unmarshal([]byte(s), &r); err != nil {
			return Recipient{}, err
		}
	} else {
		ref, err := splitRef(s)
		if err != nil {
			return Recipient{}, err
		}
		r.Ref = ref
	}
	if err := r.check("recipient"); err != nil {
		return Recipient{}, err
	}
	return r, nil
}

// String gives the form that ParseRecipient reads back.
func (r Recipient) String() string {
	if r.Properties == nil {
		return r.Ref.String()
	}
	b, err := r.MarshalJSON()
	if err != nil {
		return r.Ref.String()
	}
	return string(b)
}

func (r Recipient) check(field string) error {
	if err := r.Ref.check(field); err != nil {
		return err
	}
	if data, ok := r.Properties["$trigger_data"]; ok && data != nil {
		if _, ok := data.(map[string]any); !ok {
			return invalid(field, "$trigger_data must be a JSON object")
		}
	}
	return nil
}

// MarshalJSON gives the reference, or the inline identification with all its properties.
func (r Recipient) MarshalJSON() ([]byte, error) {
	if r.Properties == nil {
		return r.Ref.MarshalJSON()
	}
	all := maps.Clone(r.Properties)
	all["id"] = r.ID
	delete(all, "collection")
	if r.Collection != "" {
		all["collection"] = r.Collection
	}
	return encode(all)
}

// UnmarshalJSON reads a string, a reference or an inline identification. An object with nothing but collection and
// id is a reference; {"id":…} alone identifies a user inline, without properties.
func (r *Recipient) UnmarshalJSON(b []byte) error {
	*r = Recipient{}
	var all map[string]any
	switch first := firstByte(b); first {
	case '"':
		return r.Ref.UnmarshalJSON(b)
	case '{':
		if err := decode(b, &all); err != nil {
			return err
		}
	default:
		return invalid("recipient", "is neither an id nor a JSON object")
	}
	var err error
	if r.ID, err = takeString(all, "recipient", "id"); err != nil {
		return err
	}
	if _, ok := all["collection"]; ok {
		if r.Collection, err = takeString(all, "recipient", "collection"); err != nil {
			return err
		}
		if len(all) == 0 {
			return nil
		}
	}
	r.Properties = all
	return nil
}

// Tenant is the tenant of a trigger: its id, and with Properties not nil an inline identification of it.
type Tenant struct {
	ID         string
	Properties map[string]any // without id
}

// ParseTenant reads an id, or JSON: a string, or an object with an id and any other properties.
func ParseTenant(s string) (*Tenant, error) {
	t := &Tenant{ID: strings.TrimSpace(s)}
	if t.ID != "" && strings.ContainsAny(t.ID[:1], `"{[`) {
		if err := checkJSON("tenant", []byte(s)); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(s), t); err != nil {
			return nil, err
		}
	}
	if err := CheckID("tenant id", t.ID); err != nil {
		return nil, err
	}
	return t, nil
}

// MarshalJSON gives the id, or the inline identification with all its properties.
func (t Tenant) MarshalJSON() ([]byte, error) {
	if t.Properties == nil {
		return encode(t.ID)
	}
	all := maps.Clone(t.Properties)
	all["id"] = t.ID
	return encode(all)
}

// UnmarshalJSON reads a string or an inline identification.
func (t *Tenant) UnmarshalJSON(b []byte) error {
	*t = Tenant{}
	switch firstByte(b) {
	case '"':
		return json.Unmarshal(b, &t.ID)
	case '{':
		if err := decode(b, &t.Properties); err != nil {
			return err
		}
		var err error
		t.ID, err = takeString(t.Properties, "tenant", "id")
		return err
	}
	return invalid("tenant", "is neither an id nor a JSON object")
}

// takeString removes a property that must be a string.
func takeString(from map[string]any, field, key string) (string, error) {
	s, ok := from[key].(string)
	if !ok {
		return "", invalid(field, "%s must be there, as a string", key)
	}
	delete(from, key)
	return s, nil
}
