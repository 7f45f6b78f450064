package sweep

import (
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/cancel"
)

const (
	// freshFor is how old the reading may be that a cancel rests on when it leaves: what it has not
	// seen is too young then for most cancels to hit.
	freshFor = cancel.MinAge - 500*time.Millisecond
	// refreshAfter is how old it may be when the next batch of cancels is made ready.
	refreshAfter = 2 * time.Second
	// overlap makes up for runs that are listed a moment after they began.
	overlap = 2 * time.Second
	// mostRefreshes is how many readings in a row may fail to keep up with what arrives.
	mostRefreshes = 5
)

var (
	errStale = errors.New("what is pending was read too long ago")
	// ErrOutrun is why a sweep is held up that cannot read what arrives fast enough to leave out
	// what is not in scope.
	ErrOutrun = errors.New("runs arrive faster than they can be read, so that nothing tells which of them are out of scope: freeze the workflow, then go on")
)

// survey is what a scope has to know before each cancel that Knock cannot hold to it: which
// recipients have, under which key, pending runs out of scope too. A cancel would end those with the
// others, so such pairs are left alone. Hashes that collide leave one more pair alone.
type survey struct {
	seed maphash.Seed

	mu   sync.Mutex
	out  map[uint64]struct{}
	next map[uint64]struct{} // what a full reading has found so far; nil while there is none
	// upTo is when the last reading began: by Knock's clock, and by both of this machine's, of which
	// one stands still while it sleeps.
	upTo, local, wall time.Time
	oldest            time.Duration // the oldest reading that a cancel rested on
}

func newSurvey() *survey { return &survey{seed: maphash.MakeSeed(), out: map[uint64]struct{}{}} }

// leave notes a pair that has a run out of scope.
func (s *survey) leave(t cancel.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := maphash.Comparable(s.seed, t)
	s.out[h] = struct{}{}
	if s.next != nil {
		s.next[h] = struct{}{}
	}
}

// keep reports whether a target has no pending run out of scope, as far as was read.
func (s *survey) keep(t cancel.Target) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, out := s.out[maphash.Comparable(s.seed, t)]
	return !out
}

// begin starts a full reading, after which only what it found counts.
func (s *survey) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = map[uint64]struct{}{}
}

// end ends a full reading that began at a time; ok is false where it broke off.
func (s *survey) end(upTo, local time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok {
		s.out = s.next
		if s.upTo.Before(upTo) {
			s.set(upTo, local)
		}
	}
	s.next = nil
}

// read notes that what is pending was read up to a time.
func (s *survey) read(upTo, local time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(upTo, local)
}

// set notes when the last reading began; the lock is held.
func (s *survey) set(upTo, local time.Time) {
	s.upTo, s.local, s.wall = upTo, local, local.Round(0)
}

// age is how old the last reading is. A machine that slept counts the time that it missed.
func (s *survey) age() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	return max(now.Sub(s.local), now.Round(0).Sub(s.wall))
}

// fresh is asked as a cancel leaves.
func (s *survey) fresh() error {
	age := s.age()
	if age >= freshFor {
		return errStale
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oldest = max(s.oldest, age)
	return nil
}

// window is the age of the oldest reading that a cancel rested on.
func (s *survey) window() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.oldest
}

// refresh reads what came since the last reading, until that is recent.
func (w *Sweep) refresh() error {
	for range mostRefreshes {
		if w.survey.age() < refreshAfter {
			return nil
		}
		w.survey.mu.Lock()
		since := w.survey.upTo.Add(-overlap)
		w.survey.mu.Unlock()
		upTo, local := w.r.Client.ServerNow(), time.Now()
		f := client.RunFilter{Workflow: w.scope.Workflow, Statuses: client.PendingStatuses, StartingAt: since}
		if err := w.each(f, w.elsewhere); err != nil {
			return err
		}
		w.survey.read(upTo, local)
	}
	if w.survey.age() >= refreshAfter {
		w.hold(ErrOutrun)
		return ErrOutrun
	}
	return nil
}

// elsewhere notes a pending run that is out of scope.
func (w *Sweep) elsewhere(r *client.Run) {
	if r.TriggerSource.CancellationKey != "" && !w.in(r) && r.Status.Pending() {
		w.survey.leave(w.target(r))
	}
}
