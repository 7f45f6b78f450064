package sweep

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/runner"
)

const (
	// planEvery is how often a plan in the making is reported.
	planEvery = 500 * time.Millisecond
	// plannedRuns is how many runs in scope a plan remembers: 50 MB of them. How those ended beyond
	// it is read run by run.
	plannedRuns = 250_000
	// mostRecipients is how many recipients one cancel names.
	mostRecipients = 1000
)

// KeyCount counts the runs in scope under one key.
type KeyCount struct {
	Key              string    `json:"key"`
	Runs             int       `json:"runs"`
	Oldest, Youngest time.Time `json:"-"`
}

// Plan is what is in scope of a sweep, as far as it was read, and what the sweep will do.
type Plan struct {
	Scope Scope
	// At is when it was made, by this machine's clock, and skew how far Knock's was ahead; Begun is
	// when reading began, by Knock's.
	At, Begun time.Time
	skew      time.Duration
	// Runs counts the pending runs in scope, Keys the cancellation keys they are under.
	Runs, Keys int
	BySource   map[string]int
	ByKey      []KeyCount // most runs first
	// Oldest and Youngest are when runs in scope were triggered; zero when there are none.
	Oldest, Youngest time.Time
	// Cancellable runs have a key and a recipient that a cancel can name; NoKey and Unnamed runs do
	// not.
	Cancellable, NoKey, Unnamed int
	NoKeyBySource               map[string]int
	// Requests is how many cancels it takes; SendTime how long sending them takes at Knock's limit,
	// ProveTime how long reading takes that proves it.
	Requests            int
	SendTime, ProveTime time.Duration
	// InflowPerMinute is how many runs in scope were triggered in the last minute.
	InflowPerMinute float64
	// Complete is true when all pending runs were read. Otherwise every count is at least that.
	Complete bool
	// Excluded counts runs that were read, are out of scope under keys in scope, and stay.
	Excluded int
	// Frozen is nil when it is not known, as without a service token.
	Frozen *bool
	// Doubt says why the workflow may not exist at all; "" where it is known to.
	Doubt string
	// Batches are steps of the workflow that gather runs; nil when they are not known. A cancel
	// takes a run out of an open batch, and the window stays open for the others.
	Batches []string

	seen  []journal.SweepRun // runs in scope with what is to become of them, up to a bound
	young []time.Time        // when runs were triggered that were too young as they were read
}

// Remembered reports whether the plan knows every run that it counted.
func (p Plan) Remembered() bool { return p.Complete && len(p.seen) == p.Runs }

// Now is when the plan was made, by Knock's clock.
func (p Plan) Now() time.Time { return p.At.Add(p.skew) }

// RestsOnReading reports that Knock cannot tell what is in scope from what is not, so that each
// cancel rests on a reading of what is pending at that moment.
func (p Plan) RestsOnReading() bool { return !p.Scope.separable() }

// Make reads what is pending and makes the plan of a sweep. That takes 4 s for each 1,000 runs, so
// it reports as it goes; when ctx ends before the list does, it returns the plan so far with ctx's
// error, and that is a plan too. progress may be nil. A workflow that is known not to exist is an
// [UnknownWorkflowError].
func Make(ctx context.Context, r *runner.Runner, scope Scope, progress func(Plan)) (Plan, error) {
	if err := scope.Check(); err != nil {
		return Plan{}, err
	}
	t := &tally{scope: scope, in: scope.matcher(), byKey: map[string]*KeyCount{}, outside: map[string]int{}, begun: r.Client.ServerNow()}
	skew, _ := r.Client.Skew()
	t.p = Plan{Scope: scope, Begun: t.begun, skew: skew, BySource: map[string]int{}, NoKeyBySource: map[string]int{}}
	if err := t.describe(ctx, r); err != nil {
		return Plan{}, err
	}
	next := time.Now().Add(planEvery)
	for _, f := range scope.wide() {
		for run, err := range r.Client.Runs(ctx, f) {
			if err != nil {
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				return t.plan(), err
			}
			t.add(&run, r.Client.ServerNow())
			if now := time.Now(); progress != nil && !now.Before(next) {
				progress(t.plan())
				next = time.Now().Add(max(planEvery, 20*time.Since(now))) // a million keys take half a second
			}
		}
	}
	t.p.Complete = true
	if t.p.Runs == 0 && t.p.Frozen == nil {
		t.p.Doubt = doubt(ctx, r, scope.Workflow)
	}
	return t.plan(), nil
}

// UnknownWorkflowError says that no workflow has this key.
type UnknownWorkflowError struct{ Workflow, Environment string }

func (e *UnknownWorkflowError) Error() string {
	return "there is no workflow " + e.Workflow + " in " + cmp.Or(e.Environment, "this environment") + ": check its key, `knockops workflows list` shows those that are there"
}

// describe learns what the management API tells of the workflow, where there is a service token.
func (t *tally) describe(ctx context.Context, r *runner.Runner) error {
	w, err := r.Client.GetWorkflow(ctx, t.scope.Workflow)
	var e *client.Error
	switch {
	case err == nil:
		frozen := !w.Active
		t.p.Frozen = &frozen
		t.p.Batches = []string{}
		for _, step := range w.Steps {
			if step.Type == "batch" {
				t.p.Batches = append(t.p.Batches, step.Ref)
			}
		}
	case errors.As(err, &e) && e.Err == nil && e.Status == http.StatusNotFound:
		return &UnknownWorkflowError{t.scope.Workflow, r.Environment}
	}
	return nil
}

