// Package wait is for those who wait: for a time, for news, or for a newer value.
package wait

import (
	"context"
	"sync"
	"time"
)

// Sleep waits for d, or until ctx ends, whose error it then gives.
func Sleep(ctx context.Context, d time.Duration) error { return Rest(ctx, d, nil) }

// Rest is Sleep that news end too.
func Rest(ctx context.Context, d time.Duration, news <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-news:
	case <-t.C:
	}
	return nil
}

// News is told to all who wait for it. Its zero value is ready.
type News struct {
	mu   sync.Mutex
	next chan struct{}
}

// Next returns a channel that is closed at the next Tell. Whoever asks for it before looking misses nothing.
func (n *News) Next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

// Tell wakes all who wait.
func (n *News) Tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}

// Latest is a value of which only the newest counts. Its zero value is ready.
type Latest[T any] struct {
	mu      sync.Mutex
	value   T
	version int
	news    News
}

// Now is the value; it answers at once.
func (l *Latest[T]) Now() T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value
}

// Change changes the value and tells who waits.
func (l *Latest[T]) Change(change func(*T)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.value)
	l.version++
	l.news.Tell()
}

// Next waits for a value newer than version, and returns it with its own version.
func (l *Latest[T]) Next(ctx context.Context, version int) (T, int, error) {
	for {
		news := l.news.Next()
		l.mu.Lock()
		value, now := l.value, l.version
		l.mu.Unlock()
		if now > version {
			return value, now, nil
		}
		select {
		case <-ctx.Done():
			return value, version, ctx.Err()
		case <-news:
		}
	}
}

// Nudge wakes one who waits, or who will next. Make it with NewNudge.
type Nudge chan struct{}

// NewNudge makes a nudge that was not given.
func NewNudge() Nudge { return make(Nudge, 1) }

// Give gives it; one that was not noticed yet is enough.
func (n Nudge) Give() {
	select {
	case n <- struct{}{}:
	default:
	}
}
