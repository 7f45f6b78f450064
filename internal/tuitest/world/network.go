package world

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Network connects a client with a server in memory, so that a synctest bubble
// sees every wait. It can be cut and mended.
type Network struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]bool
}

// NewNetwork makes a network that is up.
func NewNetwork() *Network {
	return &Network{conns: make(chan net.Conn), done: make(chan struct{}), open: map[net.Conn]bool{}}
}

var errUnreachable = &net.OpError{Op: "dial", Net: "tcp", Addr: &net.UnixAddr{Name: "knock", Net: "memory"}, Err: errors.New("connect: network is unreachable")}

// Transport returns a transport whose connections go through the network.
func (n *Network) Transport() *http.Transport {
	return &http.Transport{DialContext: n.dial, DialTLSContext: n.dial}
}

func (n *Network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	if n.cut {
		n.mu.Unlock()
		return nil, errUnreachable
	}
	near, far := net.Pipe()
	n.open[near] = true
	n.mu.Unlock()
	select {
	case n.conns <- far:
		return near, nil
	case <-n.done:
		return nil, errUnreachable
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Cut breaks every connection, and refuses new ones until Mend.
func (n *Network) Cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut = true
	for c := range n.open {
		_ = c.Close()
		delete(n.open, c)
	}
}

// Mend lets connections through again.
func (n *Network) Mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut = false
}

// Accept implements [net.Listener].
func (n *Network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (n *Network) Close() error {
	n.once.Do(func() { close(n.done) })
	return nil
}

// Addr implements [net.Listener].
func (n *Network) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }
