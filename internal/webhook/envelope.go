package webhook

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrNotEvent says that a body is not a webhook of Knock's.
var ErrNotEvent = errors.New("the body is not a JSON object with a type")

// Envelope is the body of a webhook. Data is what it is about, such as a message or a run, as Knock sent it.
type Envelope struct {
	Type            string
	CreatedAt       time.Time       // zero when there was none that can be read
	Data, EventData json.RawMessage // parts of the body
}

// asJSON takes what [json.Valid] takes, at three times its speed: it is most of what is done before a webhook is stored.
var asJSON = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// Parse reads the body of a webhook. Types that Knock does not document are fine, and so is data of any form; what is
// no event at all is an [ErrNotEvent].
func Parse(body []byte) (Envelope, error) {
	if !jsontext.Value(body).IsValid(asJSON...) {
		return Envelope{}, ErrNotEvent
	}
	var e Envelope
	members(body, func(name, value []byte) {
		switch string(name) {
		case "type":
			e.Type = text(value)
		case "created_at":
			// One field that cannot be read is no reason to lose an event.
			e.CreatedAt, _ = time.Parse(time.RFC3339, text(value))
		case "data":
			e.Data = value
		case "event_data":
			e.EventData = value
		}
	})
	if e.Type == "" {
		return Envelope{}, ErrNotEvent
	}
	return e, nil
}

// Attempt is what message.delivery_attempted tells of an attempt that did not get through.
type Attempt struct {
	Attempt     int  `json:"attempt"`
	MaxAttempts int  `json:"max_attempts"`
	Retryable   bool `json:"retryable"`
}

// Attempt returns the event data of a delivery attempt; ok is false when the event is of another kind.
func (e Envelope) Attempt() (a Attempt, ok bool) {
	return a, e.Type == "message.delivery_attempted" && e.read(&a)
}

// Failure is why a message was not delivered.
type Failure struct {
	Reason  string `json:"failure_reason"`
	Details string `json:"failure_details"`
	Token   string `json:"token"` // the push token that bounced, if it was one
}

// Failure returns the event data of message.undelivered and message.bounced; ok is false for other events.
func (e Envelope) Failure() (f Failure, ok bool) {
	return f, (e.Type == "message.undelivered" || e.Type == "message.bounced") && e.read(&f)
}

// LinkURL returns the link that was clicked; ok is false for events other than message.link_clicked.
func (e Envelope) LinkURL() (url string, ok bool) {
	var d struct{ URL string }
	ok = e.Type == "message.link_clicked" && e.read(&d)
	return d.URL, ok
}

// CommitID returns the commit of a .committed event; ok is false for other events.
func (e Envelope) CommitID() (id string, ok bool) {
	var d struct {
		CommitID string `json:"commit_id"`
	}
	ok = e.read(&d) && d.CommitID != ""
	return d.CommitID, ok
}

// Interaction returns what an application wrote about message.interacted; ok is false for other events.
func (e Envelope) Interaction() (metadata map[string]any, ok bool) {
	ok = e.Type == "message.interacted" && e.read(&metadata)
	return metadata, ok
}

// read decodes the event data, and reports whether it is an object of the form asked for.
func (e Envelope) read(into any) bool {
	return len(e.EventData) > 0 && e.EventData[0] == '{' && json.Unmarshal(e.EventData, into) == nil
}
