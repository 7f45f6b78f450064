package emulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// Delivery statuses, as Knock names them.
const (
	msgQueued      = "queued"
	msgSent        = "sent"
	msgDelivered   = "delivered"
	msgAttempted   = "delivery_attempted"
	msgUndelivered = "undelivered"
	msgNotSent     = "not_sent"
	msgBounced     = "bounced"
)

var messageStatuses = []string{msgQueued, msgSent, msgDelivered, msgAttempted, msgUndelivered, msgNotSent, msgBounced}

// engagements are what a recipient can do with a message, each with its
// opposite where there is one.
var engagements = map[string]string{"seen": "unseen", "read": "unread", "archived": "unarchived", "interacted": "", "link_clicked": ""}

var engagementOrder = []string{"seen", "read", "interacted", "link_clicked", "archived"}

// message is what one channel step made for one recipient. What it says was
// rendered when it was made.
type message struct {
	// What feeds and lists filter by lies together: they look at it in each of
	// thousands of messages, and what they wait for is memory.
	step       *step
	run        *run
	engaged    map[string]stamp
	at         stamp
	status     string
	activities []*run

	id      string
	seq     uint32
	who     *profile // the version it was sent to
	updated stamp
	to      string
	title   string
	body    string
	html    string // email: "" where it is made of the body
	action  string
	events  []messageEvent
	logs    []deliveryLog
	fate    fate
	wakeAt  stamp
}

type messageEvent struct {
	at   stamp
	kind string // without "message."
	data fields
}

// messageStore keeps all messages.
type messageStore struct {
	all    []*message
	byID   map[string]*message
	counts map[string]int // by status
}

func newMessageStore() messageStore {
	return messageStore{byID: map[string]*message{}, counts: map[string]int{}}
}

func (e *Emulator) addMessage(m *message) {
	m.seq = uint32(len(e.messages.all))
	e.messages.all = append(e.messages.all, m)
	e.messages.byID[m.id] = m
	e.messages.counts[m.status]++
	who := e.recipient(m.who.ref)
	who.messages = append(who.messages, m.seq)
	more := m.run.more()
	more.messages = append(more.messages, m)
}

// become gives the message its next delivery status and says so.
func (e *Emulator) become(m *message, status string, data fields) {
	e.messages.counts[m.status]--
	e.messages.counts[status]++
	m.status = status
	e.tell(m, status, data)
}

// engage records what the recipient did, or took back.
func (e *Emulator) engage(m *message, what string, data fields) {
	for done, undone := range engagements {
		switch what {
		case done:
			if m.engaged == nil {
				m.engaged = map[string]stamp{}
			}
			m.engaged[done] = e.at
		case undone:
			delete(m.engaged, done)
		}
	}
	e.tell(m, what, data)
}

// tell notes an event of the message, sends the webhook that belongs to it and
// wakes the runs that wait for it.
func (e *Emulator) tell(m *message, kind string, data fields) {
	m.updated = e.at
	m.events = append(m.events, messageEvent{e.at, kind, data})
	if hookTypes["message."+kind] {
		e.emit("message."+kind, func() any { return m }, data)
	}
	e.notify(waitKey{"message/" + m.run.trig.wf.Key + "/" + kind, m.who.ref}, map[string]any{"message_id": m.id})
}

func (m *message) engagedAt(what string) any { return m.engaged[what].orNull() }

// MarshalJSON writes the message as the API shows it.
func (m *message) MarshalJSON() ([]byte, error) {
	t, ch := m.run.trig, m.step.channel
	statuses := []string{}
	for _, s := range engagementOrder {
		if m.engaged[s] != 0 {
			statuses = append(statuses, s)
		}
	}
	out := fields{
		"__typename": "Message", "id": m.id, "status": m.status, "engagement_statuses": statuses,
		"channel_id": ch.id, "channel": fields{
			"id": ch.id, "key": ch.Key, "name": ch.Name, "type": ch.Type, "provider": ch.Provider,
			"created_at": ch.createdAt, "updated_at": ch.createdAt,
		},
		"recipient": m.who.ref, "recipient_snapshot": m.snapshot(), "actors": m.actors(),
		"tenant": nil, "workflow": t.wf.Key, "data": m.data(), "metadata": fields{},
		"source": fields{
			"__typename": "NotificationSource", "type": m.sourceType(), "key": t.wf.Key, "version_id": t.wf.versionID,
			"categories": listOf(t.wf.Categories), "step_ref": m.step.Ref,
			"workflow_run_id": t.id, "workflow_recipient_run_id": m.run.id,
		},
		"inserted_at": m.at, "updated_at": m.updated, "scheduled_at": nil, "clicked_at": m.engagedAt("link_clicked"),
		"seen_at": m.engagedAt("seen"), "read_at": m.engagedAt("read"), "interacted_at": m.engagedAt("interacted"),
		"link_clicked_at": m.engagedAt("link_clicked"), "archived_at": m.engagedAt("archived"),
	}
	if t.tenant != nil {
		out["tenant"] = t.tenant.id
	}
	return json.Marshal(out)
}

func (m *message) sourceType() string {
	if m.run.trig.source == "broadcast" {
		return "broadcast"
	}
	return "workflow"
}

func (m *message) snapshot() fields {
	s := fields{"name": orNull(m.who.text("name")), "email": orNull(m.who.text("email"))}
	if m.who.collection == "" {
		s["user_id"] = m.who.id
	}
	return s
}

// data is the trigger's data. Knock cuts long strings in what it keeps.
func (m *message) data() any { return cut(m.activities[0].data()) }

const keptString = 1024 // bytes

// cut is a value with its long strings cut.
func cut(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > keptString {
			return strings.ToValidUTF8(v[:keptString], "") + "…"
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = cut(v[k])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cut(v[i])
		}
		return out
	}
	return v
}

func (m *message) actors() []ref {
	actors := []ref{}
	for _, r := range m.activities {
		if a := r.trig.actor; a != nil && !slices.Contains(actors, a.ref) {
			actors = append(actors, a.ref)
		}
	}
	return actors
}
