package cancel

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// senders is how many cancels are under way at a time: at a latency of 120 ms they use up what
	// Knock allows.
	senders = 128
	// batch is how many cancels are written to the journal in one go.
	batch = 500
	// linger is how long a cancel that names recipients waits for more of them: the next pages of
	// the list hold them, and one request takes a thousand.
	linger = 2 * time.Second
	// requeueMin doubles up to requeueMax while a cancel cannot be delivered.
	requeueMin, requeueMax = time.Second, 15 * time.Second
	// repeatAfter is how long a run may stay pending before its cancel is sent again.
	repeatAfter = 8 * time.Second
	mostRepeats = 3
	// mostTries is how often a bounded cancel for everyone is sent that cannot be delivered.
	mostTries = 5
)

// Options say how a queue goes about its work.
type Options struct {
	Reason string
	Sweep  int64  // that it is part of; 0 for none
	Act    string // what the journal keeps all of its requests as one act under; "" for none
	// Bounded gives a cancel up that gets no answer, or is asked to come later, after a few tries.
	// One for everyone whose answer was lost is never sent again then: it would reach what began
	// since.
	Bounded bool
	// Linger makes cancels that name recipients wait for more of them.
	Linger bool
	// Beyond is how many cancels may go out that no plan foresaw; negative for no bound. Then the
	// work is held up with an [ErrBeyond].
	Beyond int
	// Refresh brings up to date what the next batch rests on, Keep reports whether a target may be
	// cancelled on that, and Fresh is asked in the moment a request leaves. They are nil where a
	// scope rests on no reading.
	Refresh func() error
	Keep    func(Target) bool
	Fresh   func() error
	// Before writes down what has to be on disk before the next batch leaves; it may be nil.
	Before func() error
	// Settled is told after every change of the counts, with no lock held. It may be nil.
	Settled func()
}

// Sent tells how far the requests of a queue are.
type Sent struct {
	// Planned requests were foreseen, Beyond ones were not, Repeated ones were sent again: after an
	// answer that was lost or asked for a repeat, or because runs stayed pending.
	Planned  int `json:"planned"`
	Beyond   int `json:"beyond_plan"`
	Repeated int `json:"repeated"`
	// Accepted requests are with Knock; Errors counts those that it refuses.
	Accepted int `json:"accepted"`
	Errors   int `json:"errors"`
	// Waiting counts what is queued or under way.
	Waiting int `json:"waiting"`
	// First is when the first one left, by Knock's clock.
	First time.Time `json:"first,omitzero"`
	// Err is the first refusal.
	Err error `json:"-"` // what was written of an error cannot be read back
}

// Queue sends cancels. What leaves it is in the journal first, a batch at a time.
type Queue struct {
	*Control
	runner *runner.Runner
	o      Options
	ctx    context.Context
	stop   context.CancelCauseFunc

	wake    wait.Nudge
	out     chan *delivery
	results chan *delivery
	work    sync.WaitGroup

	mu       sync.Mutex
	ledger   *ledger
	promised map[scope]int // requests that a plan foresaw and that were not sent
	spare    int           // the same, under whatever key
	ready    []*item
	young    []*item
	open     map[scope]*item // items of recipients that can be added to
	queued   int             // requests that ready and young take
	under    int             // requests taken out and not accounted for
	beyond   int             // requests beyond the plan that were taken out
	first    int64           // action of the journal; 0 while there is none
	sent     Sent
}

// NewQueue makes a queue that works until ctx ends; stop ends it with a cause.
func NewQueue(ctx context.Context, stop context.CancelCauseFunc, r *runner.Runner, control *Control, o Options) *Queue {
	return &Queue{
		Control: control, runner: r, o: o, ctx: ctx, stop: stop,
		wake: wait.NewNudge(), out: make(chan *delivery, batch), results: make(chan *delivery, batch),
		ledger: newLedger(), promised: map[scope]int{}, open: map[scope]*item{},
	}
}

// Start begins to send.
func (q *Queue) Start() {
	var sending sync.WaitGroup
	for range senders {
		sending.Go(q.send)
	}
	q.work.Go(func() {
		q.dispatch()
		close(q.out)
		sending.Wait()
		close(q.results)
	})
	q.work.Go(q.account)
}

// Join waits until all is accounted for, once ctx has ended.
func (q *Queue) Join() { q.work.Wait() }

// Promise counts requests that a plan foresees under a key.
func (q *Queue) Promise(workflow, key string, requests int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.promised[scope{workflow, key}] += requests
}

// Sent tells how far the requests are.
func (q *Queue) Sent() Sent {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.sent
	s.Waiting = q.queued + q.under
	return s
}

// Allow lets so many more requests go beyond the plan.
func (q *Queue) Allow(more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.o.Beyond >= 0 {
		q.o.Beyond = max(q.beyond, q.o.Beyond) + more
	}
}

// Sight takes a pending run in scope, and queues a cancel if that is due.
func (q *Queue) Sight(t Target, triggered time.Time) Sighting {
	q.mu.Lock()
	defer q.mu.Unlock()
	seen := q.ledger.sight(t, triggered, q.runner.Client.ServerNow())
	if seen == Queued {
		q.post(t, triggered.Add(MinAge))
	}
	return seen
}

