package runner

import (
	"context"
	"slices"
	"sync"
	"time"
)

// DrainFor is how long a session that is closed waits for the answers to what was sent. What has
// none by then is recorded as unknown.
const DrainFor = 5 * time.Second

// Change is something that is being changed at Knock. It belongs to its runner: it goes on when
// whoever started it looks elsewhere, and ends with the session.
type Change[T any] struct {
	done  chan struct{}
	stop  context.CancelFunc
	value T
	err   error
}

// Done is closed once there is a result.
func (c *Change[T]) Done() <-chan struct{} { return c.done }

// Ended reports that there is a result.
func (c *Change[T]) Ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// Result waits for what came of it.
func (c *Change[T]) Result() (T, error) {
	<-c.done
	return c.value, c.err
}

// Wait is [Change.Result] for a caller that may give up: when ctx ends, so does the change, and the
// result says how far it got.
func (c *Change[T]) Wait(ctx context.Context) (T, error) {
	defer context.AfterFunc(ctx, c.stop)()
	return c.Result()
}

// Start carries do out in the background, and counts it as in progress until it returns. what names
// it: "trigger welcome". The context of do ends with the session, or when somebody who waits for it
// gives up.
func Start[T any](r *Runner, what string, do func(ctx context.Context) (T, error)) *Change[T] {
	ctx, stop := context.WithCancel(context.Background())
	c := &Change[T]{done: make(chan struct{}), stop: stop}
	if !r.work.begin(ctx, running{what, stop}) {
		c.err = errClosed
		close(c.done)
		return c
	}
	go func() {
		defer r.work.end(ctx)
		defer close(c.done)
		c.value, c.err = do(ctx)
	}()
	return c
}

// work is what a runner has started and not finished.
type work struct {
	mu      sync.Mutex
	running map[context.Context]running
	closed  bool
	wait    sync.WaitGroup
}

type running struct {
	what string
	stop context.CancelFunc
}

// errClosed refuses what is started when the session is closed.
var errClosed = Refuse("not sent: the session is closed")

// begin enters something in progress, unless the session is closed.
func (w *work) begin(ctx context.Context, x running) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	if w.running == nil {
		w.running = map[context.Context]running{}
	}
	w.running[ctx] = x
	w.wait.Add(1)
	return true
}

func (w *work) end(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running[ctx].stop()
	delete(w.running, ctx)
	w.wait.Done()
}

// Changes names what was started and has no result yet, in the order of their names.
func (r *Runner) Changes() []string {
	r.work.mu.Lock()
	defer r.work.mu.Unlock()
	var all []string
	for _, x := range r.work.running {
		all = append(all, x.what)
	}
	slices.Sort(all)
	return all
}

// Shut lets nothing be started any more, and nothing be repeated. What is on its way ends by itself.
func (r *Runner) Shut() {
	r.work.mu.Lock()
	defer r.work.mu.Unlock()
	r.work.closed = true
}

// open is an error once nothing may be sent any more.
func (w *work) open() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	return nil
}

// Drain shuts the runner and waits until nothing is in progress, for a while at most. Then it stops
// what is left, whose outcome the journal has as unknown where it may have been sent.
func (r *Runner) Drain(within time.Duration) {
	r.Shut()
	drained := make(chan struct{})
	go func() {
		r.work.wait.Wait()
		close(drained)
	}()
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-drained:
		return
	case <-late.C:
	}
	r.work.mu.Lock()
	for _, x := range r.work.running {
		x.stop()
	}
	r.work.mu.Unlock()
	<-drained
}
