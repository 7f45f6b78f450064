package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
)

// NewMessageID is an id for an event, by which what comes of it is found again.
func NewMessageID() string { return uuid.NewString() }

// How long an event is waited for in its source's log, and how often that is read.
const (
	sourceLogWithin = 30 * time.Second
	sourceLogEvery  = time.Second
)

// SentEvent is an event that goes to a source, and what the source's log said of its message id before.
type SentEvent struct {
	client.TrackEvent
	source client.Source
	before *client.SourceLog
}

// Caused is what an event caused: its entry in the log, and the runs that were seen of it.
type Caused struct {
	SourceEvent
	Runs []client.Run `json:"runs,omitempty"`
}

// Sentence says it: "triggered order-shipped: 1 run".
func (c Caused) Sentence() string {
	if len(c.Runs) == 0 {
		return c.Words
	}
	return c.Words + ": " + termtext.Plural(len(c.Runs), "run")
}

// Sending gives an event a message id where it has none, and looks for it in its source's log before it is sent, so that
// a repeat is not taken for what it repeats.
func (s *Session) Sending(ctx context.Context, source client.Source, e client.TrackEvent) (SentEvent, error) {
	e.MessageID = cmp.Or(e.MessageID, NewMessageID())
	sent := SentEvent{TrackEvent: e, source: source}
	events, err := s.logged(ctx, sent)
	if err == nil && len(events) > 0 {
		sent.before = &events[len(events)-1].Log
	}
	return sent, err
}

// SentPrompt is what is asked before an event whose outcome is followed is sent.
func (s *Session) SentPrompt(e SentEvent, ingestionURL string) consent.Prompt {
	p := s.TrackPrompt(e.Event, ingestionURL)
	switch l := (client.SourceLog{Event: e.Event}); {
	case e.before != nil:
		p.Lines = append(p.Lines, "Knock had this message id at "+e.before.InsertedAt.Local().Format(time.DateTime)+": it will do nothing.")
	case nothingDone(e.source, l).Outcome != SourceIdle:
		p.Lines = append(p.Lines, "It will do nothing: "+nothingDone(e.source, l).Words+".")
	}
	return p
}

// logged are the entries of an event in its source's log, among the newest of its name.
func (s *Session) logged(ctx context.Context, e SentEvent) ([]SourceEvent, error) {
	page, err := s.Client.SourceLogs(ctx, e.source.Key, client.SourceLogFilter{Event: e.Event}, client.Cursor{})
	events := SourceEvents(e.source, page.Items)
	return slices.DeleteFunc(events, func(l SourceEvent) bool { return sourceText(l.Log, "messageId") != e.MessageID }), err
}

// Caused waits until a source's log tells of an event that was sent, and until the runs it began are seen.
func (s *Session) Caused(ctx context.Context, e SentEvent) (Caused, error) {
	if e.before != nil {
		return Caused{SourceEvent: SourceEvent{*e.before, duplicateOf(*e.before)}}, nil
	}
	deadline := time.Now().Add(sourceLogWithin)
	for {
		events, err := s.logged(ctx, e)
		switch {
		case err != nil:
			return Caused{}, err
		case len(events) > 0:
			return s.withRuns(ctx, events[0])
		case time.Now().After(deadline):
			return Caused{}, fmt.Errorf("source %s logged no event %s with message id %s within %s: Knock takes an id once, and may have had it before",
				e.source.Key, e.Event, e.MessageID, sourceLogWithin)
		}
		if err := wait.Sleep(ctx, sourceLogEvery); err != nil {
			return Caused{}, err
		}
	}
}

// withRuns waits for the runs that an event began; it does not wait for them to end.
func (s *Session) withRuns(ctx context.Context, e SourceEvent) (Caused, error) {
	caused := Caused{SourceEvent: e}
	for _, t := range e.Triggers {
		f := Followed{Workflow: t.Workflow, WorkflowRunID: t.WorkflowRunID, Recipients: t.Recipients, Since: e.Log.InsertedAt}
		for now, err := range s.Follow(ctx, f) {
			if err != nil {
				return caused, err
			}
			if len(now.Runs) >= expected(t.Recipients) {
				caused.Runs = append(caused.Runs, now.Runs...)
				break
			}
		}
	}
	return caused, nil
}
