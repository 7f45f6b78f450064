package client

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a key or token. However it is printed, logged or encoded, it shows only that it is there.
type Secret string

const redacted = "[secret]"

// Reveal gives the secret itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String gives "[secret]", or nothing when there is none.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString redacts like String.
func (s Secret) GoString() string { return s.String() }

// Format redacts for every verb, %x and %q among them.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText redacts in JSON, YAML and whatever else encodes text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue redacts in structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
