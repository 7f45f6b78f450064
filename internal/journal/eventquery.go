package journal

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

// EventFilter says which events to return. Empty fields leave out nothing.
type EventFilter struct {
	Types                                             []string // any of them; * stands for anything, as in message.*
	Workflow, WorkflowRunID, RunID, Recipient, Tenant string
	MessageID, ChannelID                              string
	Key                                               string // the cancellation key
	Text                                              string // words of the body, see [Journal.Events]
	Verified                                          *bool
	Since                                             time.Time // received then or later
	Until                                             time.Time // received before
	Failures                                          bool      // those of [webhook.Failures]
	Whole                                             bool      // with header and body, which lists go without

	// Match is asked last, with header and body, about each event that the rest leaves. nil lets all pass.
	Match func(*Event) bool
}

// all is a limit that no journal reaches.
const all = math.MaxInt

// ErrNoWords says that a search text holds nothing to search for.
var ErrNoWords = errors.New("the text to search for holds no letter and no digit")

// Events returns up to limit events, the latest first, without header and body unless the filter is Whole. A before
// other than 0 leaves out that event and all after it: the id of the last one returned leads to the next page.
//
// Text is found in what the body's JSON holds, not in its keys: every word has to be there, in any case; what
// punctuation joins, such as dana@example.com, or quotes enclose, has to stand together; and invoi* stands for all that
// begins so. Of a body the first 256 KB of text are searched. A text without any word is an [ErrNoWords].
func (j *Journal) Events(ctx context.Context, f EventFilter, limit int, before int64) ([]Event, error) {
	return j.events(ctx, f, limit, span{before: before, newestFirst: true})
}

// EventsAfter is Events with the oldest first, and only those after an event: the id of the last one returned leads on,
// now and when more has come.
func (j *Journal) EventsAfter(ctx context.Context, f EventFilter, after int64, limit int) ([]Event, error) {
	return j.events(ctx, f, limit, span{after: after})
}

func (j *Journal) events(ctx context.Context, f EventFilter, limit int, within span) ([]Event, error) {
	q, err := j.search(ctx, f)
	if err != nil {
		return nil, j.explain("reading", err)
	}
	// The newest events may not be indexed yet; those are looked through one by one.
	parts := []func(context.Context, span, int) ([]Event, error){q.recent, q.indexed}
	if !within.newestFirst {
		slices.Reverse(parts)
	}
	var found []Event
	for _, part := range parts {
		if len(found) >= limit {
			break
		}
		more, err := part(ctx, within, limit-len(found))
		if err != nil {
			return nil, j.explain("reading", err)
		}
		found = append(found, more...)
	}
	return found, nil
}

// CountEvents counts what Events would return in all. Of those that were received around Since and Until some may be
// counted to the other side.
func (j *Journal) CountEvents(ctx context.Context, f EventFilter) (int, error) {
	q, err := j.search(ctx, f)
	if err != nil {
		return 0, j.explain("reading", err)
	}
	recent, err := q.recent(ctx, span{}, all)
	if err != nil {
		return 0, j.explain("reading", err)
	}
	if f.Match != nil {
		found, err := q.indexed(ctx, span{}, all)
		if err != nil {
			return 0, j.explain("reading", err)
		}
		return len(recent) + len(found), nil
	}
	from, c := q.from(span{})
	switch {
	case f.Verified != nil:
	case q.match != "":
		from = "event_words" // it knows all that is asked for
	default:
		from = "events INDEXED BY events_by_time" // which is small
	}
	var n int
	if err := j.db.QueryRowContext(ctx, "SELECT count(*) FROM "+from+" WHERE "+c.String(), c.args...).Scan(&n); err != nil {
		return 0, j.explain("reading", err)
	}
	return len(recent) + n, nil
}

// span is a stretch of events.
type span struct {
	after, before int64 // both left out; a before of 0 is no end
	newestFirst   bool
}

// within is the part of the span that lies in another one.
func (s span) within(other span) span {
	s.after = max(s.after, other.after)
	if s.before == 0 || other.before != 0 && other.before < s.before {
		s.before = other.before
	}
	return s
}

// search is a filter made ready for the journal as it is now.
type search struct {
	journal *Journal
	filter  EventFilter
	terms   []term
	span    span   // what the filter's times leave
	until   int64  // the last event in the index
	match   string // for the index; "" for everything
}

