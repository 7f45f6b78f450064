package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/knockops/knockops/client"
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
	switch {
	case !m.Active:
		words += " (inactive)"
	case m.Deleted:
		words += " (deleted, until that is committed)"
	}
	return words
}

// actionWords is a type of action as it is spoken: users_identify → "users identify".
func actionWords(kind string) string { return strings.ReplaceAll(kind, "_", " ") }
