package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
)

// atOnce is how many cancels are under way at a time. The limiter paces them;
// this bounds what a slow network piles up.
const atOnce = 16

// sent is a request that Knock has accepted.
type sent struct {
	Request
	action  int64 // in the journal
	at      time.Time
	repeats int
}

// Cancel carries out a plan and proves it: every run ends in a verdict that is
// Over, told to report as it changes. It returns once all is proven, the proof
// ran out of time, or ctx ended; what was sent before that stays sent, and its
// runs are then unconfirmed. The error is the first cancel that failed.
func (s *Session) Cancel(ctx context.Context, p Plan, reason string, report func(CancelResult)) (Counts, error) {
	var counts Counts
	tell := func(r *client.Run, v Verdict, text string) {
		counts.add(v)
		report(CancelResult{Run: r, Verdict: v, Text: text, At: time.Now()})
	}
	out, err := s.sendAll(ctx, p, reason, tell)
	s.prove(ctx, out, tell)
	return counts, err
}

// sendAll sends what a plan holds, what can go at once before what must wait,
// and returns what Knock accepted. It tells one thing at a time. The error is the
// first that failed.
func (s *Session) sendAll(ctx context.Context, p Plan, reason string, tell func(*client.Run, Verdict, string)) ([]*sent, error) {
	var (
		mu    sync.Mutex
		fails []error
		out   []*sent
		wg    sync.WaitGroup
		slots = make(chan struct{}, atOnce)
	)
	oneByOne := func(r *client.Run, v Verdict, text string) {
		mu.Lock()
		defer mu.Unlock()
		tell(r, v, text)
	}
	requests := slices.Clone(p.Requests)
	slices.SortStableFunc(requests, func(a, b Request) int { return a.ready().Compare(b.ready()) })
	for _, r := range requests {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			done, err := s.send(ctx, r, reason, oneByOne)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fails = append(fails, err)
				return
			}
			out = append(out, done)
		})
	}
	wg.Wait()
	return out, errors.Join(first(fails)...)
}

func first(errs []error) []error { return errs[:min(1, len(errs))] }

// send waits until the youngest run is old enough, and sends one cancel.
func (s *Session) send(ctx context.Context, r Request, reason string, tell func(*client.Run, Verdict, string)) (*sent, error) {
	if wait := r.ready().Sub(s.Client.ServerNow()); wait > 0 {
		for _, run := range r.Runs {
			tell(run, Waiting, fmt.Sprintf("a cancel may miss a run younger than %s", MinCancelAge))
		}
		if err := sleep(ctx, wait); err != nil {
			for _, run := range r.Runs {
				tell(run, Failed, "stopped before the cancel was sent")
			}
			return nil, err
		}
	}
	done := &sent{Request: r}
	err := s.post(ctx, done, reason)
	verdict, text := Requested, ""
	switch {
	case err != nil && runner.Uncertain(err):
		err, text = nil, "no answer came: the run tells whether Knock accepted it"
	case err != nil:
		verdict, text = Failed, err.Error()
	}
	for _, run := range r.Runs {
		tell(run, verdict, text)
	}
	return done, err
}

// post journals a cancel and sends it.
func (s *Session) post(ctx context.Context, r *sent, reason string) error {
	c := r.Cancellation
	req, err := s.Client.CancelRequest(c)
	if err != nil {
		return err
	}
	a := journal.Action{Kind: journal.Cancel, Workflow: c.Workflow(), Key: c.Key(), Everyone: c.Everyone(), Reason: reason}
	for _, to := range c.Recipients() {
		a.Recipients = append(a.Recipients, to.String())
	}
	return s.Do(ctx, a, req, func(ctx context.Context, action int64) (journal.Outcome, error) {
		r.action = action
		_, err := s.Client.Cancel(ctx, c)
		r.at = time.Now()
		return journal.Outcome{}, err
	})
}

// sleep waits, or ends with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
