// Package events is what an operator does with the webhooks that were received: follow, query, count,
// export and replay them.
package events

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/internal/webhook"
)

// Event is an outbound webhook of the journal; one that a list holds has
// neither headers nor body.
type Event = journal.Event

// Filter says which events are meant.
type Filter = journal.EventFilter

// Known reports whether Knock documents this type of webhook.
func Known(kind string) bool { return webhook.Known(kind) }

// Verdict is what is known of who told an event: verified, unverified, or
// reconstructed, which nobody sent.
func Verdict(e Event) string {
	switch {
	case e.Reconstructed:
		return "reconstructed"
	case e.Verified:
		return "verified"
	}
	return "unverified"
}

// Failed reports whether this type tells of a failure.
func Failed(kind string) bool { return slices.Contains(webhook.Failures, kind) }

const (
	// eventPause is the least time between two batches of a watch: each one makes
	// a frame.
	eventPause = 250 * time.Millisecond
	// eventPoll is how long a watch waits for its receiver before it looks into
	// the journal, which other programs write to as well.
	eventPoll = time.Second
	// maxBatch is how many events a watch brings in one batch at most: more than
	// come in eventPause, so that it keeps up with whatever the journal takes in.
	maxBatch = 10_000
	// Page is how many events are read at once.
	Page = 500
)

// Feed is where a profile's outbound webhooks arrive: the receiver of this
// program, when it has one, and the journal that others may write to.
type Feed struct {
	journal *journal.Journal

	mu        sync.Mutex
	receiving Receiving
	following func() Following // nil without a team
	arrived   wait.News        // from the team
}

// Following is how the following of a team's stream goes.
type Following struct {
	Behind uint64 // events that are still to come
	Missed uint64 // events that were dropped there before they came here
	Err    error  // why it is not followed now
}

// String is the following in a few words, "" while there is nothing to say.
func (f Following) String() string {
	switch {
	case f.Err != nil:
		return "no team: " + f.Err.Error()
	case f.Behind > followedWell:
		return fmt.Sprintf("the team has %s more", termtext.Plural(int(f.Behind), "event"))
	case f.Missed > 0:
		return fmt.Sprintf("the team had dropped %s", termtext.Plural(int(f.Missed), "event"))
	}
	return ""
}

// followedWell is how many events may be on their way before it is worth a word.
const followedWell = 1000

// Receiving is the receiver of this program, or why it has none.
type Receiving struct {
	Receiver *webhook.Receiver
	// URL is where it receives, as it is reached from here.
	URL string
	// Secrets are those that it checks signatures with; the first signs replays.
	Secrets []string
	// Err is why it does not receive though it should.
	Err error
}

// State is how the receiving goes.
type State struct {
	// URL is where webhooks are received, "" when this program receives none.
	URL string
	// Err is why it does not receive them though it should.
	Err error
	// Stats are the receiver's counts since it was started.
	Stats webhook.Stats
	// Team is how the team's stream is followed, where there is one.
	Team Following
	// Gaps are the times of the last day in which nothing stood ready to receive,
	// and which no backfill has filled. Only a watch tells them.
	Gaps []journal.Gap
}

// GapWords words the gaps of a state for a line; "" when there are none.
func (s State) GapWords() string {
	if len(s.Gaps) == 0 {
		return ""
	}
	last := s.Gaps[len(s.Gaps)-1]
	words := fmt.Sprintf("nothing received %s to %s", last.Since.Local().Format("15:04:05"), last.Until.Local().Format("15:04:05"))
	if more := len(s.Gaps) - 1; more > 0 {
		words += fmt.Sprintf(", and %d times before", more)
	}
	return words
}

// Receiving reports that this program receives webhooks.
func (s State) Receiving() bool { return s.URL != "" && s.Err == nil }

// String is the state in a few words, "" where nothing is received and nothing should be.
func (s State) String() string {
	switch {
	case s.Err != nil:
		return "no webhooks"
	case s.Receiving():
		return fmt.Sprintf("webhooks %.0f/s", math.Ceil(s.Stats.Rate()))
	case s.Team.Err != nil:
		return "no team"
	}
	return ""
}

func NewFeed(j *journal.Journal) *Feed { return &Feed{journal: j} }

// Receive tells the feed of this program's receiver.
func (f *Feed) Receive(r Receiving) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.receiving = r
}

// Follow tells the feed how the following of a team's stream goes.
func (f *Feed) Follow(state func() Following) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.following = state
}

