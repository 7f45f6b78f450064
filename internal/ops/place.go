package ops

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
)

// Place is where a pending run is, as it was when the run was read.
type Place struct {
	Step  string    // the last that it reached, "" before any
	Wakes time.Time // when it goes on by itself; zero where that is not told
}

// PlaceOf is where a run is, by its events.
func PlaceOf(r client.Run) Place {
	var at client.RunEvent
	for _, e := range r.Events {
		if e.StepRef != "" && !e.InsertedAt.Before(at.InsertedAt) {
			at = e
		}
	}
	p := Place{Step: at.StepRef}
	if until, ok := at.Data["until"].(string); ok && r.Status.Pending() {
		p.Wakes, _ = time.Parse(time.RFC3339, until) // an unreadable one is not told
	}
	return p
}

// places remembers where runs are: lists do not tell it.
type places struct {
	mu  sync.Mutex
	all map[string]seenPlace
}

type seenPlace struct {
	Place
	updatedAt time.Time // of the run when it was read
}

// mostPlacesKept bounds what is remembered.
const mostPlacesKept = 20_000

func (p *places) learn(r client.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) >= mostPlacesKept || p.all == nil {
		p.all = map[string]seenPlace{}
	}
	p.all[r.ID] = seenPlace{PlaceOf(r), r.UpdatedAt}
}

// Place is where a run of a list is; ok is false when it was not read since it last changed.
func (s *Session) Place(r *client.Run) (p Place, ok bool) {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	seen, ok := s.places.all[r.ID]
	return seen.Place, ok && !seen.updatedAt.Before(r.UpdatedAt)
}

// keptReads is how many of the reads of single runs a second are never spent on places: follows and proofs go first.
const keptReads = 3

// FindPlace reads where a run is, if the budget of reads leaves room; read is false when it does not, or when it failed.
func (s *Session) FindPlace(ctx context.Context, r *client.Run) (read bool) {
	if used, perSecond := s.Client.Budget("run"); used+keptReads >= perSecond && perSecond > 0 {
		return false
	}
	whole, err := s.Client.GetRun(client.Once(ctx), r.ID)
	var e *client.Error
	switch {
	case err == nil:
		s.places.learn(whole)
	case errors.As(err, &e) && e.Status == http.StatusNotFound: // it is nowhere, and asking again tells no more
		s.places.learn(client.Run{ID: r.ID, UpdatedAt: r.UpdatedAt})
	default:
		return false
	}
	return true
}
