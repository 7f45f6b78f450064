package client

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
)

// Where Knock's APIs live.
const (
	DefaultBaseURL           = "https://api.knock.app"
	DefaultManagementBaseURL = "https://control.knock.app"
)

const (
	defaultTimeout = 30 * time.Second
	// maxAnswer bounds what is read of one answer, in bytes: 50 messages with large data stay well below it.
	maxAnswer = 64 << 20
)

// Options says what a Client talks to and how.
type Options struct {
	BaseURL           string // of the public API, without /v1; default DefaultBaseURL
	ManagementBaseURL string // without /v1; default DefaultManagementBaseURL
	APIKey            Secret // secret key (sk_…) of one environment; without it public calls give ErrNoAPIKey
	ServiceToken      Secret // for the management API; without it management calls give ErrNoServiceToken
	Environment       string // slug of the environment, which management calls name
	Guard             *Guard // nil allows every request
	Timeout           time.Duration
	UserAgent         string            // program and version; default "knockops"
	Transport         http.RoundTripper // what finally sends; nil is a clone of http.DefaultTransport
	Observe           func(Exchange)    // called after every attempt by the goroutine that made the call
}

// Exchange is one attempt at a request and what came of it.
type Exchange struct {
	At        time.Time
	Method    string
	Path      string // escaped, without the query
	Query     string // escaped, "" for none and for what goes to a source
	Host      string
	Status    int // 0 when there was no answer
	Attempt   int // from 1
	Duration  time.Duration
	RequestID string
	Err       error // nil for an answer of 2xx
}

// Client calls Knock for one environment. It is safe for concurrent use.
type Client struct {
	apis        [3]channel // by api
	environment string
	userAgent   string
	timeout     time.Duration
	observe     func(Exchange)
	limiters    map[string]*limiter
	others      otherLimiters
	clock       clock
	transport   http.RoundTripper
	guard       *Guard
	fingerprint string
	closed      chan struct{}
	close       func() // once
}

// channel is the way to one API.
type channel struct {
	base  *url.URL
	http  *resty.Client
	keyed bool
}

// New makes a client and sends nothing. It refuses public keys (ErrPublicKey), plain HTTP to anything but this
// machine while there is a key to send (ErrPlainHTTP), and base URLs that cannot be right.
func New(o Options) (*Client, error) {
	c := &Client{
		environment: o.Environment,
		userAgent:   cmp.Or(o.UserAgent, "knockops"),
		timeout:     o.Timeout,
		observe:     o.Observe,
		limiters:    make(map[string]*limiter, len(endpoints)),
		transport:   o.Transport,
		guard:       o.Guard,
		closed:      make(chan struct{}),
	}
	c.close = sync.OnceFunc(func() { close(c.closed) })
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Proxy = Proxy
		t.MaxIdleConnsPerHost = t.MaxIdleConns // a sweep sends a thousand cancels a second to one host
		c.transport = t
	}
	for _, e := range endpoints {
		c.limiters[e.name] = newLimiter(e.perSecond)
	}
	apiKey, err := checkKey("API key", o.APIKey)
	if err != nil {
		return nil, err
	}
	token, err := checkKey("service token", o.ServiceToken)
	if err != nil {
		return nil, err
	}
	c.fingerprint = fingerprint(apiKey)
	if err := c.connect(public, "base URL", cmp.Or(o.BaseURL, DefaultBaseURL), apiKey); err != nil {
		return nil, err
	}
	if err := c.connect(management, "management base URL", cmp.Or(o.ManagementBaseURL, DefaultManagementBaseURL), token); err != nil {
		return nil, err
	}
	c.apis[ingestion].http = c.resty("")
	return c, nil
}

func (c *Client) connect(a api, field, base string, key Secret) error {
	u, err := parseBaseURL(field, base)
	if err != nil {
		return err
	}
	if key != "" && !confidential(u) {
		return fmt.Errorf("%s %s: %w", field, u.Host, ErrPlainHTTP)
	}
	c.apis[a] = channel{base: u, http: c.resty(key), keyed: key != ""}
	return nil
}

// resty makes the HTTP client for one key. Redirects are answers like any other: nothing of Knock's redirects, and
// following one could carry a key elsewhere or turn a POST into a GET.
func (c *Client) resty(key Secret) *resty.Client {
	r := resty.NewWithClient(&http.Client{
		Transport:     &outbound{admit: c.admit, key: func() Secret { return key }, next: c.transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	return r.SetLogger(silent{}).SetResponseBodyLimit(maxAnswer)
}

// Close ends everything that waits, for the limiter or to be repeated: from now on nothing is sent, and calls give
// ErrClosed. What is on its way already ends by itself. Idle connections are let go of.
func (c *Client) Close() {
	c.close()
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Budget says how many requests to an endpoint left in the last second and how many Knock allows per second. The
// endpoints are named "runs", "run", "trigger", "cancel", "users", "user", "messages" and so on; others have none.
func (c *Client) Budget(endpoint string) (used, perSecond float64) {
	l := c.limiters[endpoint]
	if l == nil {
		return 0, 0
	}
	return float64(l.used()), float64(len(l.left))
}

func checkKey(kind string, key Secret) (Secret, error) {
	key = Secret(strings.TrimSpace(key.Reveal()))
	if strings.HasPrefix(key.Reveal(), "pk_") {
		return "", fmt.Errorf("%s: %w", kind, ErrPublicKey)
	}
	for _, b := range []byte(key.Reveal()) {
		if b <= ' ' || b > '~' {
			return "", invalid(kind, "holds a space, a line break or a character that no key has: copy it again")
		}
	}
	return key, nil
}

func parseBaseURL(field, base string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(base), "/"))
	if err == nil {
		u.Host = strings.ToLower(u.Host)
	}
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid(field, "must be like https://api.knock.app")
	case u.User != nil:
		return nil, invalid(field, "must not hold a user name or password")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, invalid(field, "must not hold a query or a fragment")
	case strings.HasSuffix(u.Path, "/v1") || strings.Contains(u.Path, "/v1/"):
		return nil, invalid(field, "must not hold /v1: it is added to every path, as in Knock's SDKs")
	}
	return u, nil
}

// silent keeps resty from writing to the terminal.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