// Arrived tells those who watch that the journal got something from the team.
func (f *Feed) Arrived() { f.arrived.Tell() }

// State returns how the receiving goes.
func (f *Feed) State() State {
	f.mu.Lock()
	r, following := f.receiving, f.following
	f.mu.Unlock()
	s := State{URL: r.URL, Err: r.Err}
	if following != nil {
		s.Team = following()
	}
	if r.Receiver != nil {
		s.Stats = r.Receiver.Stats()
	}
	return s
}

// changed is closed when the receiver has something new, or without one the team.
func (f *Feed) changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.receiving.Receiver == nil {
		return f.arrived.Next()
	}
	return f.receiving.Receiver.Changed()
}

// Older returns the events before one of that id, newest first, at most Page.
func (f *Feed) Older(ctx context.Context, filter Filter, before int64) ([]Event, error) {
	return f.journal.Events(ctx, filter, Page, before)
}

// Event returns one event whole.
func (f *Feed) Event(ctx context.Context, id int64) (Event, error) {
	return f.journal.Event(ctx, id)
}

// Batch is what a watch found in one go.
type Batch struct {
	// Events are newest first.
	Events []Event
	// Again are those of the newest Page that came more than once, after
	// this program received one that was there already.
	Again []Event
	State State
}

// Watch brings the events that match a filter, as they come.
type Watch struct {
	feed   *Feed
	filter Filter
	last   int64 // the newest event's id
	begun  bool
	looked time.Time

	repeats  int       // that the receiver had counted when Again was read
	recalled time.Time // when that was

	gaps   []journal.Gap
	gapsAt time.Time // when they were read
}

// Watch begins to follow the events that match a filter.
func (f *Feed) Watch(filter Filter) *Watch {
	return &Watch{feed: f, filter: filter}
}

// Next returns the newest page at its first call and then what came since. It
// returns within a second or so with or without events, so that ages and counts
// stay current, and never twice within 250 ms, however fast they come.
func (w *Watch) Next(ctx context.Context) (Batch, error) {
	poll := time.Now().Add(eventPoll)
	for {
		if err := wait.Rest(ctx, time.Until(w.looked.Add(eventPause)), nil); err != nil {
			return Batch{}, err
		}
		changed := w.feed.changed() // asked for before looking, so that nothing slips between
		events, err := w.look(ctx)
		w.looked = time.Now()
		if err != nil {
			return Batch{}, err
		}
		if len(events) > 0 || !w.begun || !w.looked.Before(poll) {
			state := w.feed.State()
			state.Gaps = w.unfilled(ctx)
			again := w.again(ctx, state.Stats.Repeats)
			w.begun = true
			return Batch{events, again, state}, nil
		}
		if err := wait.Rest(ctx, time.Until(poll), changed); err != nil {
			return Batch{}, err
		}
	}
}

func (w *Watch) look(ctx context.Context) (events []Event, err error) {
	if !w.begun {
		events, err = w.feed.journal.Events(ctx, w.filter, Page, 0)
	} else {
		events, err = w.feed.journal.EventsAfter(ctx, w.filter, w.last, maxBatch)
		slices.Reverse(events)
	}
	if len(events) > 0 {
		w.last = events[0].ID
	}
	return events, err
}

// unfilled reads the gaps, at most as often as a receiver says that it stands
// ready. Those that cannot be read now are read later.
func (w *Watch) unfilled(ctx context.Context) []journal.Gap {
	now := time.Now()
	if now.Sub(w.gapsAt) < journal.ReceivingEvery {
		return w.gaps
	}
	gaps, err := w.feed.journal.Gaps(ctx, now.AddDate(0, 0, -1))
	if err == nil {
		w.gapsAt = now
		w.gaps = slices.DeleteFunc(gaps, func(g journal.Gap) bool { return g.Filled })
	}
	return w.gaps
}

// again reads which events came again, at most once in eventPoll. What cannot be
// read is read after the next.
func (w *Watch) again(ctx context.Context, repeats int) []Event {
	if !w.begun {
		w.repeats = repeats // what is read first has them
	}
	if repeats == w.repeats || time.Since(w.recalled) < eventPoll {
		return nil
	}
	newest, err := w.feed.journal.Events(ctx, w.filter, Page, 0)
	if err != nil {
		return nil
	}
	w.repeats, w.recalled = repeats, time.Now()
	return slices.DeleteFunc(newest, func(e Event) bool { return e.Repeats == 0 })
}
