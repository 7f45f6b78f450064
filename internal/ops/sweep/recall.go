package sweep

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

// mostArchived is how many messages one request archives.
const mostArchived = 50

// RecallPlan are the messages of a scope, as they were found.
type RecallPlan struct {
	Scope Scope
	Since time.Time
	// IDs are in-app messages that their recipients can still see in their feeds.
	IDs []string
	// Archived counts in-app messages that are out of the feeds already. Beyond
	// counts those on channels that nothing is taken back from, by channel type.
	Archived int
	Beyond   map[string]int
}

// BeyondRecall counts all messages that cannot be taken back.
func (p RecallPlan) BeyondRecall() int {
	n := 0
	for _, count := range p.Beyond {
		n += count
	}
	return n
}

// inAppChannels are the types whose messages live in Knock and can be archived.
var inAppChannels = []string{"in_app", "in_app_feed", "in_app_guide"}

// FindRecall finds the messages of the runs in scope that were triggered since a
// time, whatever became of the runs. Messages name their run but not its key, so
// for a scope of more than the workflow all those runs are read first, 250 a
// second. progress, which may be nil, gets how many messages were read.
func FindRecall(ctx context.Context, r *runner.Runner, scope Scope, since time.Time, progress func(int)) (RecallPlan, error) {
	p := RecallPlan{Scope: scope, Since: since, Beyond: map[string]int{}}
	if err := scope.Check(); err != nil {
		return p, err
	}
	if since.IsZero() {
		return p, runner.Refuse("a recall needs a time to begin at: without one it would reach back to every message of %s", scope.Workflow)
	}
	ours := anyRun
	if !scope.wholeWorkflow() {
		runs := newRunSet()
		if err := readRuns(ctx, r, scope, since, nil, runs); err != nil {
			return p, err
		}
		ours = runs.has
	}
	read := 0
	err := readMessages(ctx, r, &p, ours, func() bool {
		if read++; progress != nil && read%mostArchived == 0 {
			progress(read)
		}
		return true
	})
	return p, err
}

// runSet holds ids of runs by their hash: a million fit in 40 MB.
type runSet struct {
	seed maphash.Seed
	ids  map[uint64]struct{}
}

func newRunSet() runSet { return runSet{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (x runSet) add(id string) { x.ids[maphash.String(x.seed, id)] = struct{}{} }

func (x runSet) has(id string) bool {
	if len(x.ids) == 0 { // perhaps nobody made it, and it has no seed
		return false
	}
	_, ok := x.ids[maphash.String(x.seed, id)]
	return ok
}

// readRuns adds the runs in scope that were triggered since a time to a set; no
// statuses are all.
func readRuns(ctx context.Context, r *runner.Runner, scope Scope, since time.Time, statuses []client.RunStatus, into runSet) error {
	in := scope.matcher()
	for _, f := range scope.narrow() {
		f.Statuses = statuses
		if f.StartingAt.Before(since) {
			f.StartingAt = since.Add(-time.Second)
		}
		for run, err := range r.Client.Runs(ctx, f) {
			if err != nil {
				return err
			}
			if in(&run) {
				into.add(run.ID)
			}
		}
	}
	return nil
}

// Recall archives the in-app messages of a plan, and returns how many Knock archived. What is
// archived already stays so: recalling twice does no harm. It is a part of a sweep, or of none where
// that is 0. gate is asked before each request; progress may be nil.
func Recall(ctx context.Context, acts Acts, p RecallPlan, reason string, sweep int64, gate func() error, progress func(done int)) (int, error) {
	done := 0
	var failed error
	for part := range slices.Chunk(p.IDs, mostArchived) {
		if err := gate(); err != nil {
			return done, err
		}
		n, err := acts.ArchiveFor(ctx, part, p.Scope.Workflow, reason, sweep)
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		done += n
		if err != nil && failed == nil {
			failed = err
		}
		if err == nil && progress != nil {
			progress(done)
		}
	}
	return done, failed
}

// recall takes back what the sweep's runs have delivered.
func (w *Sweep) recall() error {
	if err := w.enter(PhaseRecalling); err != nil {
		return err
	}
	since := w.scope.Since
	if since.IsZero() {
		since = w.Progress().Oldest
	}
	if since.IsZero() {
		w.update(func(p *Progress) {
			p.Err = errors.Join(p.Err, errors.New("nothing was recalled: no run was pending, and the scope does not say since when"))
		})
		return nil
	}
	p, err := FindRecall(w.ctx, w.r, w.scope, since, nil)
	if err != nil {
		return err
	}
	before := w.Progress().Recalled // by this sweep, before it was cut off
	w.update(func(x *Progress) { x.BeyondRecall = p.BeyondRecall() })
	_, err = Recall(w.ctx, w.acts, p, w.options.Reason, w.id, func() error { return w.Control.Wait(w.ctx) }, func(done int) {
		w.update(func(x *Progress) { x.Recalled = before + done })
	})
	return err
}
