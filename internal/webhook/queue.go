package webhook

import (
	"sync"
	"time"
)

// maxBatch bounds what is stored in one go, so that the first of a batch does not wait long for the last.
const maxBatch = 256

// When many come, a batch waits this often for as many as usual: a disk asks as much for a handful as for dozens.
const (
	gatherStep  = 200 * time.Microsecond
	gatherSteps = 8
)

// waiting is a delivery on its way to the disk.
type waiting struct {
	delivery *Delivery
	fresh    bool
	err      error
	done     chan struct{} // closed when fresh and err are known
}

// queue gathers the deliveries that come while others are stored, and stores them together: a disk takes a hundred
// deliveries in the time it takes one.
type queue struct {
	flush func([]*waiting) // stores them and fills in what came of it; one call at a time

	mu      sync.Mutex
	pending []*waiting
	running bool

	usual int // how many come together; belongs to run
}

// add waits until a delivery is stored. It is not called off: what is taken in is brought to its end.
func (q *queue) add(d *Delivery) (fresh bool, err error) {
	w := &waiting{delivery: d, done: make(chan struct{})}
	q.mu.Lock()
	q.pending = append(q.pending, w)
	if !q.running {
		q.running = true
		go q.run()
	}
	q.mu.Unlock()
	<-w.done
	return w.fresh, w.err
}

// run stores until nothing is left.
func (q *queue) run() {
	for {
		batch := q.take()
		if len(batch) == 0 {
			return
		}
		q.usual = max(len(batch), q.usual*7/8)
		q.flush(batch)
		for _, w := range batch {
			close(w.done)
		}
	}
}

// take returns the next batch, none when there is nothing to do.
func (q *queue) take() []*waiting {
	for range gatherSteps {
		if n := q.waits(); n == 0 || n > q.usual/2 {
			break
		}
		time.Sleep(gatherStep)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.pending), maxBatch)
	batch := q.pending[:n:n]
	q.pending = q.pending[n:]
	q.running = n > 0
	return batch
}

func (q *queue) waits() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending)
}
