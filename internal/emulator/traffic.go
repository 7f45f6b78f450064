package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// traffic plays one entry of the world's traffic.
type traffic struct {
	Traffic
	name string
	n    uint64
}

// pause is how long it takes until the next one: between 0.4 and 1.6 times
// what is configured.
func (t *traffic) pause(e *Emulator) stamp {
	share := float64(e.ids.at(t.name, t.n)>>11) / (1 << 53)
	span := float64(t.Every.span()) * (0.4 + 1.2*share)
	if e.rehearsal {
		span *= historySlowdown
	}
	return stamp(span)
}

// due makes one trigger, or whatever the entry is for.
func (t *traffic) due(e *Emulator, _ stamp) {
	t.n++
	e.plan(t.pause(e), t)
	switch wf := e.workflows[t.Workflow]; {
	case t.Source != "":
		t.sendEvent(e)
	case t.Audience != "":
		t.changeMembers(e)
	case t.Edits:
		t.makeEdit(e)
	case !wf.active:
	case t.Scheduled:
		for _, s := range e.schedules {
			if s.wf == wf && !s.deleted {
				s.fire(e)
			}
		}
	default:
		t.trigger(e, wf)
	}
}

// draw is a number below n, another one for each use in one trigger.
func (t *traffic) draw(e *Emulator, use string, n int) int {
	return int(e.ids.at(t.name+use, t.n) % uint64(n))
}

func (t *traffic) recipients(e *Emulator) []invited {
	var all []*recipient
	for _, name := range t.Recipients {
		all = append(all, e.recipient(parseRef(name)))
	}
	if all == nil {
		for _, def := range e.world.Users {
			all = append(all, e.recipient(ref{id: def["id"].(string)}))
		}
	}
	if len(all) == 0 {
		all = []*recipient{e.recipient(ref{id: "user_" + strconv.FormatUint(t.n, 10)})}
	}
	some := make([]invited, 1+t.draw(e, "how many", max(t.AtOnce, 1)))
	for i := range some {
		some[i].who = all[(t.draw(e, "who", len(all))+i)%len(all)]
	}
	return some
}

func (t *traffic) trigger(e *Emulator, wf *workflow) {
	data, _ := dataOf(t.filled(t.Data))
	in := invocation{wf: wf, source: cmp.Or(t.As, "api"), recipients: t.recipients(e), key: t.numbered(t.Key), data: data}
	if t.Actor && len(e.world.Users) > 0 {
		in.actor = e.recipient(ref{id: e.world.Users[t.draw(e, "actor", len(e.world.Users))]["id"].(string)})
	}
	if len(t.Tenants) > 0 {
		in.tenant = e.setTenant(t.Tenants[t.draw(e, "tenant", len(t.Tenants))], nil)
	}
	tr := e.invoke(in)
	if t.CancelOne > 0 && t.n%uint64(t.CancelOne) == 0 && tr.key != "" {
		e.plan(e.ids.between(tr.id, "cancel", 20*second, 90*second), changeOfMind{wf, tr.key})
	}
}

// changeMembers takes a user into the audience, or out again who is in it.
func (t *traffic) changeMembers(e *Emulator) {
	a, who := e.audiences[t.Audience], t.recipients(e)[0].who
	if a == nil { // it was archived
		return
	}
	if n := a.find(who, ""); n >= 0 {
		a.members = slices.Delete(slices.Clone(a.members), n, n+1)
		return
	}
	e.add(a, who, "")
}

func (t *traffic) sendEvent(e *Emulator) {
	who := t.recipients(e)[0].who
	properties, _ := t.filled(t.Data).(map[string]any)
	event := trackEvent{event: t.Event, userID: who.id, messageID: e.ids.uuid(t.name+" message", t.n).String(), properties: properties}
	event.raw = map[string]any{
		"type": "track", "event": t.Event, "userId": who.id, "messageId": event.messageID, "properties": properties, "timestamp": e.at.String(),
	}
	e.ingest(e.sources[t.Source], event)
	if t.Repeat > 0 && t.n%uint64(t.Repeat) == 0 {
		e.ingest(e.sources[t.Source], event)
	}
}

func (t *traffic) numbered(s string) string {
	return strings.ReplaceAll(s, "{n}", strconv.FormatUint(t.n, 10))
}

// filled is a value with the running number in its strings.
func (t *traffic) filled(v any) any {
	switch v := v.(type) {
	case string:
		return t.numbered(v)
	case map[string]any:
		if v == nil {
			return nil
		}
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = t.filled(v[k])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = t.filled(v[i])
		}
		return out
	}
	return v
}

// expectEngagement lets a part of a lively world's recipients look at what they
// got.
func (e *Emulator) expectEngagement(m *message) {
	if !e.opts.Lively || m.step.channel.Type == "http" || m.step.channel.Type == "sms" {
		return
	}
	id, ref := m.run.id, m.step.Ref
	after := stamp(0)
	for _, next := range habits {
		if e.ids.share(id, next.what+ref) > next.share {
			if next.optional {
				continue
			}
			return
		}
		after += e.ids.between(id, "until "+next.what+ref, next.low, next.high)
		var data fields
		switch next.what {
		case "link_clicked":
			data = fields{"url": cmp.Or(m.action, "https://example.com/"+m.run.trig.wf.Key)}
		case "interacted":
			data = fields{"button": "primary"}
		}
		e.plan(after, look{m, next.what, data})
	}
}

// habits are what recipients do with a message, each a share of those who did
// what comes before; who leaves out what is not optional does nothing more.
var habits = []struct {
	what      string
	share     float64
	low, high stamp
	optional  bool
}{
	{"seen", 0.6, 8 * second, 4 * minute, false},
	{"unseen", 0.03, 1 * second, 10 * second, true},
	{"read", 0.6, 1 * second, 20 * second, false},
	{"unread", 0.06, 1 * second, 20 * second, true},
	{"link_clicked", 0.4, 1 * second, 30 * second, true},
	{"interacted", 0.2, 1 * second, 30 * second, true},
	{"archived", 0.15, 10 * second, 2 * minute, false},
	{"unarchived", 0.3, 5 * second, 1 * minute, true},
}

// look is what a recipient does with a message, later.
type look struct {
	m    *message
	what string
	data fields
}

func (l look) due(e *Emulator, _ stamp) { e.engage(l.m, l.what, l.data) }

// changeOfMind cancels what the traffic triggered.
type changeOfMind cancelKey

func (c changeOfMind) due(e *Emulator, _ stamp) { e.cancel(cancelKey(c), nil, "") }
