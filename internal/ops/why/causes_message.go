package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// going says that its delivery goes on.
func (m *mail) going() bool {
	return m.Status == client.MessageQueued || m.Status == client.MessageSent || m.Status == client.MessageDeliveryAttempted
}

// troubleFirst orders messages so that those that did not arrive come first.
func troubleFirst(a, b *mail) int {
	switch {
	case a.arrived() == b.arrived():
		return 0
	case b.arrived():
		return -1
	}
	return 1
}

// last is the message's last event of a type.
func (m *mail) last(kind string) (client.MessageEvent, bool) {
	var found client.MessageEvent
	for _, e := range m.events {
		if e.Type == kind && !e.InsertedAt.Before(found.InsertedAt) {
			found = e
		}
	}
	return found, found.Type != ""
}

// when is an event's time or, where it is not known, the message's.
func (m *mail) when(e client.MessageEvent) time.Time {
	if e.InsertedAt.IsZero() {
		return m.UpdatedAt
	}
	return e.InsertedAt
}

// evidence is the message with one of its events, or the webhook that told of it.
func (m *mail) evidence(e client.MessageEvent) []Evidence {
	if m.hook != nil {
		return []Evidence{ofHook(*m.hook), {"message", m.ID, m.UpdatedAt, string(m.Status)}}
	}
	all := []Evidence{{"message", m.ID, m.UpdatedAt, string(m.Status)}}
	if e.Type != "" {
		all = append(all, Evidence{"message event", e.ID, e.InsertedAt, strings.TrimSpace(e.Type + " " + why(e))})
	}
	return all
}

// why is the reason that a message event gives.
func why(e client.MessageEvent) string {
	details, _ := e.Data["failure_details"].(string)
	reason, _ := e.Data["failure_reason"].(string)
	return cmp.Or(details, reason)
}

func (f *facts) messageCommand(m *mail) string {
	return f.command("messages logs " + termtext.ShellWord(m.ID))
}

// fate is a message that stays at a status.
func fate(status client.MessageStatus, text string) func(*facts, *channel) *Finding {
	return delivery(func(f *facts, m *mail) *Finding {
		if m.Status != status {
			return nil
		}
		e, _ := m.last("message." + string(status))
		return proven(text+" at "+f.clock(m.when(e))+because(e), m.evidence(e)...).next(f.messageCommand(m))
	})
}

func because(e client.MessageEvent) string {
	if s := why(e); s != "" {
		return ": " + s
	}
	return ""
}

// rejection is the log of a provider that refused the message itself, so that no other attempt could have helped.
func (m *mail) rejection() *client.DeliveryLog {
	for i, l := range m.logs {
		if l.Response.Status >= 400 && l.Response.Status < 500 && l.Response.Status != 429 {
			return &m.logs[i]
		}
	}
	return nil
}

func providerRejected(f *facts, m *mail) *Finding {
	l := m.rejection()
	if m.Status != client.MessageUndelivered || l == nil {
		return nil
	}
	e, _ := m.last("message.undelivered")
	at, _ := time.Parse(time.RFC3339, l.InsertedAt) // text of no promised form
	log := Evidence{"delivery log", l.ID, at, fmt.Sprintf("%s answered %d", l.ServiceName, l.Response.Status)}
	return proven(fmt.Sprintf("was refused by %s with %d at %s%s", l.ServiceName, l.Response.Status, f.clock(m.when(e)), because(e)), append(m.evidence(e), log)...).
		next(f.messageCommand(m))
}

// arrived says that a message is known to be there: the provider said so, or the recipient did something with it.
func (m *mail) arrived() bool {
	return m.Status == client.MessageDelivered || m.Status == client.MessageSent && len(m.EngagementStatuses) > 0
}

func (f *facts) delivered(m *mail) (string, client.MessageEvent) {
	e, ok := m.last("message.delivered")
	if !ok {
		return "was delivered by " + f.clock(m.UpdatedAt), e
	}
	return "was delivered at " + f.clock(e.InsertedAt), e
}

func archived(f *facts, m *mail) *Finding {
	if !m.arrived() || m.ArchivedAt.IsZero() && !slices.Contains(m.EngagementStatuses, client.EngagementArchived) {
		return nil
	}
	text, e := f.delivered(m)
	return proven(text+", and archived at "+f.clock(first(m.ArchivedAt, m.UpdatedAt)), m.evidence(e)...)
}

func deliveredSeen(f *facts, m *mail) *Finding {
	if !m.arrived() || len(m.EngagementStatuses) == 0 {
		return nil
	}
	text, e := f.delivered(m)
	var did []string
	for _, s := range m.EngagementStatuses {
		did = append(did, strings.ReplaceAll(string(s), "_", " "))
	}
	return proven(text+", and "+strings.Join(did, ", ")+" by "+f.clock(first(m.SeenAt, m.ReadAt, m.InteractedAt, m.LinkClickedAt, m.UpdatedAt)), m.evidence(e)...)
}

func deliveredUnseen(f *facts, m *mail) *Finding {
	if !m.arrived() {
		return nil
	}
	text, e := f.delivered(m)
	return proven(text+", and not seen yet as far as Knock is told", m.evidence(e)...)
}

// first is the first time that is one.
func first(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
