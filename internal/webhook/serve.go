package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 20 * time.Second // a whole request
	writeTimeout   = readTimeout + storeTimeout + 5*time.Second
	idleTimeout    = 2 * time.Minute // between two requests of a connection
	maxHeader      = 16 << 10        // bytes
	shutdownWithin = 5 * time.Second
)

// Serve takes webhooks on a listener until ctx ends, then lets those under way end, and closes the listener. It speaks
// HTTP/1.1 alone, which is what tells the order of a request's headers. It is called once.
func (r *Receiver) Serve(ctx context.Context, l net.Listener) error {
	room := newRoom(l, r.options.MaxConn)
	l = room
	if r.options.TLS != nil {
		config := r.options.TLS.Clone()
		config.NextProtos = []string{"http/1.1"}
		l = tls.NewListener(l, config)
	}
	server := &http.Server{
		Handler:           r.Handler(),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(r.options.Log.Handler(), slog.LevelDebug),
		ConnContext:    withRecorder,
		ConnState:      room.state,
	}
	forwarding, stopForwarding := context.WithCancel(context.WithoutCancel(ctx))
	defer stopForwarding()
	ending := make(chan struct{})
	var forwarders sync.WaitGroup
	for _, f := range r.forwarders {
		forwarders.Go(func() { f.run(forwarding, ending) })
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(recording{l}) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
		defer cancel()
		if server.Shutdown(quick) != nil {
			_ = server.Close()
		}
		err = <-ended
	}
	close(ending)
	waitAtMost(shutdownWithin, &forwarders)
	stopForwarding()
	forwarders.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// waitAtMost waits for a group, but not for long.
func waitAtMost(d time.Duration, group *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}
