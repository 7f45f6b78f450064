package webhook

import (
	"sync"
	"time"
)

// maxBatch bounds what is stored in one go, so that the first of a batch does not wait long for the last.
const maxBatch = 256

// When many come, a batch waits for more as long as more come, this long at a time and this often at most.
const (
	gatherStep  = 200 * time.Microsecond
	gatherSteps = 4
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
	last := 0
	for {
		batch := q.take(last)
		if last = len(batch); last == 0 {
			return
		}
		q.flush(batch)
		for _, w := range batch {
			close(w.done)
		}
	}
}

// take returns the next batch, none when there is nothing to do.
func (q *queue) take(last int) []*waiting {
	if last > 1 {
		q.gather(last)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.pending), maxBatch)
	batch := q.pending[:n:n]
	q.pending = q.pending[n:]
	q.running = n > 0
	return batch
}

// gather waits until as many came as last time: those who sent the last batch were answered just now and send more, and
// the disk asks the same for a batch whatever its size.
func (q *queue) gather(last int) {
	for range gatherSteps {
		before := q.waits()
		if before >= last {
			return
		}
		time.Sleep(gatherStep)
		if q.waits() == before {
			return
		}
	}
}

func (q *queue) waits() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending)
}
