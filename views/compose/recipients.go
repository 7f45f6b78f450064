package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// mostRecipients is how many Knock takes in one trigger.
const mostRecipients = 1000

// parseRecipients reads one recipient a line. The error is about the first
// line that is wrong, and counts the others.
func parseRecipients(s string) ([]client.Recipient, error) {
	var all []client.Recipient
	var first error
	wrong := 0
	line := map[client.Ref]int{}
	n := 0
	for l := range strings.SplitSeq(s, "\n") {
		n++
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		r, err := parseRecipient(l)
		if before, twice := line[r.Ref]; err == nil && twice {
			err = fmt.Errorf("%s is in line %d already", r.Ref, before)
		}
		if err != nil {
			if wrong++; first == nil {
				first = fmt.Errorf("line %d: %w", n, err)
			}
			continue
		}
		line[r.Ref] = n
		all = append(all, r)
	}
	switch {
	case wrong > 1:
		return all, fmt.Errorf("%w (and %s more)", first, termtext.Plural(wrong-1, "line"))
	case wrong == 1:
		return all, first
	case len(all) == 0:
		return nil, errors.New("a trigger is for somebody: user_1, or collection/id for an object")
	case len(all) > mostRecipients:
		return all, fmt.Errorf("there are %s recipients; one trigger takes at most %s", termtext.Count(len(all)), termtext.Count(mostRecipients))
	}
	return all, nil
}

// parseRecipient refuses what is more likely a list than an id.
func parseRecipient(s string) (client.Recipient, error) {
	if strings.Contains(s, ",") && !strings.ContainsAny(s[:1], `"{[`) {
		return client.Recipient{}, errors.New(`one recipient a line; an id that has a comma is written in quotes, as a JSON string`)
	}
	r, err := client.ParseRecipient(s)
	return r, plain(err)
}

// plain is an error of the client without the field's name: it stands at the field.
func plain(err error) error {
	var invalid *client.InvalidError
	var broken *client.JSONError
	switch {
	case errors.As(err, &invalid):
		return errors.New(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(invalid.Field, "recipient"), "tenant") + " " + invalid.Reason))
	case errors.As(err, &broken):
		return fmt.Errorf("column %d: %s", broken.Column, broken.Reason)
	}
	return err
}

// splitRefs takes references apart that stand in one line, at commas and
// spaces. JSON strings and objects are kept whole.
func splitRefs(s string) []string {
	var out []string
	for {
		s = strings.TrimLeft(s, ", \t\n")
		if s == "" {
			return out
		}
		n := strings.IndexAny(s, ", \t\n")
		if s[0] == '"' || s[0] == '{' {
			var value json.RawMessage
			d := json.NewDecoder(strings.NewReader(s))
			if err := d.Decode(&value); err == nil || errors.Is(err, io.EOF) {
				n = int(d.InputOffset())
			}
		}
		if n <= 0 {
			n = len(s)
		}
		out = append(out, s[:n])
		s = s[n:]
	}
}
