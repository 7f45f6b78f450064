package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/knockops/knockops/internal/termtext"
)

// JSONError is JSON that does not parse, with the place for an editor to show.
type JSONError struct {
	Field        string // "data", "recipient"
	Line, Column int    // from 1; the column counts characters
	Reason       string
}

// Error names the field, the place and the reason.
func (e *JSONError) Error() string {
	return fmt.Sprintf("%s: not valid JSON at line %d, column %d: %s", e.Field, e.Line, e.Column, e.Reason)
}

// CheckJSON reports where text stops being one JSON value, as a *JSONError; nil when it is one.
func CheckJSON(field string, text []byte) error { return checkJSON(field, text) }

func checkJSON(field string, text []byte) error {
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	if err == nil {
		return nil
	}
	at := len(text)
	reason := err.Error()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(int(syntax.Offset), len(text))
		if reason == "unexpected end of JSON input" {
			reason = "the text ends too early"
		} else {
			at = max(at-1, 0) // the offset is behind the byte that offends
		}
	}
	line, column := termtext.Position(text, at)
	return &JSONError{Field: field, Line: line, Column: column, Reason: reason}
}

// decode reads one JSON value, keeping numbers as they were written wherever no Go type is given.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more follows after the JSON value")
	}
	return nil
}

// encode writes JSON without escaping <, > and &, so that a preview reads as it was typed.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// keepRaw decodes b into fields (a type without methods, or this recurses) and gives a copy of b to keep.
func keepRaw(b []byte, fields any) (json.RawMessage, error) {
	if err := decode(b, fields); err != nil {
		return nil, err
	}
	return bytes.Clone(b), nil
}

// rawOr gives what Knock sent, or, for a value made here, the encoding of its fields.
func rawOr(raw json.RawMessage, fields any) ([]byte, error) {
	if raw != nil {
		return raw, nil
	}
	return encode(fields)
}

func firstByte(b []byte) byte {
	if b = bytes.TrimLeft(b, " \t\r\n"); len(b) > 0 {
		return b[0]
	}
	return 0
}

// jsonReason says why an answer could not be decoded, in JSON's terms rather than Go's.
func jsonReason(err error) string {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		if mismatch.Field == "" {
			return "it is a JSON " + mismatch.Value
		}
		return fmt.Sprintf("its field %s is a %s", mismatch.Field, mismatch.Value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it is not JSON"
	}
	var clock *time.ParseError
	if errors.As(err, &clock) {
		return "it holds " + visible(clock.Value) + " as a time"
	}
	return visible(err.Error())
}
