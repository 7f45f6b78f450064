package client

import (
	"io"
	"net/http"
)

// outbound is the last thing before the network: it refuses what may not be sent now and adds the key, which is kept
// nowhere a request could be printed from.
type outbound struct {
	admit func(*http.Request) error
	key   func() Secret // a function, so that printing an outbound prints no key
	next  http.RoundTripper
}

// RoundTrip sends a copy of the request with its Authorization, or returns why it may not be sent and sends nothing.
func (o *outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := o.admit(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	if key := o.key(); key != "" {
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
	}
	if r.Body != nil && r.Body != http.NoBody {
		o.gate(r)
	}
	return o.next.RoundTrip(r)
}

// gate has the request admitted once more when its body is read. The transport does that when it has a connection,
// which may take as long as a request lasts, and before anything is written: of what is refused then, HTTP/1 sends
// nothing, and HTTP/2 takes back a request that never was complete.
func (o *outbound) gate(r *http.Request) {
	gated := func(body io.ReadCloser) io.ReadCloser {
		return &gatedBody{ReadCloser: body, admit: func() error { return o.admit(r) }}
	}
	r.Body = gated(r.Body)
	if again := r.GetBody; again != nil {
		r.GetBody = func() (io.ReadCloser, error) {
			body, err := again()
			return gated(body), err
		}
	}
}

type gatedBody struct {
	io.ReadCloser
	admit func() error
	begun bool
}

func (b *gatedBody) Read(p []byte) (int, error) {
	if !b.begun {
		if err := b.admit(); err != nil {
			return 0, err
		}
		b.begun = true
	}
	return b.ReadCloser.Read(p)
}
