package webhook

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// net/http keeps no order of headers. So each connection remembers the bytes of the request that is being read, and
// the header's lines are taken from there, when they say the same as net/http.

// recording is a listener whose connections remember what was read.
type recording struct{ net.Listener }

func (l recording) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &recorder{Conn: c}, nil
}

// recorder remembers the first bytes that were read since it was last emptied, up to the size of a header.
type recorder struct {
	net.Conn
	mu   sync.Mutex
	read []byte
}

func (c *recorder) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, p[:min(n, maxHeader-len(c.read))]...)
	return n, err
}

// lines returns the header's lines of the request that is being read.
func (c *recorder) lines() []Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	head, _, whole := bytes.Cut(c.read, []byte("\r\n\r\n"))
	_, head, some := bytes.Cut(head, []byte("\r\n")) // the request line
	if !whole || !some {
		return nil
	}
	out := make([]Header, 0, 16)
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		out = append(out, Header{name, strings.Trim(value, " \t")})
	}
	return out
}

// forget makes room for the next request of the connection. It is called before this one is answered, and so before
// the next one is sent.
func (c *recorder) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = c.read[:0]
}

type recorderKey struct{}

func withRecorder(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, recorderKey{}, c)
}

// recorderOf returns the recorder of a request's connection; ok is false behind a server of another's making.
func recorderOf(req *http.Request) (c *recorder, ok bool) {
	c, ok = req.Context().Value(recorderKey{}).(*recorder)
	return c, ok
}

// headerOf returns a request's headers in their order where it is known, and by name where it is not.
func headerOf(req *http.Request) []Header {
	if c, ok := recorderOf(req); ok {
		if lines := c.lines(); agrees(lines, req.Header) {
			return lines
		}
	}
	header := []Header{{Name: "Host", Value: req.Host}}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		for _, value := range req.Header[name] {
			header = append(header, Header{name, private(name, value)})
		}
	}
	return header
}

// agrees checks lines against what net/http read, which sets Host and Transfer-Encoding apart. It takes out what is
// private.
func agrees(lines []Header, read http.Header) bool {
	left := 0
	for _, values := range read {
		left += len(values)
	}
	for i, h := range lines {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "Host" || name == "Transfer-Encoding" {
			continue
		}
		if !slices.Contains(read[name], h.Value) {
			return false
		}
		lines[i].Value = private(name, h.Value)
		left--
	}
	return left == 0
}

// private keeps back what opens doors: a tunnel or a proxy may add credentials of its own.
func private(name, value string) string {
	switch name {
	case "Authorization", "Proxy-Authorization", "Cookie":
		return "[redacted]"
	}
	return value
}
