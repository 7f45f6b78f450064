package emulator

import (
	"cmp"
	"html"
	"net/http"
	"regexp"
	"strings"
)

// deliveryLog is one request to a provider.
type deliveryLog struct {
	at     stamp
	status int
}

func (e *Emulator) logDelivery(m *message, status int) {
	if m.step.channel.Type != "in_app_feed" { // there is no provider behind the feed
		m.logs = append(m.logs, deliveryLog{e.at, status})
	}
}

func (e *Emulator) logsJSON(m *message) []fields {
	out := make([]fields, len(m.logs))
	for i, l := range m.logs {
		ch := m.step.channel
		response := fields{"id": m.id, "status": "accepted"}
		if l.status >= 300 {
			response = fields{"error": http.StatusText(l.status)}
		}
		out[i] = fields{
			"__typename": "MessageDeliveryLog", "id": e.ids.ksuid("delivery log "+m.id, uint64(i)),
			"environment_id": e.environmentID(), "inserted_at": l.at, "service_name": ch.Provider,
			"request": fields{
				"method": "POST", "host": "api." + ch.Provider + ".test", "path": "/send", "query": nil,
				"headers": fields{"content-type": "application/json"},
				"body":    fields{"to": m.to, "title": m.title, "body": m.body},
			},
			"response": fields{"status": l.status, "headers": fields{"content-type": "application/json"}, "body": response},
		}
	}
	return out
}

func (e *Emulator) messageEventsJSON(m *message) []fields {
	out := make([]fields, len(m.events))
	for i, ev := range m.events {
		out[i] = fields{
			"__typename": "MessageEvent", "id": e.ids.ksuid("message event "+m.id, uint64(i)), "type": "message." + ev.kind,
			"recipient": m.who.ref, "data": ev.data, "inserted_at": ev.at,
		}
	}
	return out
}

func (e *Emulator) activitiesJSON(m *message) []fields {
	out := make([]fields, len(m.activities))
	for i, r := range m.activities {
		a := fields{
			"__typename": "Activity", "id": e.ids.ksuid("activity "+m.id, uint64(i)), "recipient": m.who, "actor": nil,
			"data": cut(r.triggered()), "inserted_at": r.trig.at, "updated_at": r.trig.at,
		}
		if r.trig.actor != nil {
			a["actor"] = r.trig.actor.profile
		}
		out[i] = a
	}
	return out
}

// contentJSON is what the recipient got. Knock describes no content for
// webhook channels; ok is false for those.
func (m *message) contentJSON() (out fields, ok bool) {
	var data fields
	switch ch := m.step.channel; ch.Type {
	case "email":
		from := ch.From
		if from == "" {
			from = "hello@example.com"
		}
		data = fields{
			"__typename": "MessageEmailContent", "from": from, "to": m.to, "subject_line": m.title,
			"html_body": cmp.Or(m.html, "<html><body>"+markdown(m.body)+"</body></html>"), "text_body": m.body,
			"cc": nil, "bcc": nil, "reply_to": nil,
		}
	case "sms":
		data = fields{"__typename": "MessageSmsContent", "to": m.to, "body": m.body}
	case "push":
		data = fields{"__typename": "MessagePushContent", "token": m.to, "title": m.title, "body": m.body, "data": fields{}}
	case "chat":
		data = fields{
			"__typename": "MessageChatContent", "connection": fields{"channel_id": m.to}, "metadata": nil,
			"template": fields{"summary": m.title, "blocks": []fields{{"type": "markdown", "name": "body", "content": m.body}}, "json_content": nil},
		}
	case "in_app_feed":
		data = fields{"__typename": "MessageInAppFeedContent", "blocks": m.blocks()}
	default:
		return nil, false
	}
	return fields{"__typename": "MessageContent", "message_id": m.id, "data": data, "inserted_at": m.at}, true
}

var (
	boldMark = regexp.MustCompile(`\*\*(.+?)\*\*`)
	linkMark = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
)

// markdown renders as much as the worlds here use: paragraphs, bold and links.
func markdown(s string) string {
	var out strings.Builder
	for p := range strings.SplitSeq(s, "\n\n") {
		p = boldMark.ReplaceAllString(html.EscapeString(p), "<strong>$1</strong>")
		p = linkMark.ReplaceAllString(p, `<a href="$2">$1</a>`)
		out.WriteString("<p>" + p + "</p>")
	}
	return out.String()
}
