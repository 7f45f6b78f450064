package team

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// duplicates is how long the servers know an event's id. Knock sends for about two minutes, and a receiver that was
// cut off may send again what it does not know to be there; consoles recognise the rest.
const duplicates = 10 * time.Minute

// What a stream says of itself, so that a profile of another environment does not take it for its own.
const (
	metaEnvironment = "knockops.environment"
	metaAccount     = "knockops.account"
	metaAPI         = "knockops.api"
)

var (
	// ErrNotMade says that the team's streams are not there.
	ErrNotMade = errors.New("it is not there: `knockops team init` makes it")
	// ErrForeign says that a stream of that name is not this profile's.
	ErrForeign = errors.New("it belongs to something else")
)

// eventStream is the stream of webhooks as the profile wants it.
func (t *Team) eventStream() jetstream.StreamConfig {
	p := t.profile
	maxBytes := int64(-1)
	if p.Team.RetainMB > 0 {
		maxBytes = int64(p.Team.RetainMB) << 20
	}
	return jetstream.StreamConfig{
		Name: t.names.events, Subjects: []string{t.names.subject},
		Description: "Webhooks of " + p.Environment + ", from knockops' receivers",
		Storage:     jetstream.FileStorage, Replicas: p.Team.Replicas, Discard: jetstream.DiscardOld,
		MaxAge: p.Team.Retain, MaxBytes: maxBytes, Duplicates: duplicates,
		Metadata: map[string]string{metaEnvironment: p.Environment, metaAccount: p.Account, metaAPI: p.BaseURL},
	}
}

// Difference is a setting that is not as the profile wants it.
type Difference struct {
	Setting string `json:"setting"`
	Have    string `json:"have"`
	Want    string `json:"want"`
}

// differences compares what is said here of a stream; what else an administrator set is theirs.
func differences(have, want jetstream.StreamConfig) (all []Difference) {
	for _, d := range []Difference{
		{"subjects", strings.Join(have.Subjects, " "), strings.Join(want.Subjects, " ")},
		{"storage", have.Storage.String(), want.Storage.String()},
		{"replicas", fmt.Sprint(have.Replicas), fmt.Sprint(want.Replicas)},
		{"discard", have.Discard.String(), want.Discard.String()},
		{"retain", span(have.MaxAge), span(want.MaxAge)},
		{"size", size(have.MaxBytes), size(want.MaxBytes)},
		{"duplicates", span(have.Duplicates), span(want.Duplicates)},
		{"persist mode", persistence(have), persistence(want)},
	} {
		if d.Have != d.Want {
			all = append(all, d)
		}
	}
	return all
}

func span(d time.Duration) string {
	if d <= 0 {
		return "no limit"
	}
	return d.String()
}

func size(bytes int64) string {
	if bytes <= 0 {
		return "no limit"
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}

func persistence(c jetstream.StreamConfig) string {
	if c.PersistMode == jetstream.AsyncPersistMode {
		return "async"
	}
	return "default"
}

// owned refuses a stream that says it is of another environment, or says nothing.
func (t *Team) owned(have jetstream.StreamConfig) error {
	want := t.eventStream().Metadata
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if have.Metadata[key] != want[key] {
			return fmt.Errorf("stream %s: %w: its %s is %q, and profile %s has %q", have.Name, ErrForeign,
				strings.TrimPrefix(key, "knockops."), have.Metadata[key], t.profile.Name, want[key])
		}
	}
	return nil
}

// events returns the stream of webhooks and how it is, if it is this profile's.
func (t *Team) events(ctx context.Context) (jetstream.Stream, *jetstream.StreamInfo, error) {
	s, err := t.js.Stream(ctx, t.names.events)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, nil, fmt.Errorf("stream %s: %w", t.names.events, ErrNotMade)
	case err != nil:
		return nil, nil, fmt.Errorf("stream %s: %w", t.names.events, t.explain(err))
	}
	info := s.CachedInfo()
	return s, info, t.owned(info.Config)
}

// explain says of an error what the servers leave to be guessed.
func (t *Team) explain(err error) error {
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("%w: start the server with -js, and allow the account to use it", err)
	case errors.Is(err, context.DeadlineExceeded) && !t.Connected():
		return errors.New("no server of the team is there")
	}
	return err
}

// The states of what Init found or made.
const (
	Created   = "created"
	Changed   = "changed"
	Unchanged = "as it should be"
	Different = "different"
)

// Made is what Init found or made.
type Made struct {
	Name        string       `json:"name"`
	State       string       `json:"state"`
	Differences []Difference `json:"differences,omitempty"`
}

// Init makes what is missing on the servers. What is there and different is changed only when update says so: a shorter
// retention drops events.
func (t *Team) Init(ctx context.Context, update bool) (Made, error) {
	want := t.eventStream()
	_, info, err := t.events(ctx)
	switch {
	case errors.Is(err, ErrNotMade):
		if _, err := t.js.CreateStream(ctx, want); err != nil {
			return Made{}, fmt.Errorf("stream %s cannot be made: %w", want.Name, t.explain(err))
		}
		return Made{Name: want.Name, State: Created}, nil
	case err != nil:
		return Made{}, err
	}
	made := Made{Name: want.Name, State: Unchanged, Differences: differences(info.Config, want)}
	switch {
	case len(made.Differences) == 0:
	case !update:
		made.State = Different
	default:
		if _, err := t.js.UpdateStream(ctx, changed(info.Config, want)); err != nil {
			return made, fmt.Errorf("stream %s cannot be changed: %w", want.Name, t.explain(err))
		}
		made.State = Changed
	}
	return made, nil
}

// changed is a stream with what the profile says of it, and the rest as it was.
func changed(have, want jetstream.StreamConfig) jetstream.StreamConfig {
	have.Subjects, have.Storage, have.Replicas, have.Discard = want.Subjects, want.Storage, want.Replicas, want.Discard
	have.MaxAge, have.MaxBytes, have.Duplicates, have.PersistMode = want.MaxAge, want.MaxBytes, want.Duplicates, want.PersistMode
	return have
}
