package ops

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
)

// estimateEvery is how often a plan in the making is reported.
const estimateEvery = 500 * time.Millisecond

// seenBound is how many runs in scope a plan remembers: 4 MB of them.
const seenBound = 100_000

// Estimate reads what is pending and makes the plan of a sweep. That takes 4 s
// for each 1,000 runs, so it reports as it goes; when ctx ends before the list
// does, it returns the plan so far with ctx's error, and that is a plan too.
// progress may be nil.
func (s *Session) Estimate(ctx context.Context, scope Scope, progress func(Estimate)) (made Estimate, err error) {
	if err := scope.Check(); err != nil {
		return Estimate{}, err
	}
	t := &tally{scope: scope, in: scope.matcher(), byKey: map[string]*KeyCount{}, outside: map[string]int{}}
	t.e = Estimate{Scope: scope, BySource: map[string]int{}, NoKeyBySource: map[string]int{}}
	seen := newRunSet()
	defer func() { made.seen = seen }() // what is reported on the way shares nothing with the reading
	if w, err := s.Client.GetWorkflow(ctx, scope.Workflow); err == nil {
		frozen := !w.Active
		t.e.Frozen = &frozen
	}
	next := time.Now().Add(estimateEvery)
	for _, f := range scope.wide() {
		for run, err := range s.Client.Runs(ctx, f) {
			if err != nil {
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				return t.plan(), err
			}
			if t.add(&run, s.Client.ServerNow()) && !scope.wholeWorkflow() && len(seen.ids) < seenBound {
				seen.add(run.ID)
			}
			if now := time.Now(); progress != nil && !now.Before(next) {
				progress(t.plan())
				next = time.Now().Add(max(estimateEvery, 20*time.Since(now))) // a million keys take half a second
			}
		}
	}
	t.e.Complete = true
	return t.plan(), nil
}

// tally counts what an estimate read.
type tally struct {
	scope   Scope
	in      matcher
	e       Estimate
	byKey   map[string]*KeyCount
	outside map[string]int // pending runs out of scope, by key
	begun   time.Time      // by Knock's clock
	recent  int            // runs in scope of the minute before begun
	reached time.Time      // when the last run that was read was triggered
}

// add counts a run, and reports whether it is in scope.
func (t *tally) add(r *client.Run, now time.Time) bool {
	if t.begun.IsZero() {
		t.begun = now
	}
	t.reached = r.InsertedAt
	key := r.TriggerSource.CancellationKey
	if !t.in(r) {
		if key != "" && r.Workflow == t.scope.Workflow {
			t.outside[key]++
		}
		return false
	}
	e := &t.e
	e.Runs++
	e.BySource[r.TriggerSource.Type]++
	if e.Oldest.IsZero() || r.InsertedAt.Before(e.Oldest) {
		e.Oldest = r.InsertedAt
	}
	if r.InsertedAt.After(e.Youngest) {
		e.Youngest = r.InsertedAt
	}
	if t.begun.Sub(r.InsertedAt) < time.Minute {
		t.recent++
	}
	if key == "" {
		e.NoKey++
		e.NoKeyBySource[r.TriggerSource.Type]++
		return true
	}
	e.Cancellable++
	if now.Sub(r.InsertedAt) < MinCancelAge {
		e.TooYoung++
	}
	k := t.byKey[key]
	if k == nil {
		k = &KeyCount{Key: key, Oldest: r.InsertedAt, Youngest: r.InsertedAt}
		t.byKey[key] = k
	}
	k.Runs++
	if r.InsertedAt.Before(k.Oldest) {
		k.Oldest = r.InsertedAt
	}
	if r.InsertedAt.After(k.Youngest) {
		k.Youngest = r.InsertedAt
	}
	return true
}

// plan is what was read so far, worked out.
func (t *tally) plan() Estimate {
	e := t.e
	e.At = time.Now()
	e.BySource, e.NoKeyBySource = maps.Clone(e.BySource), maps.Clone(e.NoKeyBySource) // the reading goes on
	e.ByKey = make([]KeyCount, 0, len(t.byKey))
	e.Excluded = 0
	for key, k := range t.byKey {
		e.ByKey = append(e.ByKey, *k)
		e.Excluded += t.outside[key]
		e.Requests += t.requests(k.Runs)
	}
	if t.scope.separable() && len(t.scope.Keys) > 0 { // each is cancelled, whether something is seen under it or not
		e.Requests += (len(t.scope.Keys) - len(t.byKey)) * t.requests(len(t.scope.Recipients))
	}
	slices.SortFunc(e.ByKey, func(a, b KeyCount) int {
		return cmp.Or(b.Runs-a.Runs, cmp.Compare(a.Key, b.Key))
	})
	e.Keys = len(e.ByKey)
	e.SendTime = time.Duration(e.Requests) * time.Second / sendRate
	e.ProveTime = time.Duration(e.Cancellable) * time.Second / readRate
	if span := min(time.Minute, t.begun.Sub(t.reached)); span > 0 && t.recent > 0 {
		if e.Complete {
			span = time.Minute
		}
		e.InflowPerMinute = float64(t.recent) * float64(time.Minute) / float64(max(span, MinCancelAge))
	}
	return e
}

// requests is how many cancels the runs under one key take.
func (t *tally) requests(runs int) int {
	if t.scope.Everyone() {
		return 1
	}
	return (runs + mostRecipients - 1) / mostRecipients
}
