package client

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// clock compares the local clock with Knock's. A Date header has whole seconds and was written at some moment
// between request and answer, so each answer only bounds the skew; the bounds of all answers narrow it down.
type clock struct {
	mu       sync.Mutex
	seen     bool
	low, top time.Duration // the skew, Knock's clock minus ours, lies between them
}

// observe learns from an answer that was asked for at sent and arrived at got. Answers out of a cache say nothing.
func (c *clock) observe(h http.Header, sent, got time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" {
		return
	}
	low, top := date.Sub(got.Round(0)), date.Add(time.Second).Sub(sent.Round(0))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen && low <= c.top && top >= c.low {
		low, top = max(low, c.low), min(top, c.top)
	} // else this is the first, or a clock was set since: start over
	c.seen, c.low, c.top = true, low, top
}

// skew is the best guess: none as long as none is proven, else the middle of what is possible.
func (c *clock) skew() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.low <= 0 && c.top >= 0 {
		return 0, c.seen
	}
	return (c.low + c.top) / 2, c.seen
}

// ServerNow is the local time corrected by Skew.
func (c *Client) ServerNow() time.Time {
	skew, _ := c.clock.skew()
	return time.Now().Add(skew)
}

// Skew is how far Knock's clock is ahead of ours, 0 as long as none is proven: answers carry whole seconds. It is
// false until an answer was seen.
func (c *Client) Skew() (time.Duration, bool) { return c.clock.skew() }

// SkewBounds is how far Knock's clock is ahead of ours at least and at most, by all answers so far. It is false until
// an answer was seen.
func (c *Client) SkewBounds() (low, top time.Duration, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return c.clock.low, c.clock.top, c.clock.seen
}

// SyncClock makes sure that Knock's clock is known: it sends one small read unless an answer was seen before. Any
// answer will do, also one that refuses; an error says that there was none, or none that carries a time.
func (c *Client) SyncClock(ctx context.Context) error {
	if _, known := c.Skew(); known {
		return nil
	}
	var err error
	if c.ready(public) == nil {
		_, err = c.ListUsers(ctx, Cursor{Size: 1})
	} else {
		_, err = c.WhoAmI(ctx)
	}
	if _, known := c.Skew(); known {
		return nil
	}
	return firstError(err, errNoDate)
}
