package sources

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/views/internal/confirm"
)

// The form's fields.
const (
	eventField, userField, messageField, propertiesField = "event", "user", "message", "properties"
)

// draft is an event as it was entered.
type draft struct{ event, user, message, properties string }

// sender writes events and sends them. What was entered is kept, by source, until Knock accepted it: an event that may
// have arrived keeps its message id, by which a repeat does nothing.
type sender struct {
	session *ops.Session
	drafts  map[string]draft
}

type (
	// readyMsg brings an event that was looked for in the log.
	readyMsg struct {
		source client.Source
		event  ops.SentEvent
		err    error
	}
	// sentMsg says what came of an event that was sent.
	sentMsg struct {
		source, event string
		accepted      bool
		caused        ops.Caused
		err           error
	}
)

// ask writes an event for a source.
func (s *sender) ask(env ui.Env, source client.Source) tea.Cmd {
	if env.Status().ReadOnly {
		return ui.Toast(ui.Warn, "%s is read-only", env.Status().Profile)
	}
	if source.Endpoint == "" {
		return ui.Toast(ui.Warn, "Knock does not tell where %s takes events here: `knockops track --source URL` sends one", source.Key)
	}
	d, kept := s.drafts[source.Key]
	if !kept {
		d = draft{event: first(source), message: ops.NewMessageID(), properties: "{}"}
	}
	properties := jsonedit.New()
	properties.SetValue(d.properties)
	take := func(f *form.Form) (tea.Cmd, error) {
		e := client.TrackEvent{
			Event: strings.TrimSpace(f.Value(eventField)), UserID: strings.TrimSpace(f.Value(userField)),
			MessageID: strings.TrimSpace(f.Value(messageField)), Properties: []byte(f.Value(propertiesField)),
		}
		if err := e.Check(); err != nil {
			return nil, err
		}
		return env.Go(func(ctx context.Context) tea.Msg {
			ready, err := s.session.Sending(ctx, source, e)
			return readyMsg{source, ready, err}
		}), nil
	}
	keep := func(f *form.Form) {
		s.drafts[source.Key] = draft{f.Value(eventField), f.Value(userField), f.Value(messageField), f.Value(propertiesField)}
	}
	return ui.AskDraft(env.Theme, "Send an event to "+source.Key, "What is entered is kept until it was sent.  ctrl+s to go on · tab next · esc to leave", take, keep,
		form.Text{ID: eventField, Label: "Event", Value: d.event, Suggest: suggest(source), Validate: func(v string) error {
			if strings.TrimSpace(v) == "" {
				return errors.New("name the event")
			}
			return nil
		}},
		form.Text{ID: userField, Label: "User", Value: d.user, Placeholder: "whom it is about, or nobody"},
		form.Text{ID: messageField, Label: "Message id", Value: d.message, Placeholder: "one is made"},
		form.Custom{ID: propertiesField, Label: "Properties", Lines: 6, Widget: properties, Validate: func(v string) error { return client.CheckJSON("properties", []byte(v)) }},
	)
}

// first is the event of the source's first mapping.
func first(source client.Source) string {
	if names := suggest(source)(""); len(names) > 0 {
		return names[0]
	}
	return ""
}

// suggest offers the events that are mapped.
func suggest(source client.Source) func(string) []string {
	return func(typed string) (names []string) {
		for _, m := range source.Mappings {
			if strings.Contains(strings.ToLower(m.Event), strings.ToLower(typed)) && !slices.Contains(names, m.Event) {
				names = append(names, m.Event)
			}
		}
		return names
	}
}

// update takes what comes of sending an event; refresh reads the log anew. It takes no other message.
func (s *sender) update(env ui.Env, msg tea.Msg, refresh func() tea.Cmd) (cmd tea.Cmd, taken bool) {
	switch m := msg.(type) {
	case readyMsg:
		if m.err != nil {
			return ui.Toast(ui.Bad, "nothing was sent: %s", m.err), true
		}
		return s.send(env, m), true
	case sentMsg:
		if m.accepted {
			delete(s.drafts, m.source)
		}
		return tea.Batch(refresh(), m.toast()), true
	}
	return nil, false
}

// send asks, sends, and waits for the event in the source's log.
func (s *sender) send(env ui.Env, m readyMsg) tea.Cmd {
	url := m.source.Endpoint.Reveal()
	return confirm.Ask(env, s.session.SentPrompt(m.event, url), func(string) tea.Cmd {
		change := s.session.Track(url, m.event.TrackEvent)
		out := sentMsg{source: m.source.Key, event: m.event.Event}
		return env.Go(func(ctx context.Context) tea.Msg {
			if _, out.err = change.Wait(ctx); out.err != nil {
				return out
			}
			out.accepted = true
			out.caused, out.err = s.session.Caused(ctx, m.event)
			return out
		})
	})
}

func (m sentMsg) toast() tea.Cmd {
	switch {
	case m.err != nil:
		return ui.Toast(ui.Bad, "%s", m.err)
	case m.caused.Outcome != ops.SourceActed:
		return ui.Toast(ui.Warn, "%s: %s", m.event, m.caused.Sentence())
	}
	return ui.Toast(ui.Good, "%s: %s", m.event, m.caused.Sentence())
}
