package emulator

import (
	"sync"
	"time"
)

// tier is an endpoint's rate limit class; 0 has none.
type tier int

// perSecond is how many requests each tier allows in any second.
var perSecond = map[tier]int{1: 1, 2: 5, 3: 60, 4: 200, 5: 1000}

// limits enforces the tiers: a sliding window of one second for each endpoint,
// in real time. Refused requests do not count.
type limits struct {
	mu      sync.Mutex
	windows map[*route]*window
	refused int
}

// window is a ring of the times of the last requests that were let through.
type window struct {
	times []time.Time
	next  int
}

func (l *limits) allow(r *route, now time.Time) bool {
	n := perSecond[r.tier]
	if n == 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.windows == nil {
		l.windows = map[*route]*window{}
	}
	w := l.windows[r]
	if w == nil {
		w = &window{times: make([]time.Time, n)}
		l.windows[r] = w
	}
	if oldest := w.times[w.next]; !oldest.IsZero() && now.Sub(oldest) < time.Second {
		l.refused++
		return false
	}
	w.times[w.next] = now
	w.next = (w.next + 1) % n
	return true
}

func (l *limits) refusals() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}
