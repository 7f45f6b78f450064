package cancel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// scope is a cancellation key of a workflow.
type scope struct{ workflow, key string }

// item is what is to be cancelled under a key.
type item struct {
	scope
	everyone bool
	to       []client.Ref // empty only for everyone, or when nobody is left
	at       time.Time    // not before, by Knock's clock
	repeat   bool         // its runs stayed pending
	tries    int          // how often it left already and did not arrive, as far as is known
	doubtful bool         // it may have arrived all the same
}

// requests is how many cancels an item takes.
func (i *item) requests() int {
	if i.everyone {
		return 1
	}
	return (len(i.to) + mostRecipients - 1) / mostRecipients
}

// again reports that the item was sent before.
func (i *item) again() bool { return i.repeat || i.tries > 0 }

func (i *item) target(to client.Ref) Target {
	return Target{Workflow: i.workflow, Key: i.key, To: to, Everyone: i.everyone}
}

func (i *item) targets() []Target {
	if i.everyone {
		return []Target{i.target(client.Ref{})}
	}
	out := make([]Target, len(i.to))
	for n, to := range i.to {
		out[n] = i.target(to)
	}
	return out
}

// kind is how a request is counted.
type kind int

const (
	planned kind = iota
	beyond
	repeated
)

// delivery is one cancel on its way.
type delivery struct {
	item
	kind         kind
	cancellation client.Cancellation
	action       int64
	sent         time.Time // by Knock's clock, as it left; zero when it did not
	receipt      client.Receipt
	err          error
}

// BeyondError says that more cancels are due than a plan foresaw and were allowed beyond it.
type BeyondError struct{ Planned, Bound int }

func (e *BeyondError) Error() string {
	return fmt.Sprintf("more is pending than was planned: %d planned requests were sent and %d beyond them are allowed; look at what arrives, then go on or abort", e.Planned, e.Bound)
}

// deliveries are the cancels of an item; the lock is held. Only an item that is everyone's makes
// cancels that name nobody.
func (q *Queue) deliveries(i *item) []*delivery {
	if i.everyone {
		return []*delivery{q.delivery(*i, client.CancelEveryone(i.workflow, i.key))}
	}
	var out []*delivery
	for part := range slices.Chunk(i.to, mostRecipients) {
		one := *i
		one.to = part
		out = append(out, q.delivery(one, client.CancelRecipients(i.workflow, i.key, part[0], part[1:]...)))
	}
	return out
}

func (q *Queue) delivery(i item, c client.Cancellation) *delivery {
	d := &delivery{item: i, cancellation: c}
	switch {
	case i.again():
		d.kind = repeated
	case q.promised[i.scope] > 0:
		q.promised[i.scope]--
	case q.spare > 0:
		q.spare--
	default:
		d.kind = beyond
		q.beyond++
	}
	return d
}

