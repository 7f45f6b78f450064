package client

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Ref names a recipient without describing it: a user by its id, or an object by collection and id.
type Ref struct {
	Collection string // empty for a user
	ID         string
}

// ParseRef reads what an operator types: user_1, or collection/id for an object. A user whose id holds a slash is
// written as a JSON string ("a/b", with the quotes); {"collection":…,"id":…} is accepted too. Errors are *InvalidError.
func ParseRef(s string) (Ref, error) {
	r, err := ParseRecipient(s)
	if err != nil {
		return Ref{}, err
	}
	if r.Properties != nil {
		return Ref{}, invalid("recipient", "a reference is wanted here: an id, or collection and id, without properties")
	}
	return r.Ref, nil
}

// IsZero reports whether the reference names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// String gives the form that ParseRef reads back to the same reference.
func (r Ref) String() string {
	plain := r.ID
	if r.Collection != "" {
		plain = r.Collection + "/" + r.ID
	}
	if back, err := splitRef(plain); err == nil && back == r {
		return plain
	}
	b, err := r.MarshalJSON()
	if err != nil {
		return plain
	}
	return string(b)
}

// splitRef reads the forms that are not JSON.
func splitRef(s string) (Ref, error) {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s[:1], `"{[`) {
		return Ref{}, invalid("recipient", "%q is neither an id nor collection/id", visible(s))
	}
	collection, id, object := strings.Cut(s, "/")
	switch {
	case !object:
		return Ref{ID: s}, nil
	case collection == "":
		return Ref{}, invalid("recipient", `%q has no collection before the slash; a user whose id holds a slash is written in quotes, as a JSON string`, visible(s))
	case id == "":
		return Ref{}, invalid("recipient", "%q has no id after the slash", visible(s))
	}
	return Ref{Collection: collection, ID: id}, nil
}

// check is CheckID for both parts; field says whose reference it is.
func (r Ref) check(field string) error {
	if r.Collection != "" {
		if err := CheckID(field+" collection", r.Collection); err != nil {
			return err
		}
	}
	return CheckID(field+" id", r.ID)
}

type wireRef struct {
	Collection string `json:"collection,omitempty"`
	ID         string `json:"id"`
}

// MarshalJSON gives a string for a user and {"collection","id"} for an object, as Knock's requests want it.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.Collection == "" {
		return encode(r.ID)
	}
	return encode(wireRef(r))
}

// UnmarshalJSON reads a reference, or takes the reference out of a whole user or object.
func (r *Ref) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		var w wireRef
		err := json.Unmarshal(b, &w)
		*r = Ref(w)
		return err
	}
	r.Collection = ""
	return json.Unmarshal(b, &r.ID)
}

// CheckRef reports why a reference cannot be named in a request, as an [InvalidError]; nil when it can. field says whose
// it is.
func CheckRef(field string, r Ref) error { return r.check(field) }
