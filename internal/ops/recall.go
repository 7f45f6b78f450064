package ops

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
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
func (s *Session) FindRecall(ctx context.Context, scope Scope, since time.Time, progress func(int)) (RecallPlan, error) {
	p := RecallPlan{Scope: scope, Since: since, Beyond: map[string]int{}}
	if err := scope.Check(); err != nil {
		return p, err
	}
	if since.IsZero() {
		return p, refuse("a recall needs a time to begin at: without one it would reach back to every message of %s", scope.Workflow)
	}
	ours := func(run string) bool { return run != "" }
	if !scope.everyone() || scope.KeyGlob != "" || scope.KeyRegex != "" || len(scope.Keys) > 0 {
		runs, err := s.runsOf(ctx, scope, since)
		if err != nil {
			return p, err
		}
		ours = runs.has
	}
	filter := client.MessageFilter{Source: scope.Workflow, Tenant: scope.Tenant, InsertedFrom: since}
	read := 0
	for m, err := range s.Client.Messages(ctx, filter) {
		if err != nil {
			return p, err
		}
		if read++; progress != nil && read%mostArchived == 0 {
			progress(read)
		}
		switch {
		case m.Source.Key != scope.Workflow || !ours(m.Source.WorkflowRecipientRunID):
		case !slices.Contains(inAppChannels, m.Channel.Type):
			p.Beyond[m.Channel.Type]++
		case !m.ArchivedAt.IsZero():
			p.Archived++
		default:
			p.IDs = append(p.IDs, m.ID)
		}
	}
	return p, nil
}

// runSet holds ids of runs by their hash: a million fit in 40 MB.
type runSet struct {
	seed maphash.Seed
	ids  map[uint64]struct{}
}

func (x runSet) has(id string) bool {
	_, ok := x.ids[maphash.String(x.seed, id)]
	return ok
}

func (s *Session) runsOf(ctx context.Context, scope Scope, since time.Time) (runSet, error) {
	out := runSet{maphash.MakeSeed(), map[uint64]struct{}{}}
	in := scope.matcher()
	for _, f := range scope.narrow() {
		f.Statuses = nil
		if f.StartingAt.Before(since) {
			f.StartingAt = since.Add(-time.Second)
		}
		for run, err := range s.Client.Runs(ctx, f) {
			if err != nil {
				return out, err
			}
			if in(&run) {
				out.ids[maphash.String(out.seed, run.ID)] = struct{}{}
			}
		}
	}
	return out, nil
}

// Recall archives the in-app messages of a plan, and returns how many Knock
// archived. What is archived already stays so: recalling twice does no harm.
// progress may be nil.
func (s *Session) Recall(ctx context.Context, p RecallPlan, reason string, progress func(done int)) (int, error) {
	return s.recall(ctx, p, reason, 0, progress)
}

func (s *Session) recall(ctx context.Context, p RecallPlan, reason string, sweep int64, progress func(done int)) (int, error) {
	done := 0
	var failed []error
	for part := range slices.Chunk(p.IDs, mostArchived) {
		messages, err := s.archive(ctx, part, reason, sweep)
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done += len(messages)
		if progress != nil {
			progress(done)
		}
	}
	return done, errors.Join(first(failed)...)
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
		w.update(func(p *SweepProgress) {
			p.Err = errors.Join(p.Err, errors.New("nothing was recalled: no run was pending, and the scope does not say since when"))
		})
		return nil
	}
	p, err := w.s.FindRecall(w.ctx, w.scope, since, nil)
	if err != nil {
		return err
	}
	before := w.Progress().Recalled // by this sweep, before it was cut off
	w.update(func(x *SweepProgress) { x.BeyondRecall = p.BeyondRecall() })
	_, err = w.s.recall(w.ctx, p, w.options.Reason, w.id, func(done int) {
		w.update(func(x *SweepProgress) { x.Recalled = before + done })
	})
	return err
}
