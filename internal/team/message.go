package team

import (
	"bytes"
	"encoding/hex"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/knockops/knockops/internal/webhook"
)

// What a message says beside the event: its lines are those of the webhook, then a blank one, then its body.
const (
	headerReceived = "Knockops-Received"
	headerVerified = "Knockops-Verified"
)

// messageOf is a webhook as the stream keeps it. Its id is the hash of its body, as Knock gives it none.
func messageOf(subject string, d *webhook.Delivery) *nats.Msg {
	header := webhook.HeaderText(d.Header)
	m := &nats.Msg{Subject: subject, Header: nats.Header{}, Data: make([]byte, 0, len(header)+1+len(d.Body))}
	m.Data = append(append(append(m.Data, header...), '\n'), d.Body...)
	m.Header.Set(jetstream.MsgIDHeader, hex.EncodeToString(d.Hash[:]))
	m.Header.Set(headerReceived, d.ReceivedAt.UTC().Format(time.RFC3339Nano))
	if d.Verified {
		m.Header.Set(headerVerified, "true")
	}
	return m
}

var errNotEvent = errors.New("it is no webhook as receivers publish them")

// deliveryOf reads what messageOf wrote. That its signature was right is the receiver's word: whoever may publish to the
// stream is trusted as a receiver is.
func deliveryOf(header nats.Header, data []byte) (webhook.Delivery, error) {
	var lines, body []byte
	if bytes.HasPrefix(data, []byte("\n")) {
		body = data[1:]
	} else {
		var found bool
		if lines, body, found = bytes.Cut(data, []byte("\n\n")); !found {
			return webhook.Delivery{}, errNotEvent
		}
		lines = append(bytes.Clone(lines), '\n')
	}
	at, err := time.Parse(time.RFC3339Nano, header.Get(headerReceived))
	if err != nil {
		return webhook.Delivery{}, errNotEvent
	}
	d, err := webhook.Received(at, webhook.ParseHeader(string(lines)), body)
	d.Verified = header.Get(headerVerified) == "true"
	return d, err
}
