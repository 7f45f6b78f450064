package users

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// message is one message: how far it got, what the provider said, and what it looked like.
type message struct {
	parts
	session *ops.Session
	id      string

	message part[client.Message]
	events  part[client.Page[client.MessageEvent]]
	logs    part[client.Page[client.DeliveryLog]]
	content part[client.MessageContent]
}

func newMessage(env ui.Env, s *ops.Session, p ui.Params) *message {
	v := &message{parts: parts{env: env}, session: s, id: p[ID]}
	v.build = v.draw
	return v
}

func (m *message) Init() tea.Cmd { return m.read() }

// Resume reads again: much may have happened to the message meanwhile.
func (m *message) Resume() tea.Cmd { return m.read() }

func (m *message) read() tea.Cmd {
	m.begin()
	c, id := m.session.Client, m.id
	return tea.Batch(
		load(&m.parts, &m.message, func(ctx context.Context) (client.Message, error) { return c.GetMessage(ctx, id) }),
		load(&m.parts, &m.events, func(ctx context.Context) (client.Page[client.MessageEvent], error) {
			return c.MessageEvents(ctx, id, client.Cursor{})
		}),
		load(&m.parts, &m.logs, func(ctx context.Context) (client.Page[client.DeliveryLog], error) {
			return c.MessageDeliveryLogs(ctx, id, client.Cursor{})
		}),
		load(&m.parts, &m.content, func(ctx context.Context) (client.MessageContent, error) { return c.MessageContent(ctx, id) }),
	)
}

// Subject implements [ui.Pointed].
func (m *message) Subject() ui.Subject { return ui.Subject{Kind: ui.SubjectMessage, ID: m.id} }

func (m *message) Crumb() string { return termtext.Middle(m.id, 13) }

func (m *message) View() string { return m.sheet.view(m.env.Theme) }

func (m *message) Disabled(action string) string {
	switch action {
	case "message.run":
		if m.message.value.Source.WorkflowRecipientRunID == "" {
			return "Knock names no run for this message"
		}
	case "message.user":
		if m.message.value.Recipient.IsZero() {
			return "the message is still loading"
		}
	case "message.open", "message.raw", "message.copy":
		return lineDisabled(m.sheet.cursor(), action)
	}
	return ""
}

func (m *message) Do(action string) tea.Cmd {
	at := m.sheet.cursor()
	switch action {
	case "message.open":
		return at.open
	case "message.section":
		m.sheet.section(1)
	case "message.sectionback":
		m.sheet.section(-1)
	case "message.run":
		return nav.Run(m.message.value.Source.WorkflowRecipientRunID)
	case "message.user":
		return nav.Of(m.message.value.Recipient)
	case "message.raw":
		return document(at)
	case "message.copy":
		return ui.Copy(at.what, at.copy)
	case "message.copyid":
		return ui.Copy("message id "+termtext.Middle(m.id, 12), m.id)
	case "message.refresh":
		return m.read()
	default:
		m.sheet.do(action)
	}
	return nil
}
