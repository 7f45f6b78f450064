package client

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/knockops/knockops/internal/wait"
)

// window is the span in which a limiter lets at most its number of requests go. The 40 ms above one second are for
// the network: requests that left in step may arrive out of step by that much and still hold Knock's limit. They
// cost 3.8 % of the tier.
const window = 1040 * time.Millisecond

// late is how long a request may take at most from its turn until it is written to a connection, for the limiter's
// reckoning: one that hangs in a dial must not hold up all that come after it.
const late = 250 * time.Millisecond

// limiter lets perSecond requests go in any window, at once while there is room and in order of asking after that.
// It remembers when each of them left, because a bucket that refills steadily (x/time/rate) either allows twice the
// number in its first second or makes an operator's first five clicks wait for each other.
type limiter struct {
	turn chan struct{} // holds one token; whoever has it is next to go

	mu     sync.Mutex
	left   []*departure // a ring of the last perSecond ones
	next   int          // the oldest of them
	paused time.Time    // nobody goes before this: Knock asked to wait
}

// departure is a request that had its turn. What counts is when it was written to a connection: the first requests of
// a burst wait for theirs to be made, and would else arrive together with those of the next second.
type departure struct {
	turn, written time.Time
	ended         bool // written or not, there is nothing more to come
}

// at is when a request left, as far as that is known.
func (d *departure) at(now time.Time) time.Time {
	switch {
	case !d.written.IsZero():
		return d.written
	case d.ended || now.Before(d.turn):
		return d.turn
	case now.Sub(d.turn) > late:
		return d.turn.Add(late)
	}
	return now
}

func newLimiter(perSecond int) *limiter {
	l := &limiter{turn: make(chan struct{}, 1), left: make([]*departure, perSecond)}
	l.turn <- struct{}{}
	return l
}

// wait returns when a request may go, and counts it. It gives up at once, with ctx's error and nothing counted, when
// ctx ends. The request is to be sent with the departure's context, and ended afterwards.
func (l *limiter) wait(ctx context.Context) (*departure, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.turn:
	}
	defer func() { l.turn <- struct{}{} }()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, ready := l.depart()
		if d != nil {
			return d, nil
		}
		if err := wait.Sleep(ctx, ready); err != nil {
			return nil, err
		}
	}
}

// traced is a context that notes when a request is written to a connection.
func (l *limiter) traced(ctx context.Context, d *departure) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
		l.mu.Lock()
		defer l.mu.Unlock()
		d.written = time.Now()
	}})
}

// end says that a request was answered, or failed.
func (l *limiter) end(d *departure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d.ended = true
}

// depart counts a request that goes now, or says how long there is no room for it.
func (l *limiter) depart() (*departure, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	ready := l.paused.Sub(now)
	if oldest := l.left[l.next]; oldest != nil {
		ready = max(ready, oldest.at(now).Add(window).Sub(now))
	}
	if ready > 0 {
		return nil, ready
	}
	d := &departure{turn: now}
	l.left[l.next] = d
	l.next = (l.next + 1) % len(l.left)
	return d, 0
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
	now, n := time.Now(), 0
	for _, d := range l.left {
		if d != nil && now.Sub(d.at(now)) < time.Second {
			n++
		}
	}
	return n
}
