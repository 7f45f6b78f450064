package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// Link is the connection as the last exchanges showed it, and their log.
type Link struct {
	log ops.RequestLog

	mu     sync.Mutex
	word   string
	misses int // in a row
	since  time.Time
}

// lostAfter is how many misses in a row make a lost connection: one that the
// next attempt mends is not worth dimming the screen for.
const lostAfter = 3

// Observe notes what an exchange says of the connection.
func (l *Link) Observe(x client.Exchange) {
	l.log.Observe(x)
	if errors.Is(x.Err, context.Canceled) {
		return // a view was closed; that says nothing of the connection
	}
	word, bad := "api ok", false
	switch {
	case x.Status == 0:
		word, bad = "no answer", true
	case x.Status == 401 || x.Status == 403:
		word, bad = "key refused", true
	case x.Status == 429:
		word = "rate limited"
	case x.Status >= 500:
		word, bad = fmt.Sprintf("api answers %d", x.Status), true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.word = word
	switch {
	case !bad:
		l.misses = 0
	case l.misses == 0:
		l.misses, l.since = 1, x.At
	default:
		l.misses++
	}
}
