package ops

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/knockops/knockops/client"
)

// RequestsKept is how many exchanges a request log keeps.
const RequestsKept = 10_000

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

// Target is the path with what was asked for, in words: "/v1/messages?status[]=sent".
func (x Logged) Target() string {
	query, err := url.QueryUnescape(x.Query)
	if err != nil {
		query = x.Query
	}
	return strings.TrimSuffix(x.Path+"?"+query, "?")
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
	if len(l.ring) < RequestsKept {
		l.ring = append(l.ring, entry)
		return
	}
	l.ring[(l.total-1)%RequestsKept] = entry
}

// Since returns what came after a number, newest first, and the number of all
// exchanges so far; older ones than the log keeps are missing.
func (l *RequestLog) Since(number int) ([]Logged, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Logged
	for n := l.total; n > max(number, l.total-len(l.ring)); n-- {
		out = append(out, l.ring[(n-1)%RequestsKept])
	}
	return out, l.total
}

// Limited counts all answers of 429 so far.
func (l *RequestLog) Limited() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limited
}

// Get returns one exchange; ok is false for one that is not kept.
func (l *RequestLog) Get(number int) (x Logged, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number < 1 || number > l.total || number <= l.total-len(l.ring) {
		return Logged{}, false
	}
	return l.ring[(number-1)%RequestsKept], true
}

// Oldest is the number of the first exchange that is kept.
func (l *RequestLog) Oldest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total - len(l.ring) + 1
}
