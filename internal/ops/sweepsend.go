package ops

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

const (
	// senders is how many cancels are under way at a time: at a latency of 120 ms
	// they use up what Knock allows.
	senders = 128
	// atATime is how many cancels are written to the journal in one go.
	atATime = 500
	// linger is how long a cancel that names recipients waits for more of them: the
	// next pages of the list hold them, and one request takes a thousand.
	linger = 2 * time.Second
	// requeueMin doubles up to requeueMax while a cancel cannot be delivered.
	requeueMin, requeueMax = time.Second, 15 * time.Second
)

// pile is what is to be cancelled under a key.
type pile struct {
	key   string
	to    []client.Ref // none for everyone
	at    time.Time    // not before, by Knock's clock
	tries int
}

// requests is how many cancels a pile takes.
func (p *pile) requests() int { return max(1, (len(p.to)+mostRecipients-1)/mostRecipients) }

func (p *pile) targets() []target {
	if len(p.to) == 0 {
		return []target{{key: p.key}}
	}
	out := make([]target, len(p.to))
	for i, to := range p.to {
		out[i] = target{p.key, to}
	}
	return out
}

// parcel is one cancel on its way.
type parcel struct {
	pile
	cancellation client.Cancellation
	action       int64
	sent         time.Time // by Knock's clock, before it left
	receipt      client.Receipt
	err          error
}

// outbox sends cancels. What leaves it is in the journal first, a batch at a time.
type outbox struct {
	w       *Sweep
	wake    chan struct{}
	out     chan *parcel
	results chan *parcel
	work    sync.WaitGroup

	mu     sync.Mutex
	ledger *ledger
	ready  []*pile
	young  []*pile
	open   map[string]*pile // piles of recipients that can be added to
	queued int              // requests that ready and young take
	under  int              // requests taken out and not accounted for
}

func newOutbox(w *Sweep) *outbox {
	return &outbox{
		w: w, wake: make(chan struct{}, 1), out: make(chan *parcel, atATime), results: make(chan *parcel, atATime),
		ledger: newLedger(), open: map[string]*pile{},
	}
}

func (o *outbox) start() {
	var sending sync.WaitGroup
	for range senders {
		sending.Go(o.send)
	}
	o.work.Go(func() {
		o.dispatch()
		close(o.out)
		sending.Wait()
		close(o.results)
	})
	o.work.Go(o.account)
}

func (o *outbox) wait() { o.work.Wait() }

// sight takes a pending run in scope, and queues a cancel if that is due.
func (o *outbox) sight(t target, triggered, now time.Time) sighting {
	o.mu.Lock()
	defer o.mu.Unlock()
	seen := o.ledger.sight(t, triggered, now)
	if seen == wanted {
		o.post(t, triggered.Add(MinCancelAge))
	}
	return seen
}

// want queues a cancel that was not sent yet, not before a time.
func (o *outbox) want(t target, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ledger.of(t).state == unsent {
		o.post(t, at)
	}
}

// post queues a cancel; the lock is held.
func (o *outbox) post(t target, at time.Time) {
	m := o.ledger.of(t)
	m.state = queued
	o.ledger.set(t, m)
	if open := o.open[t.key]; open != nil && !t.to.IsZero() && !open.at.Before(at) {
		before := open.requests()
		open.to = append(open.to, t.to)
		o.queued += open.requests() - before
		return
	}
	p := &pile{key: t.key, at: at}
	if !t.to.IsZero() {
		p.at = latest(at, o.w.s.Client.ServerNow().Add(linger))
		p.to = []client.Ref{t.to}
		o.open[t.key] = p
	}
	o.push(p)
}

