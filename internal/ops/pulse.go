package ops

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// pageInterval is the pause between the pages that the pulse reads again: it goes on
	// all the time, and what an operator asks for comes first.
	pageInterval = time.Second
	// publishEvery is the least time between two snapshots, frozenEvery between two looks
	// at the workflows: somebody else may freeze one.
	publishEvery = time.Second
	frozenEvery  = 30 * time.Second
)

// Load is what is pending in one workflow.
type Load struct {
	Workflow string
	// Pending counts the pending runs that are known; of these, Keyless cannot be cancelled.
	Pending, Keyless int
	// Oldest is when the oldest of them was inserted.
	Oldest time.Time
	// PerMinute counts the runs that arrived in the last minute, Hour those of the
	// last hour in spans of two minutes, oldest first.
	PerMinute int
	Hour      []float64
	// Trend is how many were pending in each minute of the last hour, oldest first. Of the time before
	// the pulse began it is what is pending still.
	Trend []float64
}

// PulseSnapshot is the state of a profile's pending runs at one moment. It is never
// changed afterwards.
type PulseSnapshot struct {
	// Loads are the workflows that have pending runs, the fullest first.
	Loads []Load
	// Arrived and Ended count the runs that came and that are pending no more, in spans of two minutes
	// of the last hour, oldest first.
	Arrived, Ended []float64
	// Known counts the pending runs; Complete and Bounded are the feed's.
	Known             int
	Complete, Bounded bool
	ReadAt            time.Time
	Err               error
	Runaways          []Runaway
	// Frozen are the inactive workflows in order of their keys. FrozenErr is why
	// they are not known, or not known anew.
	Frozen    []string
	FrozenErr error
	// Wakes is what goes on by itself next.
	Wakes Wakes
	// Commits are the last ones in the environment, the newest first. CommitsErr is why they are not known.
	Commits    []client.Commit
	CommitsErr error
}

// Load is a workflow's, empty when nothing is known to be pending in it.
func (b PulseSnapshot) Load(workflow string) Load {
	for _, l := range b.Loads {
		if l.Workflow == workflow {
			return l
		}
	}
	return Load{Workflow: workflow}
}

// Pulse watches all pending runs of a profile and its frozen workflows, once
// for all pages that show them.
type Pulse struct {
	session *Session
	// Thresholds are the runaway detector's; set them before Start.
	Thresholds RunawayOptions

	ctx   context.Context
	stop  context.CancelFunc
	begin sync.Once
	work  sync.WaitGroup

	latest wait.Latest[PulseSnapshot]
	mu     sync.Mutex
	feed   *Feed
	runs   []*client.Run // what the feed knew last
	more   wait.Nudge    // asks for the frozen workflows now

	workflows map[string]client.Workflow // by key, as they were read last
	pausing   map[string]pausing         // of these, those that fix how long their runs pause
	toRead    []*client.Run              // may tell when they wake
	asked     bool                       // for the workflows, whether or not they were told
}

func newPulse(s *Session) *Pulse {
	ctx, stop := context.WithCancel(context.Background())
	return &Pulse{session: s, ctx: ctx, stop: stop, more: wait.NewNudge()}
}

// Start begins to read, until the session is closed. Only the first call does something.
func (p *Pulse) Start() {
	p.begin.Do(func() {
		feed := p.session.watch(p.ctx, client.RunFilter{Statuses: client.PendingStatuses}, DefaultKnown, pageInterval)
		p.mu.Lock()
		p.feed = feed
		p.mu.Unlock()
		p.work.Go(func() { p.follow(feed) })
		p.work.Go(p.watchFrozen)
	})
}

func (p *Pulse) close() {
	p.stop()
	p.work.Wait()
}

// Now is the last snapshot; it answers at once.
func (p *Pulse) Now() PulseSnapshot { return p.latest.Now() }

// Next waits for a snapshot newer than version, and returns it with its own version.
func (p *Pulse) Next(ctx context.Context, version int) (PulseSnapshot, int, error) {
	return p.latest.Next(ctx, version)
}

// Refresh asks for everything to be read now.
func (p *Pulse) Refresh() {
	p.mu.Lock()
	feed := p.feed
	p.mu.Unlock()
	if feed != nil {
		feed.Refresh()
	}
	p.more.Give()
}

// All are the pending runs that are known, newest first.
func (p *Pulse) All() []*client.Run {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.runs
}