// begin writes deliveries to the journal.
func (q *Queue) begin(out []*delivery) error {
	if q.o.Before != nil {
		if err := q.o.Before(); err != nil {
			return err
		}
	}
	actions := make([]journal.Action, len(out))
	for i, d := range out {
		request, err := q.runner.Client.CancelRequest(d.cancellation)
		if err != nil {
			return err
		}
		a := journal.Action{Kind: journal.Cancel, Workflow: d.workflow, Key: d.key, Everyone: d.everyone, Reason: q.o.Reason, Sweep: q.o.Sweep, Act: q.o.Act}
		for _, to := range d.to {
			a.Recipients = append(a.Recipients, to.String())
		}
		actions[i], _ = q.runner.Action(a, request)
	}
	ids, err := q.runner.Journal.BeginAll(q.ctx, actions)
	if err != nil {
		return err
	}
	for i, d := range out {
		d.action = ids[i]
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.first = cmp.Or(q.first, ids[0])
	return nil
}

// send sends what comes out of the dispatcher, one after the other.
func (q *Queue) send() {
	for d := range q.out {
		ctx := client.BeforeEach(q.ctx, func() error {
			if err := q.may(); err != nil {
				return err
			}
			d.sent = q.runner.Client.ServerNow()
			return nil
		})
		if q.once(d) {
			ctx = client.Once(ctx)
		}
		d.receipt, d.err = q.runner.Client.Cancel(ctx, d.cancellation)
		q.results <- d
	}
}

// once reports that the client sends a cancel only once, because a repeat rests on what is known
// then.
func (q *Queue) once(d *delivery) bool { return !q.o.Bounded || d.everyone }

// may is asked in the moment a request leaves.
func (q *Queue) may() error {
	if err := q.ctx.Err(); err != nil {
		return err
	}
	if err := q.Err(); err != nil {
		return err
	}
	if q.o.Fresh != nil {
		return q.o.Fresh()
	}
	return nil
}

// account writes down what came of cancels, as many as there are at a time.
func (q *Queue) account() {
	for d := range q.results {
		done := []*delivery{d}
		for len(done) < batch && len(q.results) > 0 {
			if d, ok := <-q.results; ok {
				done = append(done, d)
			}
		}
		outcomes := make([]journal.Finished, len(done))
		for i, d := range done {
			outcomes[i] = journal.Finished{ID: d.action, Outcome: journal.Outcome{State: journal.Done, Status: d.receipt.Status, RequestID: d.receipt.RequestID}}
			if d.err != nil {
				outcomes[i].Outcome = runner.Failure(d.err)
			}
		}
		if err := q.runner.Journal.FinishAll(context.Background(), outcomes); err != nil {
			q.stop(err)
		}
		for _, d := range done {
			q.settle(d)
		}
		q.settled()
	}
}

// settle takes what came of a cancel into the books.
func (q *Queue) settle(d *delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.under--
	left := leftHere(d.err)
	q.count(d, left)
	state := stateAfter(d.err)
	if left && state == queued {
		d.tries++
		d.doubtful = d.doubtful || runner.Uncertain(d.err)
		state = q.given(d)
	}
	switch state {
	case queued:
		again := d.item
		again.at = q.runner.Client.ServerNow().Add(pause(d.err, max(0, again.tries-1)))
		q.push(&again)
	case sentOn:
		if d.err == nil {
			q.sent.Accepted++
		}
	default:
		q.sent.Errors++
		if q.sent.Err == nil {
			q.sent.Err = d.err
		}
	}
	for _, t := range d.targets() {
		m := q.ledger.of(t)
		m.state, m.action = state, d.action
		if left && (d.err == nil || runner.Uncertain(d.err)) {
			m.reach(d.sent)
		}
		if state == sentOn {
			m.sent = d.sent.UnixMicro()
		}
		q.ledger.set(t, m)
	}
	switch {
	case errors.Is(d.err, client.ErrReadOnly):
		q.Pause(d.err)
	case refusesAll(d.err):
		q.stop(d.err)
	}
}

// given is what becomes of a cancel that may be sent again, where there is a bound: once it may have
// arrived, its runs tell.
func (q *Queue) given(d *delivery) markState {
	tries := 1 // the client repeated it
	if q.once(d) {
		tries = mostTries
	}
	switch {
	case !q.o.Bounded:
		return queued
	case d.doubtful && (d.everyone || d.tries >= tries):
		return sentOn
	case d.tries >= tries:
		return dead
	}
	return queued
}

// leftHere reports whether a request left this machine, as far as is known.
func leftHere(err error) bool {
	var e *client.Error
	return err == nil || errors.As(err, &e) && e.Attempts > 0
}

// count counts a request that left; one that did not is as if it had never been taken out.
func (q *Queue) count(d *delivery, left bool) {
	switch {
	case left && q.sent.First.IsZero(), left && d.sent.Before(q.sent.First):
		q.sent.First = d.sent
	}
	switch {
	case d.kind == repeated && left:
		q.sent.Repeated++
	case d.kind == beyond && left:
		q.sent.Beyond++
	case d.kind == planned && left:
		q.sent.Planned++
	case d.kind == beyond:
		q.beyond--
	case d.kind == planned:
		q.promised[d.scope]++
	}
}

// pause is how long a cancel that did not arrive waits until it is sent again.
func pause(err error, tries int) time.Duration {
	var e *client.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		return e.RetryAfter
	}
	return min(requeueMin<<min(tries, 4), requeueMax)
}

// stateAfter tells what an error means for a cancel: sentOn where there is none, dead where it
// comes again however often it is sent, queued where it is sent again.
func stateAfter(err error) markState {
	var e *client.Error
	switch {
	case err == nil:
		return sentOn
	case !errors.As(err, &e) || e.Attempts == 0 && !client.Permanent(err):
		return queued
	case client.Permanent(err) && !refusesAll(err):
		return dead
	}
	return queued
}

// refusesAll reports that no cancel can succeed: the key is not accepted, or what answers is not
// Knock.
func refusesAll(err error) bool {
	var e *client.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Err == nil {
		return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status/100 == 3
	}
	return e.Attempts > 0 && client.Permanent(err)
}
