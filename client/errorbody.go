package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// codes puts Knock's error codes into an operator's words.
var codes = map[string]struct{ reason, hint string }{
	"actor_missing":        {"Knock does not know the actor", "identify the actor first, or give it inline"},
	"api_key_expired":      {"the key has expired", "make a new one in the dashboard and put it where the profile takes it from"},
	"api_key_missing":      {"no key reached Knock", ""},
	"channel_invalid":      {"Knock does not know this channel, or it is of another type", ""},
	"incorrect_token_type": {"this is not the kind of key that is needed here", "the public API takes a secret key (sk_…), the management API a service token"},
	"workflow_inactive":    {"the workflow is not active in this environment", "thaw it to send again"},
	"workflow_missing":     {"there is no such workflow in this environment", "check the key's spelling and that the workflow is committed and promoted to this environment"},
}

const (
	maxRemoteText   = 500 // characters of one text of Knock's that an error keeps
	maxRemoteFields = 20
)

// describe reads an error body: Knock's form, or whatever a proxy sent instead.
func (e *Error) describe(body []byte) {
	var b struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Type    string          `json:"type"`
		Errors  json.RawMessage `json:"errors"`
	}
	if firstByte(body) == '{' && json.Unmarshal(body, &b) == nil {
		e.Code, e.Message, e.Type = e.shown(b.Code), e.shown(b.Message), e.shown(b.Type)
		e.Fields = e.fieldErrors(b.Errors)
		return
	}
	if firstByte(body) == '<' {
		e.Message = "(an HTML page, perhaps of a proxy on the way)"
	}
}

// shown is a text of the answer as the error may hold it.
func (e *Error) shown(s string) string {
	if e.scrub != nil {
		s = e.scrub(s)
	}
	return visible(s)
}

// fieldErrors reads what failed validation: a list of {field, message}, a list of texts, or texts by field.
func (e *Error) fieldErrors(b json.RawMessage) []FieldError {
	var all []FieldError
	add := func(field, message string) {
		if len(all) < maxRemoteFields && (field != "" || message != "") {
			all = append(all, FieldError{e.shown(field), e.shown(message)})
		}
	}
	var entries []json.RawMessage
	var byField map[string]json.RawMessage
	switch {
	case json.Unmarshal(b, &entries) == nil:
		for _, entry := range entries {
			var one struct{ Field, Path, Message string }
			if firstByte(entry) == '{' && json.Unmarshal(entry, &one) == nil {
				add(one.Field+one.Path, one.Message)
			} else {
				add("", text(entry))
			}
		}
	case json.Unmarshal(b, &byField) == nil:
		for _, field := range slices.Sorted(maps.Keys(byField)) {
			add(field, text(byField[field]))
		}
	}
	return all
}

// text gives a JSON string's content, the texts of a list, or any other JSON as it is.
func text(b json.RawMessage) string {
	var s string
	var list []string
	switch {
	case json.Unmarshal(b, &s) == nil:
		return s
	case json.Unmarshal(b, &list) == nil:
		return strings.Join(list, ", ")
	}
	return string(b)
}

// visible makes text from outside safe for a terminal and for one line of a log: control characters and those that
// turn the writing direction become "�", line breaks a space, and what is too long is cut.
func visible(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxRemoteText {
			b.WriteString("…")
			break
		}
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			r = ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// ErrUnreadable says that an answer of 2xx is not what the API description promises: read again, it is the same.
var ErrUnreadable = errors.New("the answer cannot be read")

// unreadable is the error for an answer of 2xx that is not what the API description promises.
type unreadable string

// Is makes it an [ErrUnreadable].
func (u unreadable) Is(target error) bool { return target == ErrUnreadable }

func (u unreadable) Error() string {
	return "Knock's answer cannot be read: " + string(u) + ". Check the base URL, and whether a proxy or a login page is in between"
}
