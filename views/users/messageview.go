package users

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// longest bounds how much of one text is laid out, in bytes; J shows all of it.
const longest = 16 << 10

// build draws all that is known into the sheet.
func (m *message) draw() {
	b := &rows{theme: m.env.Theme, width: m.sheet.width}
	m.facts(b)
	m.eventRows(b)
	m.logRows(b)
	m.contentRows(b)
	m.sheet.set(b.all)
}

func (m *message) facts(b *rows) {
	msg := m.message.value
	if !b.section("message "+m.id, "MESSAGE", "", msg.Raw, &m.message) {
		return
	}
	status, ink := status.Message(m.env.Theme, msg.Status)
	b.add(row{id: "status", copy: string(msg.Status), what: "the status", spans: []span{
		{"status", theme.Muted, 16}, {status, ink, 0}, {"   " + engagement(msg), theme.Plain, 0},
	}})
	b.fact("workflow", "workflow", msg.Source.Key)
	if msg.Source.StepRef != "" {
		b.fact("step", "step", msg.Source.StepRef)
	}
	b.fact("channel", "channel", joined(m.env.Theme, channelName(msg), msg.Channel.Key))
	b.add(row{id: "recipient", copy: msg.Recipient.String(), what: "the recipient", open: nav.Of(msg.Recipient), spans: []span{
		{"recipient", theme.Muted, 16}, {msg.Recipient.String(), theme.Plain, 0},
	}})
	if msg.Tenant != "" {
		b.fact("tenant", "tenant", msg.Tenant)
	}
	if run := msg.Source.WorkflowRecipientRunID; run != "" {
		b.add(row{id: "run", copy: run, what: "the run's id", open: nav.Run(run), spans: []span{
			{"run", theme.Muted, 16}, {run, theme.Plain, 0},
		}})
	}
	b.fact("made", "made", msg.InsertedAt.Local().Format(time.DateTime)+" ("+age(m.session, msg.InsertedAt)+" ago)")
	if len(msg.Data) > 0 {
		b.fact("data", "data", jsonText(msg.Data))
	}
	if len(msg.Metadata) > 0 {
		b.fact("metadata", "metadata", jsonText(msg.Metadata))
	}
}

func (m *message) eventRows(b *rows) {
	page := m.events.value
	b.list("events", "EVENTS", cut(page.After, len(page.Items)), &m.events, len(page.Items), "No events yet.")
	for _, e := range page.Items {
		happened := client.MessageStatus(strings.TrimPrefix(e.Type, "message."))
		word, ink := status.Message(m.env.Theme, happened)
		if !deliveryStatuses[happened] {
			word, ink = m.env.Theme.Glyphs.Dot+" "+status.Words(string(happened)), theme.Plain
		}
		data := ""
		if len(e.Data) > 0 {
			data = jsonText(e.Data)
		}
		b.add(row{id: "event " + e.ID, json: e.Raw, copy: string(e.Raw), what: "the event", spans: []span{
			{e.InsertedAt.Local().Format("01-02 15:04:05"), theme.Muted, 16}, {word, ink, 22}, {data, theme.Plain, 0},
		}})
	}
}

var deliveryStatuses = map[client.MessageStatus]bool{
	client.MessageQueued: true, client.MessageSent: true, client.MessageDelivered: true, client.MessageDeliveryAttempted: true,
	client.MessageUndelivered: true, client.MessageNotSent: true, client.MessageBounced: true,
}

func (m *message) logRows(b *rows) {
	page := m.logs.value
	b.list("delivery logs", "DELIVERY LOGS", cut(page.After, len(page.Items)), &m.logs, len(page.Items), "No delivery attempts: in-app messages have none.")
	for _, l := range page.Items {
		ink, sign := theme.OK, m.env.Theme.Glyphs.Completed
		if l.Response.Status < 200 || l.Response.Status > 299 {
			ink, sign = theme.Danger, m.env.Theme.Glyphs.Error
		}
		where := l.Request.Method + " " + l.Request.Host + l.Request.Path
		b.add(row{id: "log " + l.ID, json: l.Raw, copy: string(l.Raw), what: "the delivery log", spans: []span{
			{l.ServiceName, theme.Plain, 16}, {fmt.Sprintf("%s %d", sign, l.Response.Status), ink, 8}, {where, theme.Plain, 0},
		}})
		m.body(b, "log "+l.ID+" request", "asked", l.Request.Body)
		m.body(b, "log "+l.ID+" response", "answered", l.Response.Body)
	}
}

// body shows what went to a provider, or what it answered.
func (m *message) body(b *rows, id, word string, raw json.RawMessage) {
	shown := bodyText(raw)
	if shown == "" {
		return
	}
	b.add(row{id: id, copy: shown, what: "what was " + word, spans: []span{{word, theme.Muted, 16}}})
	b.block(id, shown)
}

// bodyText is a body as a person reads it: a text as it is, an object indented.
func bodyText(raw json.RawMessage) string {
	var s string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &s) == nil:
		return s
	}
	if out, ok := termtext.IndentJSON(raw, ""); ok {
		return string(out)
	}
	return string(raw)
}

// block adds text of any length, indented. The cursor can go to each of its lines.
func (b *rows) block(id, s string) {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + fmt.Sprintf("\n(%s more bytes: J on the heading shows all)", termtext.Count(len(s)-longest))
	}
	for i, line := range termtext.Wrap(s, max(10, b.width-6)) {
		b.add(row{id: fmt.Sprintf("%s line %d", id, i), copy: s, what: "the text", spans: []span{{"  " + line, theme.Plain, 0}}})
	}
}

func (m *message) contentRows(b *rows) {
	c := m.content.value
	if !b.section("content", "CONTENT", "", c.Raw, &m.content) {
		return
	}
	fact := func(name, value string) {
		if value != "" {
			b.fact("content "+name, name, value)
		}
	}
	switch {
	case c.Email != nil:
		fact("from", c.Email.From)
		fact("to", c.Email.To)
		fact("cc", c.Email.CC)
		fact("bcc", c.Email.BCC)
		fact("reply to", c.Email.ReplyTo)
		fact("subject", c.Email.Subject)
		if c.Email.TextBody != "" {
			b.block("content text", c.Email.TextBody)
		} else {
			b.block("content html", c.Email.HTMLBody)
		}
	case c.SMS != nil:
		fact("to", c.SMS.To)
		b.block("content body", c.SMS.Body)
	case c.Push != nil:
		fact("title", c.Push.Title)
		b.block("content body", c.Push.Body)
	case c.Chat != nil:
		fact("summary", c.Chat.Template.Summary)
		for _, name := range slices.Sorted(maps.Keys(c.Chat.Connection)) {
			fact(name, jsonText(c.Chat.Connection[name]))
		}
		b.blocks(c.Chat.Template.Blocks)
	case c.Feed != nil:
		b.blocks(c.Feed.Blocks)
	default:
		b.block("content raw", bodyText(c.Raw))
	}
}

func (b *rows) blocks(all []client.ContentBlock) {
	for i, block := range all {
		id := fmt.Sprintf("content block %d", i)
		shown := block.Rendered // in-app, Content is the template
		if shown == "" {
			shown = block.Content
		}
		b.add(row{id: id, copy: shown, what: "the block", spans: []span{{status.Words(block.Type), theme.Muted, 16}, {block.Name, theme.Muted, 0}}})
		if shown != "" {
			b.block(id, shown)
		}
		for _, button := range block.Buttons {
			b.fact(id+" "+button.Name, "button", button.Label+" "+button.Action)
		}
	}
}
