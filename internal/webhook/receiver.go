package webhook

import (
	"context"
	"crypto/tls"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/knockops/knockops/internal/wait"
)

// The defaults of [Options].
const (
	DefaultPath    = "/webhooks/knock"
	DefaultMaxBody = 12 << 20 // Knock takes 10 MB of data, and sends it with what is around it
	DefaultMaxConn = 256
)

// HealthPath answers GET with 200 while the receiver stores what it gets, and with 503 while it cannot.
const HealthPath = "/healthz"

// Store keeps deliveries. Of those it gets here nothing is read yet that the event's data tells of. They are safe when AddDeliveries returns without an error, all of them or none. fresh says
// which were not there before; the others are repeats, and counted. With an error it says which were kept all the same:
// Knock sends them again, and they are then no longer fresh. It is never called twice at a time.
type Store interface {
	AddDeliveries(ctx context.Context, ds []Delivery) (fresh []bool, err error)
}

// Options are what a receiver works with.
type Options struct {
	Store     Store
	Secrets   []string      // signing secrets, several while one is replaced; none: everything is taken, as unverified
	Path      string        // where webhooks are taken; "" is [DefaultPath]
	Tolerance time.Duration // of a signature's time; 0 is [DefaultTolerance]
	MaxBody   int64         // bytes; 0 is [DefaultMaxBody]
	MaxConn   int           // connections at a time; 0 is [DefaultMaxConn]. Others wait
	TLS       *tls.Config   // nil: plain HTTP
	Forward   []Target      // where stored webhooks are sent on
	OnForward func(Forwarded)
	Log       *slog.Logger // why something was refused; nil: nowhere
}

// Receiver takes webhooks.
type Receiver struct {
	options    Options
	queue      queue
	forwarders []*forwarder
	bulky      chan struct{} // a place for each large body that is read at the same time
	ailing     atomic.Bool   // the last batch could not be stored
	received   atomic.Int64

	mu    sync.Mutex
	stats Stats
	rate  rate
	news  wait.News
}

// NewReceiver makes a receiver.
func NewReceiver(o Options) *Receiver {
	if o.Path == "" {
		o.Path = DefaultPath
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxConn == 0 {
		o.MaxConn = DefaultMaxConn
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Secrets = slices.Clone(o.Secrets)
	r := &Receiver{options: o, bulky: make(chan struct{}, maxLargeBodies)}
	r.queue.flush = r.store
	for _, t := range o.Forward {
		r.forwarders = append(r.forwarders, newForwarder(t, r))
	}
	return r
}

// Changed returns a channel that is closed at the next webhook, taken or refused.
func (r *Receiver) Changed() <-chan struct{} { return r.news.Next() }

// Stats returns what happened so far.
func (r *Receiver) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats.clone(r.rate.lastMinute(time.Now()))
	s.Received = int(r.received.Load())
	for i, f := range r.forwarders {
		s.Forwards[i].Waiting = len(f.queue)
	}
	return s
}

// count changes the statistics and tells those who wait for it.
func (r *Receiver) count(change func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.stats)
	r.news.Tell()
}
