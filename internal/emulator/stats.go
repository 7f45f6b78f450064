package emulator

import (
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Stats counts what the emulator has done.
type Stats struct {
	Requests     int            `json:"requests"`
	RateLimited  int            `json:"rate_limited"`
	Chaos        map[string]int `json:"chaos"`
	Runs         map[string]int `json:"runs"`     // by status
	Messages     map[string]int `json:"messages"` // by delivery status
	SourceEvents int            `json:"source_events"`
	Webhooks     WebhookStats   `json:"webhooks"`
}

// WebhookStats counts outbound webhooks. Retried counts attempts, the others
// webhooks.
type WebhookStats struct {
	Queued    int `json:"queued"`
	Delivered int `json:"delivered"`
	Retried   int `json:"retried"`
	Failed    int `json:"failed"`
	Dropped   int `json:"dropped"`
}

// Stats is a count of everything so far.
func (e *Emulator) Stats() Stats {
	e.enter()
	defer e.mu.Unlock()
	return e.statsNow()
}

// statsNow is Stats for who holds the lock.
func (e *Emulator) statsNow() Stats {
	s := e.stats
	s.Requests = e.journal.count()
	s.RateLimited = e.limits.refusals()
	s.Chaos = e.chaos.counts()
	s.Runs = map[string]int{}
	for st, n := range e.runs.counts {
		s.Runs[status(st).String()] = n
	}
	s.Messages = maps.Clone(e.messages.counts)
	s.Webhooks.Queued = len(e.hooks.queue)
	return s
}

// Request is something that was sent to the emulator.
type Request struct {
	At        time.Time // real time
	Method    string
	Path      string // escaped, as it was sent
	Query     url.Values
	Body      []byte
	Status    int // 0 when the connection was cut without an answer
	RequestID string
}

// Bounds of the journal.
const (
	requestsKept = 2_000
	bodiesKept   = 32 << 20 // bytes
)

// journal keeps the last requests.
type journal struct {
	mu    sync.Mutex
	kept  []Request
	bytes int
	total int
}

func (j *journal) add(r Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.total++
	j.kept = append(j.kept, r)
	j.bytes += len(r.Body)
	for len(j.kept) > requestsKept || j.bytes > bodiesKept {
		j.bytes -= len(j.kept[0].Body)
		j.kept[0] = Request{}
		j.kept = j.kept[1:]
	}
}

func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.total
}

// Requests are the last requests that were received, oldest first: up to 2,000,
// and fewer when their bodies are large. Stats counts all.
func (e *Emulator) Requests() []Request {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	return slices.Clone(e.journal.kept)
}
