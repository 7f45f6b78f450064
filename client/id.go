package client

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxID is the longest id, in characters, that Knock takes for users, objects, collections, tenants and keys.
const maxID = 255

// InvalidError is input refused before any request was made.
type InvalidError struct {
	Field  string // what was wrong, as the operator knows it: "user id", "recipients[3]", "data"
	Reason string // what is wrong with it and what is allowed
}

// Error gives field and reason as one line.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

func invalid(field, format string, args ...any) error {
	return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// CheckID refuses what cannot be an id: nothing at all, more than 255 characters, broken UTF-8, control characters.
// The kind ("user id", "workflow key") names it in the error, which is an *InvalidError.
func CheckID(kind, id string) error {
	switch n := utf8.RuneCountInString(id); {
	case id == "":
		return invalid(kind, "is empty")
	case !utf8.ValidString(id):
		return invalid(kind, "is not valid UTF-8")
	case n > maxID:
		return invalid(kind, "has %d characters, at most %d are allowed", n, maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		return invalid(kind, "holds a control character")
	}
	return nil
}

func checkIDs(list string, ids []string) error {
	for i, id := range ids {
		if err := CheckID(fieldAt(list, i), id); err != nil {
			return err
		}
	}
	return nil
}

func fieldAt(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
