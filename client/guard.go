package client

import (
	"sync"
	"time"
)

// clockSlack is how far the wall clock and the monotonic clock may drift apart while armed.
// More than this is a suspended machine or a clock that was set: nobody was watching, so it disarms.
const clockSlack = 5 * time.Second

// Guard is the read-only switch. While read-only, the client's transport refuses every request that is not GET or
// HEAD. Arming lifts that for a limited time. A Guard is safe for concurrent use; a nil Guard allows everything.
type Guard struct {
	readOnly bool

	mu       sync.Mutex
	armedAt  time.Time // with its monotonic reading; zero when not armed
	duration time.Duration
	over     chan struct{} // of this arming, closed when it ends; nil when not armed
	timer    *time.Timer   // closes it when nobody looks
}

// NewGuard makes a guard. One made with readOnly false is never read-only, and arming it does nothing.
func NewGuard(readOnly bool) *Guard { return &Guard{readOnly: readOnly} }

// ReadOnly reports whether mutating requests are refused right now.
func (g *Guard) ReadOnly() bool {
	return g != nil && g.readOnly && g.ArmedUntil().IsZero()
}

// Arm lifts read-only for d from now on; it prolongs or shortens an arming that has not ended. A d of zero or less
// disarms.
func (g *Guard) Arm(d time.Duration) {
	if g == nil || !g.readOnly {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until() // what waits under an arming that is over must not go on under this one
	g.armedAt, g.duration = time.Now(), d
	if g.over == nil {
		g.over = make(chan struct{})
	}
	if g.timer != nil {
		g.timer.Stop()
	}
	if !g.until().IsZero() {
		g.timer = time.AfterFunc(d, func() { g.ArmedUntil() })
	}
}

// disarmed is closed when the present arming ends; nil when there is none, or nothing to arm.
func (g *Guard) disarmed() <-chan struct{} {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until()
	return g.over
}

// Disarm makes the guard read-only at once.
func (g *Guard) Disarm() { g.Arm(0) }

// ArmedUntil is when the arming ends, by the wall clock; zero when the guard is not armed.
func (g *Guard) ArmedUntil() time.Time {
	if g == nil {
		return time.Time{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until()
}

func (g *Guard) until() time.Time {
	if g.armedAt.IsZero() {
		return time.Time{}
	}
	now := time.Now()
	if !stillArmed(g.duration, now.Sub(g.armedAt), now.Round(0).Sub(g.armedAt.Round(0))) {
		g.armedAt = time.Time{} // for good: a clock set back must not arm again
		close(g.over)
		g.over = nil
		return time.Time{}
	}
	return g.armedAt.Round(0).Add(g.duration)
}

// stillArmed judges the time since arming, once by the monotonic clock, which may stand still while the machine
// sleeps, and once by the wall clock, which does not but can be set.
func stillArmed(d, monotonic, wall time.Duration) bool {
	return monotonic < d && wall < d && (wall-monotonic).Abs() <= clockSlack
}