func (o *outbox) push(p *pile) {
	o.queued += p.requests()
	if p.at.After(o.w.s.Client.ServerNow()) {
		o.young = append(o.young, p)
	} else {
		o.ready = append(o.ready, p)
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// outstanding counts requests that are queued or under way.
func (o *outbox) outstanding() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.queued + o.under
}

// drain waits until all that was queued is accounted for.
func (o *outbox) drain() error {
	for {
		changed := o.w.Changed()
		if o.outstanding() == 0 {
			return o.w.ctx.Err()
		}
		select {
		case <-o.w.ctx.Done():
			return o.w.ctx.Err()
		case <-changed:
		}
	}
}

// take takes a batch of what may go now, or says how long until something may.
func (o *outbox) take() ([]*parcel, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.w.s.Client.ServerNow()
	next := time.Hour
	o.young = slices.DeleteFunc(o.young, func(p *pile) bool {
		if wait := p.at.Sub(now); wait > 0 {
			next = min(next, wait)
			return false
		}
		o.ready = append(o.ready, p)
		return true
	})
	var batch []*parcel
	for len(o.ready) > 0 && len(batch) < atATime {
		p := o.ready[0]
		o.ready[0] = nil
		o.ready = o.ready[1:]
		if o.open[p.key] == p {
			delete(o.open, p.key)
		}
		o.queued -= p.requests()
		batch = append(batch, o.parcels(p)...)
	}
	o.under += len(batch)
	return batch, next
}

// parcels are the cancels of a pile. Only a scope that is everyone's makes piles
// that name nobody.
func (o *outbox) parcels(p *pile) []*parcel {
	workflow := o.w.scope.Workflow
	if len(p.to) == 0 {
		return []*parcel{{pile: *p, cancellation: client.CancelEveryone(workflow, p.key)}}
	}
	var out []*parcel
	for part := range slices.Chunk(p.to, mostRecipients) {
		one := pile{key: p.key, to: part, tries: p.tries}
		out = append(out, &parcel{pile: one, cancellation: client.CancelRecipients(workflow, p.key, part[0], part[1:]...)})
	}
	return out
}

// dispatch journals what may go and hands it to the senders.
func (o *outbox) dispatch() {
	for o.w.gate() == nil {
		if o.w.s.Guard.ReadOnly() {
			o.w.halt(client.ErrReadOnly)
			continue
		}
		batch, wait := o.take()
		if len(batch) == 0 {
			_ = rest(o.w.ctx, wait, o.wake)
			continue
		}
		if err := o.begin(batch); err != nil {
			o.w.stop(err)
			return
		}
		for _, p := range batch {
			o.out <- p
		}
	}
}

func (o *outbox) begin(batch []*parcel) error {
	actions := make([]journal.Action, len(batch))
	for i, p := range batch {
		c := p.cancellation
		r, err := o.w.s.Client.CancelRequest(c)
		if err != nil {
			return err
		}
		a := journal.Action{
			Profile: o.w.s.Profile, Environment: o.w.s.Environment, Kind: journal.Cancel, Workflow: c.Workflow(), Key: c.Key(),
			Everyone: c.Everyone(), Reason: o.w.options.Reason, Method: r.Method, Request: r.Body, Sweep: o.w.id,
		}
		if u, err := url.Parse(r.URL); err == nil {
			a.Path = u.EscapedPath()
		}
		for _, to := range p.to {
			a.Recipients = append(a.Recipients, to.String())
		}
		actions[i] = a
	}
	ids, err := o.w.s.Journal.BeginAll(o.w.ctx, actions)
	if err != nil {
		return err
	}
	for i, p := range batch {
		p.action = ids[i]
	}
	return nil
}

var errNotSent = errors.New("stopped before it was sent")

func (o *outbox) send() {
	for p := range o.out {
		if p.err = errNotSent; o.w.gate() == nil {
			p.sent = o.w.s.Client.ServerNow()
			p.receipt, p.err = o.w.s.Client.Cancel(o.w.ctx, p.cancellation)
		}
		o.results <- p
	}
}

// account writes down what came of cancels, as many as there are at a time.
func (o *outbox) account() {
	for p := range o.results {
		done := []*parcel{p}
		for len(done) < atATime && len(o.results) > 0 {
			if p, ok := <-o.results; ok {
				done = append(done, p)
			}
		}
		outcomes := make([]journal.Finished, len(done))
		for i, p := range done {
			outcomes[i] = journal.Finished{ID: p.action, Outcome: journal.Outcome{State: journal.Done, Status: p.receipt.Status, RequestID: p.receipt.RequestID}}
			if p.err != nil {
				outcomes[i].Outcome = runner.Failure(p.err)
			}
		}
		if err := o.w.s.Journal.FinishAll(context.Background(), outcomes); err != nil {
			o.w.stop(err)
		}
		o.settle(done)
	}
}

// settle takes what came of cancels into the books.
func (o *outbox) settle(done []*parcel) {
	accepted, failed := 0, 0
	var cause error
	for _, p := range done {
		o.mu.Lock()
		o.under--
		switch verdict := fateOf(p.err); verdict {
		case sentOn, dead:
			for _, t := range p.targets() {
				m := o.ledger.of(t)
				m.state, m.sent = verdict, p.sent.UnixMicro()
				o.ledger.set(t, m)
			}
			if verdict == sentOn {
				accepted++
			} else {
				if failed++; cause == nil {
					cause = p.err
				}
			}
		default:
			again := p.pile
			again.at = o.w.s.Client.ServerNow().Add(min(requeueMin<<min(again.tries, 4), requeueMax))
			again.tries++
			o.push(&again)
		}
		o.mu.Unlock()
		switch {
		case errors.Is(p.err, client.ErrReadOnly):
			o.w.halt(p.err)
		case refusesKey(p.err):
			o.w.stop(p.err)
		}
	}
	o.w.update(func(p *SweepProgress) {
		p.Accepted += accepted
		p.Errors += failed
		if p.Err == nil {
			p.Err = cause
		}
	})
}

// fateOf tells what an error means for a cancel: sentOn where there is none,
// dead where it comes again however often it is sent, queued where it is sent again.
func fateOf(err error) markState {
	var e *client.Error
	switch {
	case err == nil:
		return sentOn
	case errors.As(err, &e) && e.Err == nil && e.Status/100 == 4 && e.Status != http.StatusTooManyRequests && e.Status != http.StatusRequestTimeout && !refusesKey(err):
		return dead
	}
	return queued
}

// refusesKey reports that nothing can be done with this API key.
func refusesKey(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Err == nil && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// halt pauses the sweep for a reason that the operator can do something about.
func (w *Sweep) halt(err error) {
	w.Pause()
	w.update(func(*SweepProgress) { w.halted = err })
}
