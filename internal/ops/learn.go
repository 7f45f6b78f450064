package ops

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/knockops/knockops/client"
)

// silent remembers which of the runs that were read whole sent nothing: lists tell no run's events.
type silent struct {
	mu   sync.Mutex
	runs map[string]bool
}

// mostSilent bounds what is remembered.
const mostSilent = 20_000

// Learn takes in a run that was read with its events, and with the messages that are known of it.
func (s *Session) Learn(r client.Run, messages []client.Message) {
	s.places.learn(r)
	if _, nothing := SentNothing(r, messages); !nothing {
		return
	}
	s.silent.mu.Lock()
	defer s.silent.mu.Unlock()
	if len(s.silent.runs) >= mostSilent || s.silent.runs == nil {
		s.silent.runs = map[string]bool{}
	}
	s.silent.runs[r.ID] = true
}

// Silent reports that a run is known to have completed and sent nothing.
func (s *Session) Silent(runID string) bool {
	s.silent.mu.Lock()
	defer s.silent.mu.Unlock()
	return s.silent.runs[runID]
}

// MessageData is the data that messages of a run were made from, as JSON in one line; "" where none has any.
func MessageData(messages []client.Message) string {
	for _, m := range messages {
		if b, err := json.Marshal(m.Data); err == nil && len(m.Data) > 0 {
			return string(b)
		}
	}
	return ""
}

// TriggerData is the data that a run was triggered with, as JSON in one line: its messages tell it, and
// the journal when it was triggered from this machine; "" where neither does.
func (s *Session) TriggerData(ctx context.Context, r client.Run, messages []client.Message) string {
	if data := MessageData(messages); data != "" {
		return data
	}
	a, ok, err := s.Journal.TriggerOf(ctx, r.WorkflowRunID)
	var sent struct {
		Data json.RawMessage `json:"data"`
	}
	if err != nil || !ok || json.Unmarshal(a.Request, &sent) != nil || string(sent.Data) == "null" {
		return ""
	}
	return string(sent.Data)
}
