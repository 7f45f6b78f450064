package ops

import (
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
