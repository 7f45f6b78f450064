package emulator

import (
	"context"
	"math"
	"time"
)

// stamp is an instant in microseconds since 1970, which is how finely Knock
// tells time.
type stamp int64

const (
	second stamp = 1e6
	minute       = 60 * second
	hour         = 60 * minute
	day          = 24 * hour
)

func stampOf(t time.Time) stamp { return stamp(t.UnixMicro()) }

func (s stamp) time() time.Time { return time.UnixMicro(int64(s)).UTC() }

func (s stamp) String() string { return s.time().Format("2006-01-02T15:04:05.000000Z") }

// MarshalText writes the instant as Knock does: UTC with microseconds.
func (s stamp) MarshalText() ([]byte, error) {
	return s.time().AppendFormat(nil, "2006-01-02T15:04:05.000000Z"), nil
}

// orNull is the instant, or nil when there is none.
func (s stamp) orNull() any {
	if s == 0 {
		return nil
	}
	return s
}

// clock is emulated time: it began at epoch when the real time was real, and
// runs speed times as fast.
type clock struct {
	real  time.Time
	epoch stamp
	speed float64
}

func (c clock) now() stamp {
	return c.epoch + stamp(float64(time.Since(c.real))/1e3*c.speed)
}

// wait is how long it takes in real time until s, rounded up so that a timer
// set with it never fires early.
func (c clock) wait(s stamp) time.Duration {
	left := float64(s-c.epoch)*1e3/c.speed - float64(time.Since(c.real))
	return time.Duration(math.Ceil(max(left, 0))) + time.Microsecond
}

// task is something to do at a time. due is called under the emulator's lock
// with the time it was planned for.
type task interface {
	due(e *Emulator, at stamp)
}

type entry struct {
	at   stamp
	n    uint64 // order of adding, so that equal times are served first come first
	task task
}

func (a entry) before(b entry) bool { return a.at < b.at || a.at == b.at && a.n < b.n }

// agenda is a heap of tasks, soonest first.
type agenda struct {
	heap []entry
	n    uint64
}

func (a *agenda) add(at stamp, t task) {
	a.n++
	a.heap = append(a.heap, entry{at, a.n, t})
	for i := len(a.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !a.heap[i].before(a.heap[up]) {
			break
		}
		a.heap[i], a.heap[up] = a.heap[up], a.heap[i]
		i = up
	}
}

// pop takes the first entry off; the agenda must not be empty.
func (a *agenda) pop() entry {
	first, last := a.heap[0], len(a.heap)-1
	a.heap[0] = a.heap[last]
	a.heap[last] = entry{}
	a.heap = a.heap[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if a.heap[c].before(a.heap[least]) {
				least = c
			}
		}
		if least == i {
			return first
		}
		a.heap[i], a.heap[least] = a.heap[least], a.heap[i]
		i = least
	}
}

// plan puts t on the agenda, d after the present instant.
func (e *Emulator) plan(d stamp, t task) stamp {
	at := e.at + d
	e.agenda.add(at, t)
	if e.agenda.heap[0].n == e.agenda.n {
		select {
		case e.kick <- struct{}{}:
		default:
		}
	}
	return at
}

// Bounds on how many tasks are done in one go, so that a million runs waking
// at once do not keep requests from being answered.
const (
	tasksPerRequest = 64
	tasksPerTurn    = 512
)

// enter takes the lock and brings the world up to the present.
func (e *Emulator) enter() {
	e.mu.Lock()
	e.catchUp(e.clock.now(), tasksPerRequest)
}

// catchUp does at most limit tasks that are due by now. Each sees the time it
// was planned for, so what happens does not depend on when the timer fired.
func (e *Emulator) catchUp(now stamp, limit int) {
	for range limit {
		if len(e.agenda.heap) == 0 || e.agenda.heap[0].at > now {
			break
		}
		next := e.agenda.pop()
		e.at = max(e.at, next.at)
		next.task.due(e, next.at)
	}
	e.at = max(e.at, now)
}

// keepTime does the agenda's tasks as they fall due, until ctx ends.
func (e *Emulator) keepTime(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		e.mu.Lock()
		e.catchUp(e.clock.now(), tasksPerTurn)
		var alarm <-chan time.Time
		if len(e.agenda.heap) > 0 {
			timer.Reset(e.clock.wait(e.agenda.heap[0].at))
			alarm = timer.C
		}
		e.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-e.kick:
		case <-alarm:
		}
	}
}