func (j *Journal) search(ctx context.Context, f EventFilter) (*search, error) {
	q := &search{journal: j, filter: f}
	var err error
	if q.terms, err = parseTerms(f.Text); err != nil {
		return nil, err
	}
	var last int64
	if err := j.db.QueryRowContext(ctx, "SELECT indexed, (SELECT coalesce(max(id), 0) FROM events) FROM event_state").Scan(&q.until, &last); err != nil {
		return nil, err
	}
	if q.until < last {
		j.index.soon(0)
	}
	if q.match, err = q.matchQuery(ctx); err != nil {
		return nil, err
	}
	if !f.Since.IsZero() {
		if q.span.after, err = j.eventAt(ctx, "SELECT min(id) - 1 FROM (SELECT id FROM events WHERE received_at >= ? ORDER BY received_at LIMIT ?)", f.Since, last); err != nil {
			return nil, err
		}
	}
	if !f.Until.IsZero() {
		if q.span.before, err = j.eventAt(ctx, "SELECT max(id) + 1 FROM (SELECT id FROM events WHERE received_at < ? ORDER BY received_at DESC LIMIT ?)", f.Until, 1); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// outOfOrder is how many events around a time may be stored in another order than they were received, as those of many
// connections are, or those of a clock that was set back.
const outOfOrder = 1000

// eventAt finds the id where a time begins or ends, or the one given when there is no such event.
func (j *Journal) eventAt(ctx context.Context, query string, at time.Time, otherwise int64) (int64, error) {
	var id sql.NullInt64
	err := j.db.QueryRowContext(ctx, query, at.UnixMicro(), outOfOrder).Scan(&id)
	if !id.Valid {
		id.Int64 = otherwise
	}
	return id.Int64, err
}

// recent finds events that are not indexed yet.
func (q *search) recent(ctx context.Context, within span, limit int) ([]Event, error) {
	var c condition
	c.inside("events.id", within.within(q.span).within(span{after: q.until}))
	return q.list(ctx, "events", c, within.newestFirst, limit, q.terms)
}

// indexed finds events by the index.
func (q *search) indexed(ctx context.Context, within span, limit int) ([]Event, error) {
	from, c := q.from(within)
	return q.list(ctx, from, c, within.newestFirst, limit, nil)
}

// from says where indexed events are read from, and which.
func (q *search) from(within span) (from string, c condition) {
	id := "events.id"
	from = "events"
	if q.match != "" {
		id = "event_words.rowid"
		from = "event_words CROSS JOIN events ON events.id = event_words.rowid" // CROSS: in this order
		c.add("event_words MATCH ?", q.match)
	}
	c.inside(id, within.within(q.span).within(span{before: q.until + 1}))
	if v := q.filter.Verified; v != nil {
		c.add("verified = " + map[bool]string{false: "0", true: "1"}[*v]) // in words of the partial indices
	}
	return from, c
}

// list reads events; terms are what their bodies are still to be searched for.
func (q *search) list(ctx context.Context, from string, c condition, newestFirst bool, limit int, terms []term) ([]Event, error) {
	order := " ORDER BY events.id"
	if strings.HasPrefix(from, "event_words") {
		order = " ORDER BY event_words.rowid"
	}
	if newestFirst {
		order += " DESC"
	}
	rows, err := q.journal.db.QueryContext(ctx, "SELECT "+eventColumns+" FROM "+from+" WHERE "+c.String()+order, c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Event
	for len(found) < limit && rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, err
		}
		if !q.filter.matches(&e) || !inText(terms, e.Body) || q.filter.Match != nil && !q.filter.Match(&e) {
			continue
		}
		if !q.filter.Whole {
			e.Header, e.Body = nil, nil
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

// matches reports whether an event is one of those asked for, but for the text.
func (f *EventFilter) matches(e *Event) bool {
	for _, w := range f.wanted() {
		if w.value != "" && w.value != *w.of(&e.Delivery) {
			return false
		}
	}
	isType := func(glob string) bool { return webhook.MatchType(glob, e.Type) }
	return (len(f.Types) == 0 || slices.ContainsFunc(f.Types, isType)) &&
		(!f.Failures || slices.Contains(webhook.Failures, e.Type)) &&
		(f.Verified == nil || *f.Verified == e.Verified) &&
		(f.Since.IsZero() || !e.ReceivedAt.Before(f.Since)) &&
		(f.Until.IsZero() || e.ReceivedAt.Before(f.Until))
}

// condition is a condition in SQL with its arguments.
type condition struct {
	parts []string
	args  []any
}

func (c *condition) add(part string, args ...any) {
	c.parts, c.args = append(c.parts, part), append(c.args, args...)
}

func (c *condition) inside(id string, s span) {
	c.add(id+" > ?", s.after)
	if s.before != 0 {
		c.add(id+" < ?", s.before)
	}
}

func (c condition) String() string { return strings.Join(c.parts, " AND ") }
