package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Call is one use of an operation of Knock's that the client has no function of its own for, such as a step of a flow.
type Call struct {
	Management bool
	Method     string
	Path       string            // with its {parameters}, from /v1 on
	Parameters map[string]string // of the path, unescaped
	Query      string            // encoded, without the question mark
	Header     http.Header
	Body       json.RawMessage // nil for none
	Tier       int             // of Knock's rate limits; 0 where none is published
}

// Answer is what Knock answered, whatever its status.
type Answer struct {
	Receipt
	Header http.Header
	Body   []byte
	URL    string
}

// Call makes any call, under the same limits, guard and retries as all others. What Knock answered is returned beside
// the error that an answer other than 2xx stands for; see [Error.Answered].
func (c *Client) Call(ctx context.Context, x Call) (Answer, error) {
	made := c.call(x)
	r, err := c.request(made)
	if err != nil {
		return Answer{}, err
	}
	a, err := c.do(ctx, made, nil)
	return Answer{Receipt{a.status, a.requestID, time.Now()}, a.header, a.body, r.URL}, err
}

// Answered says whether the error is nothing but an answer of Knock's with a status other than 2xx.
func (e *Error) Answered() bool { return e.Status != 0 && e.Err == nil }

// CallRequest is the request that Call would send.
func (c *Client) CallRequest(x Call) (Request, error) { return c.request(c.call(x)) }

func (c *Client) call(x Call) call {
	e := &endpoint{name: x.Method + " " + x.Path, api: public, method: x.Method, path: x.Path, perSecond: perSecond(x), repeatable: x.Method == http.MethodGet}
	if x.Management {
		e.api = management
	}
	for _, known := range endpoints {
		if known.method == e.method && known.api == e.api && known.path == e.path {
			e = known
		}
	}
	made := call{endpoint: e, op: x.Method + " " + x.Path, raw: x.Query, header: x.Header}
	for _, segment := range strings.Split(x.Path, "/") {
		if strings.HasPrefix(segment, "{") {
			made.params = append(made.params, x.Parameters[strings.Trim(segment, "{}")])
		}
	}
	if x.Body != nil {
		made.body = x.Body
	}
	made.repeat = e == &triggerWorkflow && x.Header.Get("Idempotency-Key") != ""
	return made
}

func perSecond(x Call) int {
	switch {
	case x.Management:
		return managementPerSecond
	case x.Tier == 1:
		return tier1
	case x.Tier == 3:
		return tier3
	case x.Tier == 4:
		return tier4
	case x.Tier == 5:
		return tier5
	}
	return tier2
}

// otherLimiters are the limiters of endpoints that the client has no function for, made when they are first called.
type otherLimiters struct {
	mu     sync.Mutex
	byName map[string]*limiter
}

func (c *Client) limiterOf(e *endpoint) *limiter {
	if l := c.limiters[e.name]; l != nil {
		return l
	}
	c.others.mu.Lock()
	defer c.others.mu.Unlock()
	l := c.others.byName[e.name]
	if l == nil {
		if c.others.byName == nil {
			c.others.byName = map[string]*limiter{}
		}
		l = newLimiter(e.perSecond)
		c.others.byName[e.name] = l
	}
	return l
}

// HasKey says whether a key is the one that the public API is called with.
func (c *Client) HasKey(key string) bool {
	checked, err := checkKey("API key", Secret(key))
	return err == nil && c.fingerprint != "" && fingerprint(checked) == c.fingerprint
}
