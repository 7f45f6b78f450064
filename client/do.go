package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/knockops/knockops/internal/wait"
)

// maxAttempts bounds how often one call is sent. A read that meets nothing but 429 is sent more often: the limits are
// shared by all that read in an environment, and there is room again soon.
const (
	maxAttempts     = 5
	maxLimitedReads = 8
)

// answer is what is kept of an HTTP response.
type answer struct {
	status    int
	header    http.Header
	body      []byte
	requestID string
}

// do makes a call: it waits for the limiter, sends, retries what may be retried, and decodes the answer into out
// (nil when nothing is expected). Errors are *Error, except for input that cannot be encoded.
func (c *Client) do(ctx context.Context, x call, out any) (answer, error) {
	r, err := c.request(x)
	if err != nil {
		return answer{}, err
	}
	fail := &Error{Op: visible(x.op), Method: x.method, Path: x.shownPath(), api: x.api}
	if x.target != "" {
		fail.scrub = x.scrubbed
	}
	if err := c.ready(x.api); err != nil {
		fail.Err = err
		return answer{}, fail
	}
	if x.method != http.MethodGet && c.guard.ReadOnly() {
		fail.Err = ErrReadOnly // also when it is armed until this one's turn comes
		return answer{}, fail
	}
	waiting, stop := c.waiting(ctx, x.method)
	defer stop()
	limiter := c.limiterOf(x.endpoint)
	for attempt := 1; ; attempt++ {
		turn, err := limiter.wait(waiting)
		if err != nil {
			return answer{}, fail.interrupted(ended(waiting))
		}
		a, err := c.send(limiter.traced(ctx, turn), x, r, attempt)
		limiter.end(turn)
		note(ctx, a)
		if wasUnsent(err) {
			return a, fail.interrupted(err)
		}
		fail.learn(a, err)
		if fail.Uncertain {
			fail.IdempotencyKey = x.header.Get("Idempotency-Key")
		}
		if err == nil && a.status/100 == 2 {
			if err := read(a, out); err != nil {
				fail.Err = err
				return a, fail
			}
			return a, nil
		}
		delay, hopeful := backoff(a, err, attempt)
		if a.status == http.StatusTooManyRequests {
			limiter.pause(delay)
		}
		if ctx.Err() != nil {
			return a, fail.interrupted(ctx.Err())
		}
		if !hopeful || attempt >= x.attempts(a) || !x.repeatable && !x.repeat || once(ctx) {
			return a, fail
		}
		if !fits(ctx, delay) {
			fail.late = true
			return a, fail
		}
		if wait.Sleep(waiting, delay) != nil {
			return a, fail.interrupted(ended(waiting))
		}
	}
}

// attempts is how often the call may be sent, after this answer.
func (x call) attempts(a answer) int {
	if x.method == http.MethodGet && a.status == http.StatusTooManyRequests {
		return maxLimitedReads
	}
	return maxAttempts
}

// ready reports what is missing before an API can be called at all.
func (c *Client) ready(a api) error {
	switch {
	case a == public && !c.apis[a].keyed:
		return ErrNoAPIKey
	case a == management && !c.apis[a].keyed:
		return ErrNoServiceToken
	}
	return nil
}

// send makes one attempt.
func (c *Client) send(ctx context.Context, x call, r Request, attempt int) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req := c.apis[x.api].http.R().SetContext(ctx).SetHeaderMultiValues(r.Header)
	if r.Body != nil {
		req.SetBody([]byte(r.Body))
	}
	at := time.Now()
	res, err := req.Execute(r.Method, r.URL)
	a := receive(res)
	a.requestID = x.scrubbed(a.requestID)
	took := time.Since(at)
	if err = x.scrubbedError(cause(err)); err == nil && x.api != ingestion {
		c.clock.observe(a.header, at, at.Add(took))
	}
	if c.observe != nil && !wasUnsent(err) {
		ex := Exchange{At: at, Method: r.Method, Path: x.shownPath(), Status: a.status, Attempt: attempt, Duration: took, RequestID: a.requestID, Err: err}
		if u, parseErr := url.Parse(r.URL); parseErr == nil {
			ex.Host = u.Host
			if x.target == "" {
				ex.Query = u.RawQuery
			}
		}
		if err == nil && a.status/100 != 2 {
			ex.Err = errors.New(statusText(a.status))
		}
		c.observe(ex)
	}
	return a, err
}

// receive takes what arrived; of an answer that broke off, that is its head.
func receive(res *resty.Response) answer {
	if res == nil || res.RawResponse == nil {
		return answer{}
	}
	return answer{
		status:    res.StatusCode(),
		header:    res.Header(),
		body:      res.Body(),
		requestID: visible(res.Header().Get("X-Request-Id")),
	}
}

// cause takes an error out of its wrapping, which repeats method and URL.
func cause(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// read decodes an answer of 2xx. A page of HTML is never one of Knock's answers, whatever its status.
func read(a answer, out any) error {
	if firstByte(a.body) == '<' {
		return unreadable("it is an HTML page")
	}
	if out == nil {
		return nil
	}
	if len(a.body) == 0 {
		return unreadable("it is empty")
	}
	if err := decode(a.body, out); err != nil {
		return unreadable(jsonReason(err))
	}
	return nil
}

// shownPath is the path as errors and logs may hold it. Whoever knows an ingestion URL can send events to it.
func (x call) shownPath() string {
	if x.target != "" {
		return "/…"
	}
	return x.path()
}

func fits(ctx context.Context, delay time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(delay).Before(deadline)
}
