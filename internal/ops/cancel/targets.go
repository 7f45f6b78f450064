package cancel

import (
	"cmp"
	"time"
)

// SentTo tells when a target's cancel left last and which action of the journal sent it; ok is
// false as long as none was accepted.
func (q *Queue) SentTo(t Target) (at time.Time, action int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.ledger.of(t)
	return time.UnixMicro(m.sent), m.action, m.sent != 0
}

// Action is the last cancel of a target in the journal, and the first one of the queue where there is none; 0 where
// nothing was written at all.
func (q *Queue) Action(t Target) int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return cmp.Or(q.ledger.of(t).action, q.first)
}

// Reached tells since when cancels of a target may have had effect, those among them whose answer
// was lost; ok is false where none can have had.
func (q *Queue) Reached(t Target) (since time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.ledger.of(t)
	return time.UnixMicro(m.first), m.first != 0
}

// Refused reports that Knock refuses the cancel of a target.
func (q *Queue) Refused(t Target) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ledger.of(t).state == dead
}

// Covers reports that a cancel of a target has left that may take effect still on a run that was
// triggered at a time.
func (q *Queue) Covers(t Target, triggered time.Time) bool {
	at, _, sent := q.SentTo(t)
	return sent && !triggered.After(at.Add(-MinAge)) && q.runner.Client.ServerNow().Sub(at) < repeatAfter
}

// Remember marks a target as cancelled earlier, unless more is known of it.
func (q *Queue) Remember(t Target, at time.Time, action int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.ledger.of(t)
	m.reach(at)
	if m.state == unsent {
		m.sent, m.action, m.repeats, m.state = at.UnixMicro(), action, 0, sentOn
	}
	q.ledger.set(t, m)
}

// Doubt marks a target whose cancel left without an answer that says it is done: the next one is a
// repeat. It may have had effect since a time; zero where it had none.
func (q *Queue) Doubt(t Target, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.ledger.of(t)
	m.reach(at)
	if m.state == unsent {
		m.repeats = 1
	}
	q.ledger.set(t, m)
}
