package webhook

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const secret = "whsec_test"

// memory is a store that can be held up, or fail.
type memory struct {
	mu   sync.Mutex
	kept []Delivery
	seen map[[32]byte]bool
	err  error
	hold chan struct{} // nil: not held up
}

func (m *memory) AddDeliveries(_ context.Context, ds []Delivery) ([]bool, error) {
	if m.hold != nil {
		<-m.hold
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
	fresh := make([]bool, len(ds))
	for i, d := range ds {
		if fresh[i] = !m.seen[d.Hash]; fresh[i] {
			if m.seen == nil {
				m.seen = map[[32]byte]bool{}
			}
			m.seen[d.Hash] = true
			m.kept = append(m.kept, d)
		}
	}
	return fresh, nil
}

func (m *memory) all() []Delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.kept)
}

// pipes is a listener without a network: time stands still in a bubble while its connections wait.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.conns <- far
	return near
}

// bed is a receiver that serves in a bubble.
type bed struct {
	*testing.T
	*Receiver
	listener *pipes
	stop     func() error
}

func inBubble(t *testing.T, o Options, do func(b *bed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bed{T: t, Receiver: NewReceiver(o), listener: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Serve(ctx, b.listener) }()
		b.stop = sync.OnceValue(func() error {
			stop()
			return <-ended
		})
		do(b)
		if err := b.stop(); err != nil {
			t.Error(err)
		}
	})
}

// send writes bytes on a connection of its own and returns the answer's status and body.
func (b *bed) send(raw string) (int, string) {
	c := b.listener.dial()
	defer c.Close()
	return exchange(b.T, c, bufio.NewReader(c), raw)
}

func exchange(t *testing.T, c net.Conn, answers *bufio.Reader, raw string) (int, string) {
	t.Helper()
	go func() { _, _ = io.WriteString(c, raw) }() // the receiver may answer before it has read all
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// post is a webhook as Knock sends it; more are header lines.
func post(body string, more ...string) string {
	lines := append([]string{
		"POST " + DefaultPath + " HTTP/1.1", "Host: 127.0.0.1:4040", "content-type: application/json", fmt.Sprintf("content-length: %d", len(body)),
	}, more...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

func signed(body string) string {
	return HeaderSignature + ": " + Sign(secret, time.Now(), []byte(body))
}

const event = `{"type":"message.sent","data":{"id":"m1"}}`

type storeFunc func(context.Context, []Delivery) ([]bool, error)

func (f storeFunc) AddDeliveries(ctx context.Context, ds []Delivery) ([]bool, error) {
	return f(ctx, ds)
}

func textLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
