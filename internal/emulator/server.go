package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// dataLimit is Knock's bound on a trigger's data; bodyLimit leaves room for what
// surrounds it.
const (
	dataLimit = 10 << 20
	bodyLimit = dataLimit + 1<<20
)

// exchange is a request on its way through the emulator.
type exchange struct {
	e      *Emulator
	w      http.ResponseWriter
	req    *http.Request
	route  *route
	began  time.Time
	id     string
	body   []byte
	status int
	fault  *Fault // spoils the answer once the request has had its effect
}

// serve answers a request that goes to the route, or to none.
func (e *Emulator) serve(w http.ResponseWriter, req *http.Request, r *route) {
	x := &exchange{e: e, w: w, req: req, route: r, began: time.Now()}
	defer x.log()
	x.serve()
}

func (x *exchange) serve() {
	e, r := x.e, x.route
	e.mu.Lock()
	x.id = e.ids.ksuid("request", e.ids.next("request"))
	now := e.clock.now()
	e.mu.Unlock()
	h := x.w.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("Date", now.time().Format(http.TimeFormat))
	h.Set("Cache-Control", "max-age=0, private, must-revalidate")
	allowAnyOrigin(h)

	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.req.Body, bodyLimit))
	x.body = body
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		x.fail(fault(http.StatusRequestEntityTooLarge, invalidRequest, "payload_too_large", "The body is larger than 10 MB"))
		return
	}
	if err != nil {
		return // the caller is gone
	}
	if r == nil {
		x.fail(fault(http.StatusNotFound, invalidRequest, "not_found", "There is no endpoint %s %s", x.req.Method, x.req.URL.EscapedPath()))
		return
	}
	if r.access != anyone && !x.survives() {
		return
	}
	if err := e.admit(r, x.req); err != nil {
		x.fail(err)
		return
	}
	if !e.opts.NoRateLimit && !e.limits.allow(r, time.Now()) {
		x.fail(fault(http.StatusTooManyRequests, rateLimited, "rate_limit_exceeded", "Too many requests: this endpoint allows %d a second", perSecond[r.tier]))
		return
	}
	x.answer()
}

// answer runs the handler under the lock and writes what it says.
func (x *exchange) answer() {
	e := x.e
	q := &query{exchange: x}
	var err error
	if q.params, err = readParams(x.req.URL.RawQuery); err != nil {
		x.fail(fault(http.StatusBadRequest, invalidRequest, "invalid_params", "The query cannot be read: %s", err))
		return
	}
	if len(x.body) > 0 {
		if err := q.decode(); err != nil {
			x.fail(err)
			return
		}
	}
	status, raw, bad := e.do(x.route, q)
	if x.fault != nil {
		x.spoil(x.fault)
		return
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
