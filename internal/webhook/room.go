package webhook

import (
	"net"
	"net/http"
	"sync"
)

// room is a listener that serves a bounded number of connections at a time. Those that are kept open without a request
// make room for new ones, the longest idle first; while all are at work, the next one waits.
type room struct {
	net.Listener
	most int

	mu    sync.Mutex
	open  int
	idle  []*guest   // the longest idle first
	freed *sync.Cond // a connection was closed, or is idle, or all ends
	ended bool
}

// guest is a connection that takes up room until it is closed.
type guest struct {
	net.Conn
	room *room
	left sync.Once
}

func newRoom(l net.Listener, most int) *room {
	r := &room{Listener: l, most: most}
	r.freed = sync.NewCond(&r.mu)
	return r
}

// Accept returns the next connection once there is room for it.
func (r *room) Accept() (net.Conn, error) {
	c, err := r.Listener.Accept()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	for r.open >= r.most && !r.ended {
		if len(r.idle) == 0 {
			r.freed.Wait()
			continue
		}
		first := r.idle[0]
		r.idle = r.idle[1:]
		r.mu.Unlock()
		_ = first.Close()
		r.mu.Lock()
	}
	ended := r.ended
	r.open++
	r.mu.Unlock()
	g := &guest{Conn: c, room: r}
	if ended {
		_ = g.Close()
		return nil, net.ErrClosed
	}
	return g, nil
}

// Close ends the listener, and what waits for room.
func (r *room) Close() error {
	r.mu.Lock()
	r.ended = true
	r.freed.Broadcast()
	r.mu.Unlock()
	return r.Listener.Close()
}

// Close makes room.
func (g *guest) Close() error {
	g.left.Do(func() {
		g.room.mu.Lock()
		defer g.room.mu.Unlock()
		g.room.open--
		g.room.forget(g)
		g.room.freed.Broadcast()
	})
	return g.Conn.Close()
}

// forget takes a connection from those that are idle; the lock is held.
func (r *room) forget(g *guest) {
	for i, other := range r.idle {
		if other == g {
			r.idle = append(r.idle[:i:i], r.idle[i+1:]...)
			return
		}
	}
}

// state is told by the server what its connections do.
func (r *room) state(c net.Conn, s http.ConnState) {
	g := guestOf(c)
	if g == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(g)
	if s == http.StateIdle {
		r.idle = append(r.idle, g)
		r.freed.Broadcast()
	}
}

// guestOf finds the connection under those that wrap it.
func guestOf(c net.Conn) *guest {
	for c != nil {
		switch x := c.(type) {
		case *guest:
			return x
		case *recorder:
			c = x.Conn
		case interface{ NetConn() net.Conn }: // *tls.Conn
			c = x.NetConn()
		default:
			return nil
		}
	}
	return nil
}
