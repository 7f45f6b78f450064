package ops

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// headEvery is how often the newest page is read for arrivals.
	headEvery = 2 * time.Second
	// rereadPause spaces the pages of a repeated reading, so that an operator's own
	// requests find the 5 a second that runs can be read at mostly free.
	rereadPause = 500 * time.Millisecond
	// patience grows from the first to the second while reading fails.
	retryMin, retryMax = 2 * time.Second, 15 * time.Second
)

// DefaultKnown bounds how many runs a feed keeps, and so its memory.
const DefaultKnown = 20_000

// Snapshot is what a feed knows at one moment. Its runs are never changed afterwards.
type Snapshot struct {
	// Runs are newest first.
	Runs []*client.Run
	// Complete is true once the list was read to its end; Bounded when it was
	// not read further because of the feed's bound.
	Complete, Bounded bool
	// ReadAt is when Knock last answered.
	ReadAt time.Time
	// Err is why it does not answer now; the runs stay as they were.
	Err error
}

// Feed keeps a list of runs current within the budget for reading them.
type Feed struct {
	session *Session
	filter  client.RunFilter
	bound   int
	pause   time.Duration // between the pages of a repeated reading

	latest wait.Latest[Snapshot]
	known  map[string]*client.Run // guarded by latest: read and changed where that is
	more   wait.Nudge
}

// Watch starts a feed that reads until ctx ends. bound is the most runs it
// keeps. A filter of pending statuses follows runs until they leave them; any
// other lists what is there.
func (s *Session) Watch(ctx context.Context, filter client.RunFilter, bound int) *Feed {
	return s.watch(ctx, filter, bound, rereadPause)
}

// watch is Watch with a pace of its own.
func (s *Session) watch(ctx context.Context, filter client.RunFilter, bound int, pause time.Duration) *Feed {
	f := &Feed{session: s, filter: filter, bound: bound, pause: pause, known: map[string]*client.Run{}, more: wait.NewNudge()}
	go f.run(ctx)
	return f
}

// Next waits for a snapshot newer than version, and returns it with its own version.
func (f *Feed) Next(ctx context.Context, version int) (Snapshot, int, error) {
	return f.latest.Next(ctx, version)
}

// Refresh asks for a reading now.
func (f *Feed) Refresh() { f.more.Give() }

func (f *Feed) run(ctx context.Context) {
	retry := retryMin
	for first := true; ctx.Err() == nil; {
		err := f.walk(ctx, first)
		pause := headEvery
		if err != nil {
			f.latest.Change(func(s *Snapshot) { s.Err = err })
			pause, retry = retry, min(2*retry, retryMax)
		} else {
			first, retry = false, retryMin
		}
		_ = wait.Rest(ctx, pause, f.more)
	}
}

// walk reads the list from its newest page to its end or the bound. Between the
// pages of a long walk the newest page is read again every headEvery.
func (f *Feed) walk(ctx context.Context, first bool) error {
	seen := map[string]bool{}
	head := time.Now()
	for cursor := (client.Cursor{}); ; {
		page, err := f.read(ctx, cursor, seen)
		if err != nil {
			return err
		}
		bounded := len(seen) >= f.bound
		if page.After == "" || bounded {
			f.prune(seen, bounded)
			return nil
		}
		cursor.After = page.After
		if time.Since(head) >= headEvery {
			head = time.Now()
			if _, err := f.read(ctx, client.Cursor{}, seen); err != nil {
				return err
			}
		}
		if !first {
			_ = wait.Rest(ctx, f.pause, f.more)
		}
	}
}

func (f *Feed) read(ctx context.Context, c client.Cursor, seen map[string]bool) (client.Page[client.Run], error) {
	page, err := f.session.Client.ListRuns(ctx, f.filter, c)
	if err != nil {
		return page, err
	}
	f.latest.Change(func(s *Snapshot) {
		for i := range page.Items {
			r := &page.Items[i]
			seen[r.ID] = true
			f.known[r.ID] = r
		}
		s.Runs = f.sorted()
		s.ReadAt, s.Err = time.Now(), nil
	})
	return page, nil
}

// prune drops what a whole walk did not meet: those runs no longer match.
func (f *Feed) prune(seen map[string]bool, bounded bool) {
	f.latest.Change(func(s *Snapshot) {
		for id := range f.known {
			if !seen[id] {
				delete(f.known, id)
			}
		}
		s.Runs = f.sorted()
		s.Complete, s.Bounded = !bounded, bounded
	})
}

func (f *Feed) sorted() []*client.Run {
	runs := make([]*client.Run, 0, len(f.known))
	for _, r := range f.known {
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b *client.Run) int {
		return cmp.Or(b.InsertedAt.Compare(a.InsertedAt), cmp.Compare(a.ID, b.ID))
	})
	return runs
}
