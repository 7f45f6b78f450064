package ops

import (
	"net/http"
	"sync"

	"github.com/knockops/knockops/client"
)

// logged is how many exchanges a request log keeps.
const logged = 10_000

// RequestLog keeps the last requests of a session and what came of them. It
// holds no header and no body, and so no key.
type RequestLog struct {
	mu    sync.Mutex
	ring  []Logged
	total int
	// limited counts answers of 429.
	limited int
}

// Logged is one exchange with its number, counted from 1.
type Logged struct {
	Number int
	client.Exchange
}

// Observe takes an exchange; it is what a client's Observe wants.
func (l *RequestLog) Observe(x client.Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	if x.Status == http.StatusTooManyRequests {
		l.limited++
	}
	entry := Logged{l.total, x}
	if len(l.ring) < logged {
		l.ring = append(l.ring, entry)
		return
	}
	l.ring[(l.total-1)%logged] = entry
}

// Since returns what came after a number, newest first, and the number of all
// exchanges so far; older ones than the log keeps are missing.
func (l *RequestLog) Since(number int) ([]Logged, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Logged
	for n := l.total; n > max(number, l.total-len(l.ring)); n-- {
		out = append(out, l.ring[(n-1)%logged])
	}
	return out, l.total
}

// Limited counts all answers of 429 so far.
func (l *RequestLog) Limited() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limited
}

// Oldest is the number of the first exchange that is kept.
func (l *RequestLog) Oldest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total - len(l.ring) + 1
}
