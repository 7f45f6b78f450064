package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// channelAction makes a message, unless the recipient cannot or does not want
// to have it.
type channelAction struct{}

func (channelAction) start(e *Emulator, r *run, s *step) verdict {
	vars := r.scope(e)
	if !r.trig.wf.OverridePreferences {
		if setting := e.unwanted(r, s.channel, vars); setting != "" {
			r.note(e, s, "step_skipped", field{"reason", "preferences"}, field{"setting", setting})
			return proceed(s)
		}
	}
	to, missing := address(r.who, s.channel)
	if missing != "" {
		r.note(e, s, "step_skipped", field{"reason", "missing_channel_data"}, field{"missing", missing})
		return proceed(s)
	}
	if int(r.attempt) < s.Fails {
		return e.failed(r, s, 2*second, rest, fmt.Sprintf("%s answered 503 Service Unavailable", s.channel.Provider))
	}
	r.attempt = 0
	m := e.newMessage(r, s, to, vars)
	r.note(e, s, "message_enqueued", field{"channel_type", s.channel.Type}, field{"channel_key", s.channel.Key}, field{"message_id", m.id})
	if s.next == end {
		return proceed(s)
	}
	r.pc = s.next
	r.wakeAt = e.plan(e.ids.between(r.id, "after "+s.Ref, 100e3, 300e3), r)
	return verdict{kind: rest}
}

func (channelAction) resume(_ *Emulator, _ *run, s *step) verdict { return proceed(s) }

// unwanted says which setting of the recipient or its tenant refuses the
// channel.
func (e *Emulator) unwanted(r *run, ch *channel, vars scope) string {
	if setting := r.who.preferences["default"].refuses(r.trig.wf, ch, vars); setting != "" {
		return setting
	}
	t := r.trig.tenant
	if t == nil {
		return ""
	}
	if setting := r.who.preferences[t.id].refuses(r.trig.wf, ch, vars); setting != "" {
		return t.id + ": " + setting
	}
	if setting := t.preferences().refuses(r.trig.wf, ch, vars); setting != "" {
		return "tenant " + t.id + ": " + setting
	}
	return ""
}

// address is where the channel reaches the recipient, or what is missing.
func address(rc *recipient, ch *channel) (to, missing string) {
	switch ch.Type {
	case "email":
		to, missing = rc.text("email"), "recipient.email"
	case "sms":
		to, missing = rc.text("phone_number"), "recipient.phone_number"
	case "push", "chat":
		to, missing = channelAddress(rc.channelData[ch.id.String()]), "channel_data for "+ch.Key
	default:
		return rc.String(), ""
	}
	if to != "" {
		missing = ""
	}
	return to, missing
}

// channelAddress is the first token or connection of channel data.
func channelAddress(data any) string {
	m, _ := data.(map[string]any)
	for _, list := range []string{"tokens", "player_ids", "target_arns", "devices", "connections"} {
		items, _ := m[list].([]any)
		if len(items) == 0 {
			continue
		}
		switch first := items[0].(type) {
		case string:
			return first
		case map[string]any:
			for _, name := range []string{"token", "target_arn", "channel_id", "user_id", "ms_teams_channel_id", "url", "access_token"} {
				if s, ok := first[name].(string); ok {
					return s
				}
			}
			return list
		}
	}
	return ""
}

func (e *Emulator) newMessage(r *run, s *step, to string, vars scope) *message {
	m := &message{
		id: e.ids.ksuid("message "+s.Ref, e.ids.number(r.id, "message")), run: r, step: s, who: r.who.profile,
		activities: []*run{r}, at: e.at, updated: e.at, status: msgQueued, to: to,
		title: vars.render(s.Subject), body: vars.render(s.Body), action: vars.render(s.Action), html: vars.render(s.HTML),
	}
	if b := r.batch(); b != nil && len(b.members) > 0 {
		m.activities = slices.Clone(b.members)
	}
	e.addMessage(m)
	e.tell(m, msgQueued, nil)
	if r.trig.sandbox {
		e.become(m, msgNotSent, fields{"reason": "sandbox_mode"})
		return m
	}
	m.fate = e.fateOf(m)
	m.wakeAt = e.plan(m.fate.sendsAfter(e, r, s), m)
	return m
}

