package webhook

import (
	"cmp"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"
)

// Header is one header line of a request.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HeaderText writes a header as lines. HTTP lets no line break into a header.
func HeaderText(header []Header) string {
	b := make([]byte, 0, 512)
	for _, h := range header {
		b = append(append(append(append(b, h.Name...), ": "...), h.Value...), '\n')
	}
	return string(b)
}

// ParseHeader reads what HeaderText wrote.
func ParseHeader(s string) []Header {
	var header []Header
	for line := range strings.Lines(s) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		header = append(header, Header{Name: name, Value: value})
	}
	return header
}

// Delivery is one webhook as it was received.
type Delivery struct {
	ReceivedAt time.Time
	Verified   bool     // its signature was checked with a secret and is right
	Header     []Header // in the order they came where the connection told it, else by name; see [Receiver.Serve]
	Body       []byte   // as it came, byte for byte

	Type          string
	CreatedAt     time.Time // Knock's; zero when the body tells none
	EnvironmentID string

	// What the event's data tells of; "" for what it does not.
	Workflow, WorkflowRunID, RunID, Recipient, Tenant string // Recipient is a user's id, or collection/id
	MessageID, ChannelID, ChannelType                 string
	CancellationKey                                   string // runs tell it, messages do not

	Hash [sha256.Size]byte // of the body: Knock gives deliveries no id, so this is what recognises a repeat
}

// maxField bounds a field of a delivery, in bytes. Knock's ids are at most 256 characters; the body has all of it.
const maxField = 1024

// Received makes a delivery of a request. It is not verified yet. A body that is no event is an [ErrNotEvent].
func Received(at time.Time, header []Header, body []byte) (Delivery, error) {
	d, data, err := received(at, header, body)
	d.readData(data)
	return d, err
}

// received is Received without what the event's data tells of. That is a third of the work, and what stores a delivery
// does not need it.
func received(at time.Time, header []Header, body []byte) (d Delivery, data []byte, err error) {
	e, err := Parse(body)
	if err != nil {
		return Delivery{}, nil, err
	}
	d = Delivery{ReceivedAt: at, Header: header, Body: body, Type: bounded(e.Type), CreatedAt: e.CreatedAt, Hash: sha256.Sum256(body)}
	for _, h := range header {
		if strings.EqualFold(h.Name, HeaderEnvironment) {
			d.EnvironmentID = bounded(h.Value)
			break
		}
	}
	return d, e.Data, nil
}

// readData reads what it can of an event's data: a message, a run, or something that has a key.
func (d *Delivery) readData(data []byte) {
	group := Group(d.Type)
	members(data, func(name, value []byte) {
		switch string(name) {
		case "id":
			switch group {
			case "message":
				d.MessageID = field(value)
			case "workflow_recipient_run":
				d.RunID = field(value)
			}
		case "key":
			if group == "workflow" {
				d.Workflow = field(value)
			}
		case "workflow":
			d.Workflow = cmp.Or(field(value), d.Workflow)
		case "workflow_run_id":
			d.WorkflowRunID = field(value)
		case "recipient":
			d.Recipient = reference(value)
		case "tenant":
			d.Tenant = reference(value)
		case "channel_id": // its old name
			d.ChannelID = cmp.Or(d.ChannelID, field(value))
		case "channel":
			members(value, func(name, value []byte) {
				switch string(name) {
				case "id":
					d.ChannelID = cmp.Or(field(value), d.ChannelID)
				case "type":
					d.ChannelType = field(value)
				}
			})
		case "source":
			members(value, d.readSource)
		case "trigger_source":
			members(value, func(name, value []byte) {
				if string(name) == "cancellation_key" {
					d.CancellationKey = field(value)
				}
			})
		}
	})
}

// readSource reads where a message comes from.
func (d *Delivery) readSource(name, value []byte) {
	switch string(name) {
	case "key":
		d.Workflow = cmp.Or(d.Workflow, field(value))
	case "workflow_run_id":
		d.WorkflowRunID = field(value)
	case "workflow_recipient_run_id":
		d.RunID = field(value)
	}
}

// reference is a recipient or tenant as text: an id, or collection/id of an object. An id with a slash of its own is in
// quotes, as operators write it everywhere.
func reference(value []byte) string {
	if value[0] != '{' {
		id := text(value)
		if strings.Contains(id, "/") {
			id = string(value)
		}
		return bounded(id)
	}
	var collection, id string
	members(value, func(name, value []byte) {
		switch string(name) {
		case "collection":
			collection = text(value)
		case "id":
			id = text(value)
		}
	})
	if collection != "" && !strings.HasPrefix(collection, "$") { // $users
		id = collection + "/" + id
	}
	return bounded(id)
}

func field(value []byte) string { return bounded(text(value)) }

// bounded cuts a field that is longer than any of Knock's.
func bounded(s string) string {
	if len(s) <= maxField {
		return s
	}
	end := maxField
	for end > maxField-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
