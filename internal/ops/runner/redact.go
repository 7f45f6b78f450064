package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// redacted stands in the journal for what lets in whoever has it.
const redacted = "[redacted]"

// WithoutTokens is a request's body as the journal may hold it: every text below
// a channel_data is left out, since push tokens, chat tokens and webhook URLs
// stand there. All else stays as it is, byte for byte. It also returns the texts
// that it left out. whole says that the body itself is channel data. What is no JSON is left out whole.
func WithoutTokens(body json.RawMessage, whole bool) (json.RawMessage, []string) {
	if len(body) == 0 {
		return body, nil
	}
	x := redactor{in: json.NewDecoder(bytes.NewReader(body)), body: body}
	x.in.UseNumber()
	if err := x.value(whole); err != nil {
		return json.RawMessage(`"` + redacted + `"`), nil
	}
	return append(x.out, body[x.done:]...), x.texts
}

// redactor copies JSON and leaves texts out.
type redactor struct {
	in    *json.Decoder
	body  []byte
	out   []byte
	done  int64 // how much of body is in out
	texts []string
}

// value copies one value; what is below a channel_data is secret.
func (x *redactor) value(secret bool) error {
	before := x.in.InputOffset()
	token, err := x.in.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case string:
		if secret {
			x.leaveOut(before, t)
		}
	case json.Delim:
		for x.in.More() {
			below := secret
			if t == '{' {
				name, err := x.in.Token()
				if err != nil {
					return err
				}
				s, ok := name.(string)
				if !ok {
					return errors.New("an object without a name")
				}
				below = secret || strings.EqualFold(s, "channel_data")
			}
			if err := x.value(below); err != nil {
				return err
			}
		}
		_, err = x.in.Token()
	}
	return err
}

// leaveOut replaces the text that was read last, which begins after before.
func (x *redactor) leaveOut(before int64, value string) {
	quote := before + int64(bytes.IndexByte(x.body[before:], '"'))
	x.out = append(append(append(append(x.out, x.body[x.done:quote]...), '"'), redacted...), '"')
	x.done = x.in.InputOffset()
	x.texts = append(x.texts, value)
}

// shortest is how long a text is at least that is taken out of the words of an
// answer: a shorter one is no token, and a part of other words.
const shortest = 6

// withoutTexts is s without these texts, which Knock's words may repeat.
func withoutTexts(s string, texts []string) string {
	for _, t := range texts {
		if len(t) >= shortest {
			s = strings.ReplaceAll(s, t, redacted)
		}
	}
	return s
}
