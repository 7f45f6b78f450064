package webhook

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// outcomeWidth bounds the words of an outcome: a provider may answer with a page.
const outcomeWidth = 200

// told is what Knock documents of an event's data. Numbers are kept as they came.
type told struct {
	Reason     string      `json:"failure_reason"`
	Details    string      `json:"failure_details"`
	Attempt    json.Number `json:"attempt"`
	Most       json.Number `json:"max_attempts"`
	Retryable  *bool       `json:"retryable"`
	URL        string      `json:"url"`
	CommitID   string      `json:"commit_id"`
	ErrorCount int         `json:"error_count"`
	Key        string      `json:"key"`
}

// tells reports that a received event of a kind may say more than its kind does, so that others need not be decoded.
func tells(kind string, body []byte) bool {
	what, did, _ := strings.Cut(kind, ".")
	switch did {
	case "delivery_attempted", "bounced", "undelivered", "link_clicked", "updated", "committed":
		return true
	}
	return what == "workflow_recipient_run" && runTells(body)
}

// runTells reports that the event of a run counts errors, or has data of its own. It walks over the body instead of
// looking for words in it: the same words may stand in what the run was triggered with.
func runTells(body []byte) (tells bool) {
	var about, said []byte
	members(body, func(name, value []byte) {
		switch string(name) {
		case "data":
			about = value
		case "event_data":
			said = value
		}
	})
	members(about, func(name, value []byte) {
		if bytes.EqualFold(name, []byte("error_count")) {
			tells = string(value) != "0"
		}
	})
	return tells || len(said) > 0 && string(said) != "null"
}

// Outcome says what happened, in the words of the event's own data: why a message bounced, which attempt failed and
// whether there will be another, the URL that was clicked, the resource and its commit. It is "" where the type says it
// all. The token that a bounce may carry is left out.
func Outcome(d Delivery) string {
	if !tells(d.Type, d.Body) {
		return ""
	}
	envelope, err := Parse(d.Body)
	if err != nil {
		return ""
	}
	var said, about told
	_ = json.Unmarshal(envelope.EventData, &said) // what is not as documented tells nothing
	_ = json.Unmarshal(envelope.Data, &about)
	kind, did, _ := strings.Cut(envelope.Type, ".")
	var words string
	switch {
	case did == "delivery_attempted":
		words = said.attempt()
	case said.Reason != "" || said.Details != "":
		words = said.failure()
	case did == "link_clicked":
		words = said.URL
	case did == "updated" || did == "committed":
		words = strings.TrimSpace(about.Key + " " + said.commit())
	case kind == "workflow_recipient_run" && about.ErrorCount > 0:
		words = termtext.Plural(about.ErrorCount, "error")
	}
	return termtext.Truncate(termtext.Clean(words), outcomeWidth)
}

func (t told) attempt() string {
	if t.Attempt == "" {
		return ""
	}
	words := "attempt " + t.Attempt.String()
	if t.Most != "" {
		words += " of " + t.Most.String()
	}
	switch {
	case t.Retryable == nil:
		return words
	case *t.Retryable && t.Attempt != t.Most:
		return words + ", will retry"
	}
	return words + ", will not retry"
}

// failure leads with the details, which are the provider's own words.
func (t told) failure() string {
	reason := strings.ReplaceAll(t.Reason, "_", " ")
	switch {
	case t.Details == "":
		return reason
	case reason == "":
		return t.Details
	}
	return t.Details + " (" + reason + ")"
}

func (t told) commit() string {
	if t.CommitID == "" {
		return ""
	}
	return "commit " + t.CommitID
}
