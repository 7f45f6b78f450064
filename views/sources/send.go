package sources

import (
	"context"
	"errors"
	"fmt"
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

var errGone = errors.New("Knock's log no longer tells of this event")

// The form's fields.
const (
	eventField, userField, messageField, propertiesField = "event", "user", "message", "properties"
)

// sentMsg says what came of an event that was sent.
type sentMsg struct {
	event string
	log   client.SourceLog
	err   error
}

// ask writes an event for a source.
func ask(env ui.Env, s *ops.Session, source client.Source) tea.Cmd {
	if env.Status().ReadOnly {
		return ui.Toast(ui.Warn, "%s is read-only", env.Status().Profile)
	}
	if source.Endpoint == "" {
		return ui.Toast(ui.Warn, "Knock does not tell where %s takes events here: `knockops track --source URL` sends one", source.Key)
	}
	properties := jsonedit.New()
	properties.SetValue("{}")
	take := func(f *form.Form) (tea.Cmd, error) {
		e := client.TrackEvent{
			Event: strings.TrimSpace(f.Value(eventField)), UserID: strings.TrimSpace(f.Value(userField)),
			MessageID: strings.TrimSpace(f.Value(messageField)), Properties: []byte(f.Value(propertiesField)),
		}
		if err := e.Check(); err != nil {
			return nil, err
		}
		return send(env, s, source, e), nil
	}
	return ui.AskForm(env.Theme, "Send an event to "+source.Key, "Knock takes a message id once.  ctrl+s to go on · tab next · esc to cancel", take,
		form.Text{ID: eventField, Label: "Event", Value: first(source), Suggest: suggest(source), Validate: func(v string) error {
			if strings.TrimSpace(v) == "" {
				return errors.New("name the event")
			}
			return nil
		}},
		form.Text{ID: userField, Label: "User", Placeholder: "whom it is about, or nobody"},
		form.Text{ID: messageField, Label: "Message id", Value: ops.NewMessageID()},
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

// send asks, sends, and waits for the event in the source's log.
func send(env ui.Env, s *ops.Session, source client.Source, e client.TrackEvent) tea.Cmd {
	url := source.Endpoint.Reveal()
	p := s.TrackPrompt(e.Event, url)
	if !slices.Contains(suggest(source)(e.Event), e.Event) {
		p.Lines = append(p.Lines, "Nothing is mapped to this event.")
	}
	return confirm.Ask(env, p, func(string) tea.Cmd {
		change := s.Track(url, e)
		return env.Go(func(ctx context.Context) tea.Msg {
			if _, err := change.Wait(ctx); err != nil {
				return sentMsg{e.Event, client.SourceLog{}, err}
			}
			if e.MessageID == "" {
				return sentMsg{e.Event, client.SourceLog{}, fmt.Errorf("Knock accepted %s; without a message id it is not looked for in the log", e.Event)}
			}
			l, err := s.AwaitEvent(ctx, source.Key, e)
			return sentMsg{e.Event, l, err}
		})
	})
}

// sent tells what came of it, and reads the log anew.
func sent(env ui.Env, m sentMsg, refresh tea.Cmd) tea.Cmd {
	if m.err != nil {
		return tea.Batch(refresh, ui.Toast(ui.Bad, "%s", m.err))
	}
	r, tone := ops.ResultOf(m.log), ui.Good
	if r.Failed || r.Nothing {
		tone = ui.Warn
	}
	return tea.Batch(refresh, ui.Toast(tone, "%s: %s", m.event, r.Words))
}
