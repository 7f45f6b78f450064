package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Request is a request exactly as it would be sent, without its Authorization and, of a source event, without all of
// the ingestion URL but its host: whoever knows that can send events.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   json.RawMessage // nil when there is none

	api api
	op  string // what is being done to what, for errors
}

// Curl gives the request as one line for a POSIX shell. The key stays in the environment: the line refers to
// KNOCK_API_KEY or KNOCK_SERVICE_TOKEN, whichever the request needs. So does an ingestion URL, in KNOCK_SOURCE_URL.
func (r Request) Curl() string {
	to := termtext.ShellQuote(r.URL)
	if r.api == ingestion {
		to = `"$KNOCK_SOURCE_URL"`
	}
	words := []string{"curl", "-X", r.Method, to}
	if name := r.api.keyVariable(); name != "" {
		words = append(words, "-H", `"Authorization: Bearer $`+name+`"`)
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.Header[name] {
			words = append(words, "-H", termtext.ShellQuote(name+": "+value))
		}
	}
	if r.Body != nil {
		words = append(words, "--data-raw", termtext.ShellQuote(string(r.Body)))
	}
	return strings.Join(words, " ")
}

// Refuse is the error of a request that is not sent, for a reason of the caller's such as ErrReadOnly.
func (r Request) Refuse(why error) error {
	e := &Error{Op: visible(r.op), Method: r.Method, Err: why, refused: true, api: r.api}
	if u, err := url.Parse(r.URL); err == nil {
		e.Path = u.EscapedPath()
	}
	return e
}

// call is one use of an endpoint, before it has become a request.
type call struct {
	*endpoint
	op     string   // what is being done to what, for errors: "cancel invite-reminder"
	params []string // for the {parameters} of the endpoint's path, unescaped
	query  query
	header http.Header
	body   any    // encoded as JSON; nil for none
	repeat bool   // this very call may be repeated, though calls of its endpoint may not in general
	target string // the whole URL, for an endpoint that has no path of its own
	raw    string // a query that is encoded already, beside query
}

// path is the endpoint's path with its parameters filled in and escaped.
func (x call) path() string {
	segments := strings.Split(x.endpoint.path, "/")
	next := 0
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = escapeSegment(x.params[next])
			next++
		}
	}
	return strings.Join(segments, "/")
}

// escapeSegment makes any text one segment of a path. The names . and .. have a meaning there, so their dots are
// escaped as well.
func escapeSegment(s string) string {
	if s == "." || s == ".." {
		return strings.ReplaceAll(s, ".", "%2E")
	}
	return url.PathEscape(s)
}

// request builds what would be sent.
func (c *Client) request(x call) (Request, error) {
	r := Request{Method: x.method, URL: x.target, Header: http.Header{}, api: x.api, op: x.op}
	if x.target == "" {
		r.URL = c.apis[x.api].base.String() + x.path()
	}
	if q := strings.Trim(x.query.encode()+"&"+x.raw, "&"); q != "" {
		r.URL += "?" + q
	}
	for name, values := range x.header {
		r.Header[name] = values
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.userAgent)
	if x.body != nil {
		body, err := encode(x.body)
		if err != nil {
			return Request{}, err
		}
		r.Body = body
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

// preview gives the request of a call that passed its check.
func (c *Client) preview(x call, invalid error) (Request, error) {
	if invalid != nil {
		return Request{}, invalid
	}
	r, err := c.request(x)
	if u, bad := url.Parse(x.target); bad == nil && x.target != "" {
		r.URL = u.Scheme + "://" + u.Host + x.shownPath()
	}
	return r, err
}

// fetch makes a call that passed its check and gives the decoded answer.
func fetch[T any](ctx context.Context, c *Client, x call, invalid error) (out T, err error) {
	if invalid != nil {
		return out, invalid
	}
	_, err = c.do(ctx, x, &out)
	return out, err
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}
