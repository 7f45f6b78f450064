package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
)

// Source finds a source by its key.
func (s *Session) Source(ctx context.Context, key string) (client.Source, error) {
	all, err := s.Client.Sources(ctx)
	if err != nil {
		return client.Source{}, err
	}
	keys := make([]string, len(all))
	for i, source := range all {
		if source.Key == key {
			return source, nil
		}
		keys[i] = source.Key
	}
	if len(keys) == 0 {
		return client.Source{}, fmt.Errorf("there is no source %s: %s has none", key, s.Where())
	}
	return client.Source{}, fmt.Errorf("there is no source %s in %s: it is one of %s", key, s.Where(), strings.Join(keys, ", "))
}

// IngestionURL is where a source takes events, as Knock tells it.
func (s *Session) IngestionURL(ctx context.Context, key string) (string, error) {
	source, err := s.Source(ctx, key)
	if err != nil {
		return "", err
	}
	if source.Endpoint == "" {
		return "", fmt.Errorf("knock does not tell where source %s takes events in %s; its page in the dashboard does", key, s.Where())
	}
	return source.Endpoint.Reveal(), nil
}

// MappingWords say what Knock does when an event arrives: "trigger order-shipped for userId, key data.id".
func MappingWords(m client.SourceMapping) string {
	words := actionWords(m.Action)
	if w := m.Workflow(); w != "" {
		words = "trigger " + w
	}
	for _, p := range []struct{ name, word string }{{"recipients", " for "}, {"tenant", ", tenant "}, {"actor", ", actor "}, {"cancellation_key", ", key "}, {"data", ", data "}} {
		if path, _ := m.Parameters[p.name].(string); path != "" {
			words += p.word + path
		}
	}
	if !m.Active {
		words += " (inactive)"
	}
	return words
}

// actionWords is a type of action as it is spoken: users_identify → "users identify".
func actionWords(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// SourceResult is what came of an event that a source received.
type SourceResult struct {
	// Words say it: "matched nothing", "triggered order-shipped", "workflow_inactive: …".
	Words string
	// Failed says that Knock refused an action, Nothing that no mapping matched.
	Failed, Nothing bool
	// Triggers are the workflow runs that began, by their workflow_run_id.
	Triggers []SourceTrigger
}

// SourceTrigger is a workflow run that an event began.
type SourceTrigger struct{ Workflow, WorkflowRunID string }

// ResultOf says what came of an event.
func ResultOf(l client.SourceLog) (r SourceResult) {
	if len(l.Actions) == 0 {
		return SourceResult{Words: "matched nothing", Nothing: true}
	}
	var words []string
	for _, a := range l.Actions {
		key, _ := a.Parameters["key"].(string)
		id, _ := a.Result["workflow_run_id"].(string)
		code, _ := a.Result["code"].(string)
		message, _ := a.Result["message"].(string)
		what := actionWords(a.Type)
		if a.Type == "workflows_trigger" {
			what = "trigger " + key
		}
		switch {
		case id != "":
			r.Triggers = append(r.Triggers, SourceTrigger{key, id})
			words = append(words, "triggered "+key)
		case a.Status == "error" || code != "":
			r.Failed = true
			words = append(words, strings.TrimSuffix(what+": "+strings.TrimSpace(code+" "+message), ": "))
		default:
			words = append(words, strings.TrimSpace(what+" "+a.Status))
		}
	}
	r.Words = termtext.Clean(strings.Join(words, "; "))
	return r
}

// sourceText is a field of an event, "" where it has none.
func sourceText(l client.SourceLog, name string) string {
	text, _ := l.Data[name].(string)
	return text
}

// SourceUser is whom an event of a source is about, "" for nobody.
func SourceUser(l client.SourceLog) string { return sourceText(l, "userId") }

// NewMessageID is an id for an event, by which what comes of it is found again.
func NewMessageID() string { return uuid.NewString() }

// How long an event is waited for in its source's log, and how often that is read.
const (
	sourceLogWithin = 30 * time.Second
	sourceLogEvery  = time.Second
)

// LoggedEvent finds an event in its source's log by its message id, among the newest of its name.
func (s *Session) LoggedEvent(ctx context.Context, source string, e client.TrackEvent) (l client.SourceLog, ok bool, err error) {
	page, err := s.Client.SourceLogs(ctx, source, client.SourceLogFilter{Event: e.Event}, client.Cursor{})
	if err != nil {
		return l, false, err
	}
	i := slices.IndexFunc(page.Items, func(l client.SourceLog) bool { return sourceText(l, "messageId") == e.MessageID })
	if i < 0 {
		return l, false, nil
	}
	return page.Items[i], true, nil
}

// AwaitEvent waits until a source's log tells of an event by its message id.
func (s *Session) AwaitEvent(ctx context.Context, source string, e client.TrackEvent) (client.SourceLog, error) {
	deadline := time.Now().Add(sourceLogWithin)
	for {
		l, ok, err := s.LoggedEvent(ctx, source, e)
		switch {
		case err != nil, ok:
			return l, err
		case time.Now().After(deadline):
			return l, fmt.Errorf("source %s logged no event %s with message id %s within %s: Knock takes an id once, and may have had it before", source, e.Event, e.MessageID, sourceLogWithin)
		}
		if err := wait.Sleep(ctx, sourceLogEvery); err != nil {
			return l, err
		}
	}
}
