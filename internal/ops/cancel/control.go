package cancel

import (
	"context"
	"errors"
	"sync"
)

// ErrPaused is why nothing is sent while the operator holds the work up.
var ErrPaused = errors.New("paused")

// Control holds work up and lets it go on. While it is held up nothing leaves, also nothing that
// waits to be sent again.
type Control struct {
	mu     sync.Mutex
	resume chan struct{} // not nil while held up
	why    error         // nil where the operator did it
}

// Pause holds the work up. why is what the operator can do something about; nil where the operator
// paused it.
func (c *Control) Pause(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resume == nil {
		c.resume = make(chan struct{})
	}
	c.why = why
}

// Resume lets it go on.
func (c *Control) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resume != nil {
		close(c.resume)
		c.resume, c.why = nil, nil
	}
}

// Held reports whether the work is held up, and why where it was not the operator.
func (c *Control) Held() (held bool, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resume != nil, c.why
}

// Err is nil while the work may go on, else why it may not.
func (c *Control) Err() error {
	switch held, why := c.Held(); {
	case !held:
		return nil
	case why != nil:
		return why
	}
	return ErrPaused
}

// Wait waits while the work is held up, or until ctx ends.
func (c *Control) Wait(ctx context.Context) error {
	for {
		c.mu.Lock()
		resume := c.resume
		c.mu.Unlock()
		if resume == nil {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-resume:
		}
	}
}
