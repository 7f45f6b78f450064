package emulator

import (
	"net/http"
	"net/url"
	"strings"
)

// audience is who a route answers to.
type audience uint8

const (
	public     audience = iota // a secret key
	management                 // a service token
	anyone                     // ingestion and the emulator's own controls
)

// route is one endpoint. In the path, {name} stands for one segment.
type route struct {
	method, path string
	audience     audience
	tier         tier
	handle       handler
	segments     []string
}

// handler answers a request under the emulator's lock: with a status and what
// to write as JSON (nil for nothing), or with an error.
type handler func(e *Emulator, q *query) (int, any, *apiError)

// router finds routes by method and number of segments. Segments are compared
// before they are unescaped, so an id may hold any character, a slash too.
type router struct{ routes map[string]map[int][]*route }

func newRouter(routes []*route) *router {
	rt := &router{map[string]map[int][]*route{}}
	for _, r := range routes {
		r.segments = strings.Split(r.path, "/")
		if rt.routes[r.method] == nil {
			rt.routes[r.method] = map[int][]*route{}
		}
		n := len(r.segments)
		rt.routes[r.method][n] = append(rt.routes[r.method][n], r)
	}
	return rt
}

// find gives the route of a request and the values in its path. Routes without
// a placeholder where others have one must come first.
func (rt *router) find(req *http.Request) (*route, map[string]string) {
	segments := strings.Split(req.URL.EscapedPath(), "/")
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, r := range rt.routes[method][len(segments)] {
		if values, ok := r.match(segments); ok {
			return r, values
		}
	}
	return nil, nil
}

func (r *route) match(segments []string) (map[string]string, bool) {
	var values map[string]string
	for i, want := range r.segments {
		if !strings.HasPrefix(want, "{") {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		if values == nil {
			values = map[string]string{}
		}
		values[want[1:len(want)-1]] = value
	}
	return values, true
}
