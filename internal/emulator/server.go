package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// dataLimit is Knock's bound on a trigger's data; bodyLimit leaves room for what
// surrounds it.
const (
	dataLimit = 10 << 20
	bodyLimit = dataLimit + 1<<20
)

// Handler answers for Knock's public API, its management API, source ingestion
// and the emulator's own controls; their paths do not collide. It is for use
// in an http.Server: cutting connections panics with http.ErrAbortHandler.
func (e *Emulator) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		x := &exchange{e: e, w: w, req: req, began: time.Now()}
		defer x.log()
		x.serve()
	})
}

// exchange is a request on its way through the emulator.
type exchange struct {
	e      *Emulator
	w      http.ResponseWriter
	req    *http.Request
	began  time.Time
	id     string
	body   []byte
	status int
	lost   bool
}

func (x *exchange) serve() {
	e := x.e
	e.mu.Lock()
	x.id = e.ids.ksuid("request", e.ids.next("request"))
	e.mu.Unlock()
	h := x.w.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("Date", e.Now().UTC().Format(http.TimeFormat))
	h.Set("Cache-Control", "max-age=0, private, must-revalidate")

	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.req.Body, bodyLimit))
	x.body = body
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		x.fail(fault(http.StatusRequestEntityTooLarge, invalidRequest, "payload_too_large", "The body is larger than 10 MB"))
		return
	}
	if err != nil {
		return // the caller is gone
	}
	r, params := e.router.find(x.req)
	if r == nil {
		x.fail(fault(http.StatusNotFound, invalidRequest, "not_found", "There is no endpoint %s %s", x.req.Method, x.req.URL.EscapedPath()))
		return
	}
	if r.audience != anyone && !x.survives() {
		return
	}
	if err := e.admit(r, x.req.Header.Get("Authorization")); err != nil {
		x.fail(err)
		return
	}
	if !e.opts.NoRateLimit && !e.limits.allow(r, time.Now()) {
		x.fail(fault(http.StatusTooManyRequests, rateLimited, "rate_limit_exceeded", "Too many requests: this endpoint allows %d a second", perSecond[r.tier]))
		return
	}
	x.answer(r, params)
}

// survives plays latency and chaos. It says whether the request goes on.
func (x *exchange) survives() bool {
	x.sleep(x.e.opts.Latency)
	switch x.e.chaos.next() {
	case tooMany:
		x.fail(fault(http.StatusTooManyRequests, rateLimited, "rate_limit_exceeded", "Too many requests"))
		return false
	case broken:
		x.fail(fault(http.StatusInternalServerError, apiFault, "internal_server_error", "Something went wrong"))
		return false
	case wasReset:
		panic(http.ErrAbortHandler)
	case wasSlow:
		x.sleep(x.e.chaos.slowBy())
	case answerLost:
		x.lost = true
	}
	return x.req.Context().Err() == nil
}

func (x *exchange) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.req.Context().Done():
	}
}

// admit checks the bearer token against what the route wants.
func (e *Emulator) admit(r *route, header string) *apiError {
	if r.audience == anyone {
		return nil
	}
	token, ok := strings.CutPrefix(header, "Bearer ")
	if token = strings.TrimSpace(token); !ok || token == "" {
		return fault(http.StatusUnauthorized, authentication, "api_key_missing", "No valid API key provided: send it as a bearer token")
	}
	kind, listed := "service", e.world.ServiceTokens
	switch {
	case strings.HasPrefix(token, "pk_"):
		kind = "public"
	case strings.HasPrefix(token, "sk_"):
		kind, listed = "secret", e.world.APIKeys
	}
	switch {
	case r.audience == public && kind != "secret":
		return fault(http.StatusForbidden, authentication, "incorrect_token_type", "This endpoint needs a secret API key (sk_…); this is a %s one", kind)
	case r.audience == management && kind != "service":
		return fault(http.StatusForbidden, authentication, "incorrect_token_type", "This endpoint needs a service token; this is a %s API key", kind)
	case slices.Contains(e.world.ExpiredKeys, token):
		return fault(http.StatusUnauthorized, authentication, "api_key_expired", "This API key has expired")
	case len(listed) > 0 && !slices.Contains(listed, token):
		return fault(http.StatusUnauthorized, authentication, "authentication_required", "This key is not valid")
	}
	return nil
}

// answer runs the handler under the lock and writes what it says.
func (x *exchange) answer(r *route, params map[string]string) {
	e := x.e
	q := &query{exchange: x, path: params, values: x.req.URL.Query()}
	if len(x.body) > 0 {
		if err := q.decode(); err != nil {
			x.fail(err)
			return
		}
	}
	status, raw, bad := e.do(r, q)
	if x.lost {
		panic(http.ErrAbortHandler)
	}
	if bad != nil {
		x.fail(bad)
		return
	}
	x.write(status, raw)
}

// do runs the handler and writes its answer down before the world moves on.
func (e *Emulator) do(r *route, q *query) (int, []byte, *apiError) {
	e.enter()
	defer e.mu.Unlock()
	status, out, bad := r.handle(e, q)
	if bad != nil || out == nil {
		return status, nil, bad
	}
	raw, err := json.Marshal(out)
	if err != nil {
		e.log.Error("answer cannot be written", "path", r.path, "error", err)
		return 0, nil, fault(http.StatusInternalServerError, apiFault, "internal_server_error", "The emulator could not write its answer")
	}
	return status, raw, nil
}

func (x *exchange) fail(err *apiError) {
	raw, _ := json.Marshal(err) // strings and numbers alone
	x.write(err.Status, raw)
}

func (x *exchange) write(status int, body []byte) {
	x.status = status
	if body != nil {
		x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // a caller that is gone misses nothing it wanted
}

// log writes the request down, also one whose connection is being cut.
func (x *exchange) log() {
	x.e.journal.add(Request{
		At: x.began, Method: x.req.Method, Path: x.req.URL.EscapedPath(), Query: x.req.URL.Query(),
		Body: x.body, Status: x.status, RequestID: x.id,
	})
	x.e.log.Debug("request", "method", x.req.Method, "path", x.req.URL.EscapedPath(), "status", x.status, "id", x.id, "took", time.Since(x.began))
}