// Want queues a cancel that was not sent yet, not before a time by Knock's clock.
func (q *Queue) Want(t Target, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ledger.of(t).state == unsent {
		q.post(t, at)
	}
}

// Restore takes over the counts of a queue that was cut off.
func (q *Queue) Restore(s Sent) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.Waiting, s.Err = 0, nil
	q.sent, q.beyond = s, s.Beyond
}

// Drain waits until all that was queued is accounted for. changed is closed at every change.
func (q *Queue) Drain(changed func() <-chan struct{}) error {
	for {
		next := changed()
		if q.Sent().Waiting == 0 {
			return q.ctx.Err()
		}
		select {
		case <-q.ctx.Done():
			return q.ctx.Err()
		case <-next:
		}
	}
}

// post queues a cancel; the lock is held.
func (q *Queue) post(t Target, at time.Time) {
	m := q.ledger.of(t)
	repeat := m.repeats > 0
	m.state = queued
	q.ledger.set(t, m)
	under := scope{t.Workflow, t.Key}
	if open := q.open[under]; open != nil && !t.Everyone && open.repeat == repeat && !open.at.Before(at) {
		before := open.requests()
		open.to = append(open.to, t.To)
		q.queued += open.requests() - before
		return
	}
	i := &item{scope: under, everyone: t.Everyone, at: at, repeat: repeat}
	if !t.Everyone {
		i.to = []client.Ref{t.To}
		if q.o.Linger {
			i.at = latest(at, q.runner.Client.ServerNow().Add(linger))
		}
		q.open[under] = i
	}
	q.push(i)
}

func (q *Queue) push(i *item) {
	q.queued += i.requests()
	if i.at.After(q.runner.Client.ServerNow()) {
		q.young = append(q.young, i)
	} else {
		q.ready = append(q.ready, i)
	}
	q.kick()
}

// kick has the dispatcher look again.
func (q *Queue) kick() { q.wake.Give() }

// dispatch journals what may go and hands it to the senders.
func (q *Queue) dispatch() {
	for q.Control.Wait(q.ctx) == nil {
		if q.runner.Guard.ReadOnly() {
			q.Pause(client.ErrReadOnly)
			q.settled()
			continue
		}
		ready, in := q.due()
		if !ready {
			_ = wait.Rest(q.ctx, in, q.wake)
			continue
		}
		if q.o.Refresh != nil {
			if err := q.o.Refresh(); err != nil {
				if q.ctx.Err() == nil && q.Err() == nil {
					q.stop(err)
				}
				continue
			}
		}
		out, over := q.take()
		if over != nil {
			q.Pause(over)
			q.settled()
		}
		if len(out) == 0 {
			q.settled() // what was withdrawn is waited for no longer
			continue
		}
		if err := q.begin(out); err != nil {
			q.stop(err)
			return
		}
		for _, d := range out {
			q.out <- d
		}
	}
}

// due reports whether something may go now, or how long until something may.
func (q *Queue) due() (bool, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.runner.Client.ServerNow()
	next := time.Hour
	q.young = slices.DeleteFunc(q.young, func(i *item) bool {
		if wait := i.at.Sub(now); wait > 0 {
			next = min(next, wait)
			return false
		}
		q.ready = append(q.ready, i)
		return true
	})
	return len(q.ready) > 0, next
}

// take takes a batch of what may go now. The error says why no more is taken.
func (q *Queue) take() ([]*delivery, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []*delivery
	for len(q.ready) > 0 && len(out) < batch {
		i := q.ready[0]
		q.queued -= i.requests()
		q.withdraw(i)
		if more := i.requests() - q.promised[i.scope] - q.spare; !i.again() && q.o.Beyond >= 0 && more > 0 && q.beyond+more > q.o.Beyond {
			q.queued += i.requests()
			q.under += len(out)
			return out, &BeyondError{Planned: q.sent.Planned, Bound: q.o.Beyond}
		}
		q.ready[0] = nil
		q.ready = q.ready[1:]
		if q.open[i.scope] == i {
			delete(q.open, i.scope)
		}
		out = append(out, q.deliveries(i)...)
	}
	q.under += len(out)
	return out, nil
}

// withdraw takes out of an item the recipients that may no longer be cancelled.
func (q *Queue) withdraw(i *item) {
	if q.o.Keep == nil || i.everyone {
		return
	}
	i.to = slices.DeleteFunc(i.to, func(to client.Ref) bool {
		t := i.target(to)
		if q.o.Keep(t) {
			return false
		}
		m := q.ledger.of(t)
		m.state = unsent // should it be cancelled later after all
		if m.sent != 0 {
			m.state = sentOn
		}
		q.ledger.set(t, m)
		return true
	})
}

// settled tells that counts changed.
func (q *Queue) settled() {
	if q.o.Settled != nil {
		q.o.Settled()
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// PromiseAny counts requests that a plan foresees, under whatever key.
func (q *Queue) PromiseAny(requests int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare += requests
}
