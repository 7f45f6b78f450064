package runner

import (
	"context"
	"time"
)

// Sleep waits, or ends with ctx.
func Sleep(ctx context.Context, d time.Duration) error { return Rest(ctx, d, nil) }

// Rest is Sleep that a message to wake ends too.
func Rest(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wake:
		return nil
	case <-t.C:
		return nil
	}
}
