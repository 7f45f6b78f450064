package client

import (
	"net/http"
)

// outbound is the last thing before the network: it refuses what read-only forbids and adds the key, which is kept
// nowhere a request could be printed from.
type outbound struct {
	guard *Guard
	key   func() Secret // a function, so that printing an outbound prints no key
	next  http.RoundTripper
}

// RoundTrip sends a copy of the request with its Authorization, or returns ErrReadOnly and sends nothing.
func (o *outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && o.guard.ReadOnly() {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, ErrReadOnly
	}
	if key := o.key(); key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
	}
	return o.next.RoundTrip(r)
}
