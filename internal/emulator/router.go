package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// access is who a route answers to.
type access uint8

const (
	public  access = iota // a secret key
	inApp                 // a secret key, or a public one for the user that the path names
	managed               // a service token
	anyone                // ingestion and the emulator's own controls
)

// route is one endpoint. In the path, {name} stands for one segment; it is
// compared before it is unescaped, so an id may hold any character, a slash too.
type route struct {
	method, path string
	access       access
	tier         tier
	handle       handler
}

// handler answers a request under the emulator's lock: with a status and what
// to write as JSON (nil for nothing), or with an error.
type handler func(e *Emulator, q *query) (int, any, *apiError)

// about makes a handler of one that is about what the path names. Where there is
// no such thing, that is the answer.
func about[T any](find func(*Emulator, *query) (T, *apiError), handle func(*Emulator, *query, T) (int, any, *apiError)) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		named, err := find(e, q)
		if err != nil {
			return 0, nil, err
		}
		return handle(e, q, named)
	}
}

// named finds what the path names, by the segment that holds its name.
func named[T any](what, segment string, find func(*Emulator, string) *T) func(*Emulator, *query) (*T, *apiError) {
	return func(e *Emulator, q *query) (*T, *apiError) {
		found := find(e, q.path(segment))
		if found == nil {
			return nil, missing(what, q.path(segment))
		}
		return found, nil
	}
}

// first is the first of all that fits, or nil.
func first[T any](all []*T, fits func(*T) bool) *T {
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

// environmental makes a handler of one that is for the environment that a management call names.
func environmental(handle handler) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		if err := e.inEnvironment(q); err != nil {
			return 0, nil, err
		}
		return handle(e, q)
	}
}

// newMux ties the routes to the server's own router. What fits none of them is
// answered in Knock's form.
func (e *Emulator) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, req *http.Request) { e.serve(w, req, r) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { e.serve(w, req, nil) })
	return mux
}

// Handler answers for Knock's public API, its management API, source ingestion
// and the emulator's own controls; their paths do not collide. It is for use
// in an http.Server: cutting connections panics with http.ErrAbortHandler.
func (e *Emulator) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		sent := req.URL.EscapedPath()
		switch {
		case req.Method == http.MethodOptions:
			preflight(w, req)
		case strings.Contains(sent, "//"): // the router would redirect it
			e.serve(w, req, nil)
		default:
			e.mux.ServeHTTP(w, withoutDots(req, sent))
		}
	})
}

// withoutDots escapes the segments . and .., which are ids here and steps along
// the path to the server's router.
func withoutDots(req *http.Request, sent string) *http.Request {
	segments := strings.Split(sent, "/")
	found := false
	for i, s := range segments {
		if s == "." || s == ".." {
			segments[i], found = strings.ReplaceAll(s, ".", "%2E"), true
		}
	}
	if !found {
		return req
	}
	escaped := *req
	u := *req.URL
	u.RawPath = strings.Join(segments, "/")
	escaped.URL = &u
	return &escaped
}

// allowAnyOrigin lets a page of any origin read the answer, as Knock does for
// the components that run in browsers.
func allowAnyOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "X-Request-Id")
}

// preflight answers what a browser asks before it sends a request with a key.
func preflight(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	allowAnyOrigin(h)
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Max-Age", "1728000")
	h.Set("Access-Control-Allow-Headers", "*")
	if asked := req.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked) // * does not stand for Authorization
	}
	w.WriteHeader(http.StatusNoContent)
}
