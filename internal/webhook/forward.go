package webhook

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/wait"
)

const (
	forwardQueue    = 1000     // webhooks that wait for a target
	forwardBytes    = 64 << 20 // of their bodies
	forwardAttempts = 3
	forwardTimeout  = 10 * time.Second // of one attempt
	forwardPause    = 500 * time.Millisecond
	shownResponse   = 1 << 10 // bytes of a target's answer
)

// Target is where webhooks are sent on, in the order they were stored, with the headers and the body they came with.
type Target struct {
	URL  string
	Type string // a glob such as message.*; "" is every type

	filter func(context.Context, []byte) bool // nil: no filter
}

// ParseTarget reads URL[,type=GLOB][,jq=EXPRESSION]. The expression comes last and may hold commas; it is applied to the
// body, and what it makes neither false nor null of is sent on.
func ParseTarget(s string) (Target, error) {
	rest, expression, filtered := strings.Cut(s, ",jq=")
	raw, glob, _ := strings.Cut(rest, ",type=")
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Target{}, fmt.Errorf("%s is no URL to forward to: write it like http://127.0.0.1:3000/hook", client.ShownURL(raw))
	}
	t := Target{URL: raw, Type: glob}
	if !filtered {
		return t, nil
	}
	if t.filter, err = ParseFilter(expression); err != nil {
		return Target{}, fmt.Errorf("jq=%s: %w", expression, err)
	}
	return t, nil
}

// Name is the target's URL without what may be secret in it.
func (t Target) Name() string { return client.ShownURL(t.URL) }

// wantsType reports whether deliveries of a type may go to the target. Its filter is asked once it is their turn.
func (t Target) wantsType(eventType string) bool { return t.Type == "" || MatchType(t.Type, eventType) }

// Forwarded is what became of one webhook at one target.
type Forwarded struct {
	Target   string // its name
	Type     string
	Attempts int
	Status   int           // of the last answer; 0 when there was none
	Latency  time.Duration // of the last attempt
	Response []byte        // how the last answer began
	Err      error         // nil when the target took it
}

// ForwardStats are the counts of one target.
type ForwardStats struct {
	Target  string
	Sent    int // taken by the target
	Failed  int // given up after all attempts
	Dropped int // not tried, because too many waited or the receiver ended
	Waiting int
}

// forwarder sends on to one target, one webhook after the other.
type forwarder struct {
	target   Target
	receiver *Receiver
	index    int // in the receiver's statistics
	queue    chan *Delivery
	bytes    atomic.Int64 // of the bodies in the queue
	client   *http.Client
}

func newForwarder(t Target, r *Receiver) *forwarder {
	r.stats.Forwards = append(r.stats.Forwards, ForwardStats{Target: t.Name()})
	return &forwarder{
		target: t, receiver: r, index: len(r.stats.Forwards) - 1, queue: make(chan *Delivery, forwardQueue),
		client: NewSender(forwardTimeout),
	}
}

// NewSender makes a client for [Post]. It follows no redirect, which would carry an event to where nobody sent it, and
// takes no proxy to this machine. timeout is of one request.
func NewSender(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{Proxy: client.Proxy, DisableCompression: true, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// forward hands a stored delivery to the targets. It never waits for them.
func (r *Receiver) forward(d *Delivery) {
	for _, f := range r.forwarders {
		if !f.target.wantsType(d.Type) {
			continue
		}
		size := int64(len(d.Body))
		if f.bytes.Add(size) <= forwardBytes {
			select {
			case f.queue <- d:
				continue
			default:
			}
		}
		f.bytes.Add(-size)
		f.count(func(s *ForwardStats) { s.Dropped++ })
	}
}

func (f *forwarder) count(change func(*ForwardStats)) {
	f.receiver.count(func(s *Stats) { change(&s.Forwards[f.index]) })
}

// run sends on until ending is closed, and then what is still queued; once ctx has ended it only counts that.
func (f *forwarder) run(ctx context.Context, ending <-chan struct{}) {
	defer f.client.CloseIdleConnections()
	for {
		select {
		case d := <-f.queue:
			f.handle(ctx, d)
			continue
		case <-ending:
		}
		select {
		case d := <-f.queue:
			f.handle(ctx, d)
		default:
			return
		}
	}
}

func (f *forwarder) handle(ctx context.Context, d *Delivery) {
	defer f.bytes.Add(-int64(len(d.Body)))
	if ctx.Err() != nil {
		f.count(func(s *ForwardStats) { s.Dropped++ })
		return
	}
	if wants := f.target.filter; wants != nil && !wants(ctx, d.Body) {
		return
	}
	result := f.send(ctx, d)
	f.count(func(s *ForwardStats) {
		if result.Err == nil {
			s.Sent++
		} else {
			s.Failed++
		}
	})
	if f.receiver.options.OnForward != nil {
		f.receiver.options.OnForward(result)
	}
}

// send tries a few times. The next webhook waits as long: they arrive in order, or not at all.
func (f *forwarder) send(ctx context.Context, d *Delivery) Forwarded {
	for attempt := 1; ; attempt++ {
		result := Post(ctx, f.client, f.target.URL, d.Header, d.Body)
		result.Target, result.Type, result.Attempts = f.target.Name(), d.Type, attempt
		if result.Err == nil || result.hopeless() || attempt == forwardAttempts || ctx.Err() != nil {
			return result
		}
		_ = wait.Sleep(ctx, forwardPause<<(attempt-1))
	}
}

// hopeless reports that the same would come of it again: a redirect, or a certificate that is not trusted.
func (r Forwarded) hopeless() bool { return r.Status/100 == 3 || client.Mistrusted(r.Err) }

// Post sends a webhook to a URL once, with these headers but for those that belong to one connection. Any answer other
// than 2xx is an error.
func Post(ctx context.Context, c *http.Client, target string, header []Header, body []byte) (result Forwarded) {
	start := time.Now()
	defer func() { result.Latency = time.Since(start) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		result.Err = withoutURL(err)
		return result
	}
	req.Header["User-Agent"] = []string{""} // or net/http adds its own
	hops := hopHeaders(header)
	for _, h := range header {
		switch name := http.CanonicalHeaderKey(h.Name); {
		case hops[name]:
		case name == "User-Agent":
			req.Header[name] = []string{h.Value}
		default:
			req.Header[h.Name] = append(req.Header[h.Name], h.Value)
		}
	}
	res, err := c.Do(req)
	if err != nil {
		result.Err = withoutURL(err)
		return result
	}
	defer res.Body.Close()
	result.Status = res.StatusCode
	result.Response, _ = io.ReadAll(io.LimitReader(res.Body, shownResponse))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		result.Err = fmt.Errorf("it answered %s", cmp.Or(res.Status, fmt.Sprint(res.StatusCode)))
		if res.StatusCode/100 == 3 {
			result.Err = fmt.Errorf("%w: redirects are not followed, name where it leads yourself", result.Err)
		}
	}
	return result
}

// withoutURL takes the URL out of an error: it may hold a password or a token.
func withoutURL(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}

// hopHeaders are those that say something of one connection, or that the next one writes itself.
func hopHeaders(header []Header) map[string]bool {
	hops := map[string]bool{}
	for _, name := range []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Authorization", "Cookie",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect",
	} {
		hops[name] = true
	}
	for _, h := range header {
		if http.CanonicalHeaderKey(h.Name) == "Connection" {
			for name := range strings.SplitSeq(h.Value, ",") {
				hops[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
			}
		}
	}
	return hops
}