// fate is how the delivery of a message goes.
type fate uint8

const (
	arrives fate = iota
	bounces
	undeliverable
	arrivesLate
	refused // by the provider, at the first attempt
)

// fateOf follows the address: what is sent to the domains bounced.test,
// undelivered.test, retried.test and rejected.test, to a number that ends in 0001, or to a push
// token that ends in -gone, does not arrive at the first try. In a lively world chance has a word too.
func (e *Emulator) fateOf(m *message) fate {
	switch {
	case m.step.channel.Type == "in_app_feed":
		return arrives
	case strings.HasSuffix(m.to, "@bounced.test"), m.step.channel.Type == "push" && strings.HasSuffix(m.to, "-gone"):
		return bounces
	case strings.HasSuffix(m.to, "@undelivered.test"), m.step.channel.Type == "sms" && strings.HasSuffix(m.to, "0001"):
		return undeliverable
	case strings.HasSuffix(m.to, "@retried.test"):
		return arrivesLate
	case strings.HasSuffix(m.to, "@rejected.test"):
		return refused
	case !e.opts.Lively:
		return arrives
	}
	switch share := e.ids.share(m.run.id, "fate "+m.step.Ref); {
	case share < 0.02:
		return bounces
	case share < 0.04:
		return undeliverable
	case share < 0.07:
		return arrivesLate
	}
	return arrives
}

func (f fate) sendsAfter(e *Emulator, r *run, s *step) stamp {
	if s.channel.Type == "in_app_feed" {
		return 50e3
	}
	return e.ids.between(r.id, "send "+s.Ref, 200e3, 900e3)
}

// due carries the delivery one step further.
func (m *message) due(e *Emulator, at stamp) {
	if at != m.wakeAt {
		return
	}
	switch m.status {
	case msgQueued:
		if m.fate == undeliverable || m.fate == arrivesLate {
			e.attemptFails(m)
			return
		}
		if m.fate == refused {
			e.logDelivery(m, 422)
			e.become(m, msgUndelivered, fields{"failure_reason": "provider_rejected", "failure_details": "the provider refuses this recipient"})
			return
		}
		e.logDelivery(m, 200)
		e.become(m, msgSent, nil)
		if m.step.channel.Type == "in_app_feed" {
			e.arrive(m)
			return
		}
		m.wakeAt = e.plan(e.ids.between(m.run.id, "arrive "+m.step.Ref, 500e3, 2500e3), m)
	case msgSent:
		if m.fate == bounces {
			e.become(m, msgBounced, m.bounce())
			return
		}
		e.arrive(m)
	case msgAttempted:
		if m.fate == arrivesLate {
			e.logDelivery(m, 200)
			e.become(m, msgSent, nil)
			e.arrive(m)
			return
		}
		e.attemptFails(m)
	}
}

// bounce says why a message came back. A push message names the token that is
// no longer good.
func (m *message) bounce() fields {
	if m.step.channel.Type == "push" {
		return fields{"failure_reason": "invalid_token", "failure_details": "410 Unregistered", "token": m.to}
	}
	return fields{"failure_reason": "hard_bounce", "failure_details": "550 5.1.1 no such mailbox"}
}

func (e *Emulator) arrive(m *message) {
	e.become(m, msgDelivered, nil)
	e.expectEngagement(m)
}

// attemptFails is one attempt that the provider refused; the third is the last.
func (e *Emulator) attemptFails(m *message) {
	attempt := len(m.logs) + 1
	e.logDelivery(m, 503)
	e.become(m, msgAttempted, fields{"attempt": attempt, "max_attempts": maxAttempts, "retryable": attempt < maxAttempts})
	if attempt == maxAttempts {
		e.become(m, msgUndelivered, fields{"failure_reason": "provider_error", "failure_details": "the provider answered 503 three times"})
		return
	}
	m.wakeAt = e.plan(3*second<<(attempt-1), m)
}