// doubt says why a workflow under which nothing is pending may not exist: nothing that can be asked
// without a service token knows it.
func doubt(ctx context.Context, r *runner.Runner, workflow string) string {
	page, err := r.Client.ListRuns(ctx, client.RunFilter{Workflow: workflow}, client.Cursor{Size: 1})
	if err == nil && len(page.Items) > 0 {
		return ""
	}
	done, jerr := r.Journal.Actions(ctx, journal.Filter{Workflow: workflow, State: journal.Done, Kinds: []journal.Kind{journal.Trigger}, Environment: r.Environment}, 1, 0)
	if jerr == nil && len(done) > 0 {
		return ""
	}
	return "Knock knows no run of " + workflow + " at all, pending or ended: is its key spelled right? Without a service token nothing tells whether it exists"
}

// tally counts what a plan read.
type tally struct {
	scope   Scope
	in      matcher
	p       Plan
	byKey   map[string]*KeyCount
	outside map[string]int // pending runs out of scope, by key
	begun   time.Time      // by Knock's clock
	recent  int            // runs in scope of the minute before begun
	reached time.Time      // when the last run that was read was triggered
}

// add counts a run.
func (t *tally) add(r *client.Run, now time.Time) {
	t.reached = r.InsertedAt
	key := r.TriggerSource.CancellationKey
	if !t.in(r) {
		if key != "" && r.Workflow == t.scope.Workflow {
			t.outside[key]++
		}
		return
	}
	p := &t.p
	p.Runs++
	p.BySource[r.TriggerSource.Type]++
	if p.Oldest.IsZero() || r.InsertedAt.Before(p.Oldest) {
		p.Oldest = r.InsertedAt
	}
	if r.InsertedAt.After(p.Youngest) {
		p.Youngest = r.InsertedAt
	}
	if t.begun.Sub(r.InsertedAt) < time.Minute {
		t.recent++
	}
	outcome := t.scope.reachable(r, t.scope.Everyone())
	if len(t.p.seen) < plannedRuns {
		p.seen = append(p.seen, row(r, outcome, ByReading, now))
	}
	switch outcome {
	case NoKey:
		p.NoKey++
		p.NoKeyBySource[r.TriggerSource.Type]++
		return
	case Unnamed:
		p.Unnamed++
		return
	}
	p.Cancellable++
	if now.Sub(r.InsertedAt) < cancel.MinAge {
		p.young = append(p.young, r.InsertedAt)
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
}

// reachable tells whether a cancel can be sent for a pending run in scope: Pending where it can.
func (s Scope) reachable(r *client.Run, everyone bool) Outcome {
	key := r.TriggerSource.CancellationKey
	switch {
	case key == "":
		return NoKey
	case client.CheckID("cancellation key", key) != nil:
		return Unnamed
	case everyone:
		return Pending
	case client.CheckRef("recipient", r.Recipient) != nil:
		return Unnamed
	}
	return Pending
}

// plan is what was read so far, worked out.
func (t *tally) plan() Plan {
	p := t.p
	p.At = time.Now()
	p.BySource, p.NoKeyBySource = maps.Clone(p.BySource), maps.Clone(p.NoKeyBySource) // the reading goes on
	p.seen, p.young = p.seen[:len(p.seen):len(p.seen)], p.young[:len(p.young):len(p.young)]
	p.ByKey = make([]KeyCount, 0, len(t.byKey))
	p.Excluded = 0
	for key, k := range t.byKey {
		p.ByKey = append(p.ByKey, *k)
		p.Excluded += t.outside[key]
		p.Requests += requests(k.Runs, t.scope.Everyone())
	}
	p.Requests += requests(len(t.scope.Recipients), t.scope.Everyone()) * len(t.scope.unread(p.ByKey))
	slices.SortFunc(p.ByKey, func(a, b KeyCount) int {
		return cmp.Or(b.Runs-a.Runs, cmp.Compare(a.Key, b.Key))
	})
	p.Keys = len(p.ByKey)
	p.SendTime = time.Duration(p.Requests) * time.Second / sendRate
	p.ProveTime = time.Duration(min(p.Cancellable, excludeFrom)) * time.Second / readRate
	if span := min(time.Minute, t.begun.Sub(t.reached)); span > 0 && t.recent > 0 {
		if p.Complete {
			span = time.Minute
		}
		p.InflowPerMinute = float64(t.recent) * float64(time.Minute) / float64(max(span, cancel.MinAge))
	}
	return p
}

// requests is how many cancels the runs under one key take.
func requests(runs int, everyone bool) int {
	if everyone {
		return 1
	}
	return (runs + mostRecipients - 1) / mostRecipients
}

// unread are the listed keys that are cancelled whether something was read under them or not.
func (s Scope) unread(read []KeyCount) []string {
	if !s.separable() || len(s.Keys) == 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, k := range read {
		seen[k.Key] = true
	}
	in := s.keyMatcher()
	var out []string
	for _, key := range s.Keys {
		if !seen[key] && in(key) {
			out = append(out, key)
		}
	}
	return out
}

// Promise is how many cancels a sweep of this plan sends, as far as it foresees. A bound on runs
// wants their recipients named, which takes more.
func (p Plan) Promise(o Options) int {
	n := 0
	for _, count := range p.promises(o) {
		n += count
	}
	return n
}

// promises are the cancels that a sweep of this plan sends, by key.
func (p Plan) promises(o Options) map[string]int {
	everyone := p.Scope.Everyone() && o.Max == 0
	out := make(map[string]int, len(p.ByKey))
	for _, k := range p.ByKey {
		out[k.Key] = requests(k.Runs, everyone)
	}
	if o.Max == 0 {
		for _, key := range p.Scope.unread(p.ByKey) {
			out[key] = requests(len(p.Scope.Recipients), everyone)
		}
	}
	return out
}