// Runs are those of a workflow.
func (p *Pulse) Runs(workflow string) []*client.Run {
	var runs []*client.Run
	for _, r := range p.All() {
		if r.Workflow == workflow {
			runs = append(runs, r)
		}
	}
	return runs
}

// follow turns what the feed knows into snapshots.
func (p *Pulse) follow(feed *Feed) {
	detector := NewDetector(p.Thresholds, p.session.Client.ServerNow())
	gone := NewDetector(p.Thresholds, p.session.Client.ServerNow()) // counts what is pending no more
	seen, past := map[string]bool{}, newTrend()
	for version := 0; ; {
		snap, now, err := feed.Next(p.ctx, version)
		if err != nil {
			return
		}
		version = now
		fresh := make(map[string]bool, len(snap.Runs))
		for _, r := range snap.Runs {
			if !seen[r.ID] {
				detector.Arrived(r.Workflow, r.InsertedAt)
			}
			fresh[r.ID] = true
		}
		at := p.session.Client.ServerNow()
		if !snap.Bounded { // beyond the bound runs are forgotten that go on
			for id := range seen {
				if !fresh[id] {
					gone.Arrived("", at)
				}
			}
		}
		seen = fresh
		p.mu.Lock()
		p.runs = snap.Runs
		p.mu.Unlock()
		past.note(snap.Runs, at, snap.Complete || snap.Bounded)
		loads := loadsOf(snap.Runs, detector, past, at)
		runaways, wakes := detector.Look(at), p.wakes(at)
		p.latest.Change(func(b *PulseSnapshot) {
			b.Loads, b.Known, b.Runaways = loads, len(snap.Runs), runaways
			b.Wakes = wakes
			b.Arrived, b.Ended = detector.All(at), gone.All(at)
			b.Complete, b.Bounded, b.ReadAt, b.Err = snap.Complete, snap.Bounded, snap.ReadAt, snap.Err
		})
		if wait.Sleep(p.ctx, publishEvery) != nil {
			return
		}
	}
}

func loadsOf(runs []*client.Run, d *Detector, past *trend, now time.Time) []Load {
	by := map[string]*Load{}
	for _, r := range runs {
		l := by[r.Workflow]
		if l == nil {
			l = &Load{Workflow: r.Workflow, Oldest: r.InsertedAt}
			by[r.Workflow] = l
		}
		l.Pending++
		if r.TriggerSource.CancellationKey == "" {
			l.Keyless++
		}
		if r.InsertedAt.Before(l.Oldest) {
			l.Oldest = r.InsertedAt
		}
	}
	out := make([]Load, 0, len(by))
	for l := range maps.Values(by) {
		l.PerMinute, l.Hour = d.PerMinute(l.Workflow, now), d.Hour(l.Workflow, now)
		l.Trend = past.of(l.Workflow)
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Pending, a.Pending), cmp.Compare(a.Workflow, b.Workflow))
	})
	return out
}

// watchFrozen keeps the workflows known, which of them are frozen, and what was committed. Without a service token they
// cannot be, and that is said once.
func (p *Pulse) watchFrozen() {
	for {
		all, err := p.session.Workflows(p.ctx)
		if p.ctx.Err() != nil {
			return
		}
		var commits client.Page[client.Commit]
		commitsErr := err
		if err == nil {
			p.learn(all)
			commits, commitsErr = p.session.Client.ListCommits(p.ctx, "", client.Cursor{})
		}
		p.mu.Lock()
		p.asked = true
		p.mu.Unlock()
		wakes := p.wakes(p.session.Client.ServerNow())
		p.latest.Change(func(b *PulseSnapshot) {
			b.Wakes = wakes
			if b.FrozenErr, b.CommitsErr = err, commitsErr; err == nil {
				b.Frozen = frozenOf(all)
			}
			if err == nil && commitsErr == nil {
				b.Commits = commits.Items
			}
		})
		if errors.Is(err, client.ErrNoServiceToken) || errors.Is(err, client.ErrNoEnvironment) {
			return
		}
		if wait.Rest(p.ctx, frozenEvery, p.more) != nil {
			return
		}
	}
}

func frozenOf(all []client.Workflow) []string {
	var keys []string
	for _, w := range all {
		if !w.Active {
			keys = append(keys, w.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Workflows reads all workflows of the profile's environment, in the order of Knock's list.
func (s *Session) Workflows(ctx context.Context) ([]client.Workflow, error) {
	var all []client.Workflow
	for w, err := range s.Client.Workflows(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}
