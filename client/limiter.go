package client

import (
	"context"
	"sync"
	"time"
)

// window is the span in which a limiter lets at most its number of requests go. The 40 ms above one second are for
// the network: requests that left in step may arrive out of step by that much and still hold Knock's limit. They
// cost 3.8 % of the tier.
const window = 1040 * time.Millisecond

// limiter lets perSecond requests go in any window, at once while there is room and in order of asking after that.
// It remembers when each of them left, because a bucket that refills steadily (x/time/rate) either allows twice the
// number in its first second or makes an operator's first five clicks wait for each other.
type limiter struct {
	turn chan struct{} // holds one token; whoever has it is next to go

	mu     sync.Mutex
	left   []time.Time // a ring of the last perSecond departures
	next   int         // the oldest of them
	paused time.Time   // nobody goes before this: Knock asked to wait
}

func newLimiter(perSecond int) *limiter {
	l := &limiter{turn: make(chan struct{}, 1), left: make([]time.Time, perSecond)}
	l.turn <- struct{}{}
	return l
}

// wait returns when a request may go, and counts it. It gives up at once, with ctx's error and nothing counted, when ctx ends.
func (l *limiter) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.turn:
	}
	defer func() { l.turn <- struct{}{} }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		ready := l.depart()
		if ready <= 0 {
			return nil
		}
		if err := sleep(ctx, ready); err != nil {
			return err
		}
	}
}

// depart counts a request that goes now, or says how long there is no room for it.
func (l *limiter) depart() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	ready := l.paused.Sub(now)
	if oldest := l.left[l.next]; !oldest.IsZero() {
		ready = max(ready, oldest.Add(window).Sub(now))
	}
	if ready > 0 {
		return ready
	}
	l.left[l.next] = now
	l.next = (l.next + 1) % len(l.left)
	return 0
}

// pause keeps everybody waiting for at least d from now.
func (l *limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(l.paused) {
		l.paused = until
	}
}

// used counts the requests of the last second.
func (l *limiter) used() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	since, n := time.Now().Add(-time.Second), 0
	for _, at := range l.left {
		if at.After(since) {
			n++
		}
	}
	return n
}

// sleep waits for d, or until ctx ends, whose error it then gives.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
