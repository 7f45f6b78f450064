package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/knockops/knockops/internal/journal"
)

// sweeps are those that a session carries out.
type sweeps struct {
	mu   sync.Mutex
	byID map[int64]*Sweep
	work sync.WaitGroup
}

func (x *sweeps) start(w *Sweep) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.byID == nil {
		x.byID = map[int64]*Sweep{}
	}
	x.byID[w.id] = w
	x.work.Go(w.run)
}

func (x *sweeps) get(id int64) *Sweep {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byID[id]
}

// close cuts off what runs, as a crash would: it can be resumed.
func (x *sweeps) close() {
	x.mu.Lock()
	for _, w := range x.byID {
		w.stop(errClosed)
	}
	x.mu.Unlock()
	x.work.Wait()
}

// RunningSweeps are the sweeps that this session carries out, the latest first.
func (s *Session) RunningSweeps() []*Sweep {
	s.sweeps.mu.Lock()
	defer s.sweeps.mu.Unlock()
	var out []*Sweep
	for _, w := range s.sweeps.byID {
		if !w.ended() {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b *Sweep) int { return int(b.id - a.id) })
	return out
}

// Unsent says which sweeps have cancels to send still, should the session end
// now, and the command that goes on with each; "" when none has.
func (s *Session) Unsent() string {
	var parts []string
	for _, w := range s.RunningSweeps() {
		if w.Progress().Sending() {
			parts = append(parts, fmt.Sprintf("sweep %d stops where it is, and `knockops sweep resume %d` goes on with it", w.id, w.id))
		}
	}
	return strings.Join(parts, "; ")
}

// SweepOf returns a sweep that this session started, running or not.
func (s *Session) SweepOf(id int64) (*Sweep, bool) {
	w := s.sweeps.get(id)
	return w, w != nil
}

// Sweeps returns every sweep of the profile's journal, the latest first.
func (s *Session) Sweeps(ctx context.Context) ([]SweepRecord, error) {
	out, err := ReadSweeps(ctx, s.Journal)
	for i := range out {
		s.present(&out[i])
	}
	return out, err
}

// SweepRecord returns one sweep of the journal.
func (s *Session) SweepRecord(ctx context.Context, id int64) (SweepRecord, error) {
	out, err := ReadSweep(ctx, s.Journal, id)
	if err != nil {
		return out, err
	}
	s.present(&out)
	return out, nil
}

// ReadSweep returns one sweep of a journal that no session has open.
func ReadSweep(ctx context.Context, j *journal.Journal, id int64) (SweepRecord, error) {
	r, err := j.Sweep(ctx, id)
	if err != nil {
		return SweepRecord{}, err
	}
	out, err := sweepRecord(r)
	if err != nil {
		return out, err
	}
	steps, err := j.SweepSteps(ctx, id)
	if err != nil {
		return out, err
	}
	for _, step := range steps {
		one := SweepStep{At: step.At, Text: step.Text}
		if err := json.Unmarshal(step.Progress, &one.Progress); err != nil {
			return out, fmt.Errorf("sweep %d in the journal cannot be read: %w", id, err)
		}
		out.Steps = append(out.Steps, one)
	}
	return out, nil
}

// ReadSweeps returns every sweep of a journal that no session has open, the latest first.
func ReadSweeps(ctx context.Context, j *journal.Journal) ([]SweepRecord, error) {
	found, err := j.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]SweepRecord, len(found))
	for i, r := range found {
		if out[i], err = sweepRecord(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// present brings a record up to what this session knows.
func (s *Session) present(r *SweepRecord) {
	if w := s.sweeps.get(r.ID); w != nil && !w.ended() {
		r.Running, r.Elsewhere, r.Progress = true, nil, w.Progress()
	}
}

func sweepRecord(r journal.Sweep) (SweepRecord, error) {
	out := SweepRecord{ID: r.ID, At: r.At, Who: r.Who, Profile: r.Profile, Environment: r.Environment, StepAt: r.Last.At}
	if r.Hold.Live() {
		out.Elsewhere = &r.Hold
	}
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{{r.Scope, &out.Scope}, {r.Options, &out.Options}, {r.Last.Progress, &out.Progress}} {
		if len(part.text) == 0 {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return out, fmt.Errorf("sweep %d in the journal cannot be read: %w", r.ID, err)
		}
	}
	out.Options.Reason = r.Reason
	return out, nil
}
