package events

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// Query is a filter of events with the words it was asked for in.
type Query struct {
	Filter Filter
	// Words are the parts of the query, each as it can be written again.
	Words []string
}

// QueryKey is something that a query can ask for, with an example.
type QueryKey struct{ Key, Example, Means string }

// QueryKeys are all of them. What has no key is looked for in the whole event.
var QueryKeys = []QueryKey{
	{"type", "message.*", "the event's type; * stands for anything, a comma puts several"},
	{"workflow", "welcome", "the workflow's key"},
	{"to", "user_1", "the recipient: a user, or an object as collection/id"},
	{"run", "6c1e…", "the workflow recipient run"},
	{"trigger", "660e…", "the workflow run: all recipients of one trigger"},
	{"tenant", "acme", "the tenant"},
	{"message", "2w3Y…", "the message"},
	{"channel", "postmark", "the channel's id"},
	{"key", "invite-99121", "the cancellation key"},
	{"verified", "no", "whether the signature was proven: yes or no"},
	{"since", "2h", "received then or later: 15m, 2h, 3d, 2026-11-21 14:02"},
	{"until", "1h", "received before"},
}

// FailedWord is the word for events that tell of a failure.
const FailedWord = "failed"

// ParseQuery reads a query such as `type:message.* to:user_1 failed timeout`.
// Double quotes hold words together, and let text have a colon. now anchors ages.
func ParseQuery(s string, now time.Time) (Query, error) {
	var q Query
	words, err := splitQuery(s)
	if err != nil {
		return q, err
	}
	var texts []string
	for _, w := range words {
		switch {
		case w.key != "":
			if err := q.set(w, now); err != nil {
				return q, err
			}
		case w.value == FailedWord && !w.quoted:
			q.Filter.Failures = true
		default:
			texts = append(texts, w.String()) // what quotes hold together has to stand together
		}
		q.Words = append(q.Words, w.String())
	}
	q.Filter.Text = strings.Join(texts, " ")
	return q, nil
}

// String is the query as it can be parsed again.
func (q Query) String() string { return strings.Join(q.Words, " ") }

func (q *Query) set(w queryWord, now time.Time) (err error) {
	key, value := w.key, w.value
	if value == "" {
		return fmt.Errorf("%s: wants something behind its colon", key)
	}
	f := &q.Filter
	switch key {
	case "type":
		for kind := range strings.SplitSeq(value, ",") {
			if strings.HasPrefix(kind, "run.") { // as they are shown for short
				kind = "workflow_recipient_" + kind
			}
			f.Types = append(f.Types, kind)
		}
	case "workflow":
		f.Workflow = value
	case "to":
		f.Recipient = w.recipient()
	case "run":
		f.RunID = value
	case "trigger":
		f.WorkflowRunID = value
	case "tenant":
		f.Tenant = value
	case "message":
		f.MessageID = value
	case "channel":
		f.ChannelID = value
	case "key":
		f.Key = value
	case "verified":
		if value != "yes" && value != "no" {
			return fmt.Errorf("verified:%s is neither verified:yes nor verified:no", value)
		}
		verified := value == "yes"
		f.Verified = &verified
	case "since":
		f.Since, err = termtext.ParseWhen(value, now)
	case "until":
		f.Until, err = termtext.ParseWhen(value, now)
	default:
		return unknownKey(key)
	}
	return err
}

func unknownKey(key string) error {
	var keys []string
	for _, k := range QueryKeys {
		keys = append(keys, k.Key)
	}
	if near := termtext.Nearest(key, keys); near != "" {
		return fmt.Errorf("there is no %s: to ask for; did you mean %s:?", key, near)
	}
	return fmt.Errorf("there is no %s: to ask for, only %s: — put text with a colon in double quotes", key, strings.Join(keys, ":, "))
}

// queryWord is a part of a query: text, or a key with its value.
type queryWord struct {
	key, value string
	quoted     bool
}

func (w queryWord) String() string {
	v := w.value
	if w.quoted {
		v = strconv.Quote(v)
	}
	if w.key != "" {
		return w.key + ":" + v
	}
	return v
}

// recipient is the value as the journal writes recipients: as a reference, of
// which quotes say that it is a user's id, slashes or not.
func (w queryWord) recipient() string {
	if w.quoted {
		return client.Ref{ID: w.value}.String()
	}
	if r, err := client.ParseRef(w.value); err == nil {
		return r.String()
	}
	return w.value
}

// splitQuery cuts a query at spaces that are in no quotes.
func splitQuery(s string) ([]queryWord, error) {
	var words []queryWord
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" {
			return words, nil
		}
		var w queryWord
		if i := strings.IndexAny(s, `: "`); i > 0 && s[i] == ':' {
			w.key, s = s[:i], s[i+1:]
		}
		if strings.HasPrefix(s, `"`) {
			quoted, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, fmt.Errorf("the double quote before %s is not closed, or a backslash in it means nothing", termtext.Middle(s[1:], 24))
			}
			w.value, _ = strconv.Unquote(quoted) // it is a quoted prefix
			w.quoted, s = true, s[len(quoted):]
		} else {
			end := strings.IndexAny(s, " \t")
			if end < 0 {
				end = len(s)
			}
			w.value, s = s[:end], s[end:]
		}
		words = append(words, w)
	}
}

// Word is the part of a query that asks for a key's value, whatever is in it.
func Word(key, value string) string {
	return queryWord{key, value, strings.ContainsAny(value, " \t\"")}.String()
}

// of is the query of other parts, each of which can be parsed.
func (q Query) of(words []string) Query {
	next, err := ParseQuery(strings.Join(words, " "), time.Now())
	if err != nil {
		return q
	}
	return next
}

// With returns the query with one more part.
func (q Query) With(word string) Query { return q.of(append(slices.Clone(q.Words), word)) }

// Toggled returns the query without a part that it has, and with one that it has not.
func (q Query) Toggled(word string) Query {
	if !slices.Contains(q.Words, word) {
		return q.With(word)
	}
	return q.of(slices.DeleteFunc(slices.Clone(q.Words), func(w string) bool { return w == word }))
}
