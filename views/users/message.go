package users

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
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

// Refresh implements [ui.Detailer].
func (m *message) Refresh() tea.Cmd { return m.read() }

func messageBindings() []ui.Binding {
	return append(partsBindings(Message),
		ui.Bind(keymap.Action{ID: "message.run", Title: "Go to the run that made it", Short: "run", Keys: []string{"p"}}, func(m *message) tea.Cmd { return nav.Run(m.message.value.Source.WorkflowRecipientRunID) }, ui.When((*message).noRun, "Knock names no run for this message")),
		ui.Bind(keymap.Action{ID: "message.user", Title: "Go to its recipient", Short: "user", Keys: []string{"u"}}, func(m *message) tea.Cmd { return nav.Of(m.message.value.Recipient) }, ui.When((*message).loading, "the message is still loading")),
		ui.Bind(keymap.Action{ID: "message.copyid", Title: "Copy the message's id", Keys: []string{"Y"}}, func(m *message) tea.Cmd { return ui.Copy("message id "+termtext.Middle(m.id, 12), m.id) }),
	)
}

func (m *message) noRun() bool { return m.message.value.Source.WorkflowRecipientRunID == "" }

func (m *message) loading() bool { return m.message.value.Recipient.IsZero() }

// shown is the message, or why there is none yet.
func (m *message) shown() (client.Message, string) {
	if m.loading() {
		return client.Message{}, "the message is still loading"
	}
	return m.message.value, ""
}
