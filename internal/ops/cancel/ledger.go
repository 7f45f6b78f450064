package cancel

import (
	"hash/maphash"
	"time"

	"github.com/knockops/knockops/client"
)

// Target is what one cancel is about, or a recipient's share of one: what is pending under a key of
// a workflow, of everyone or of one recipient. A recipient without a name is nobody, never everyone.
type Target struct {
	Workflow, Key string
	To            client.Ref
	Everyone      bool
}

// mark is how far the cancel of a target is.
type mark struct {
	sent    int64 // when it last left, in microseconds since 1970 by Knock's clock; 0 when it did not
	first   int64 // when one left first that may have had effect; 0 when none did
	action  int64 // the last one, in the journal, whether it left or not
	repeats uint8 // how often it was sent again because runs stayed pending
	state   markState
}

// reach notes that a cancel that left at a time may have had effect.
func (m *mark) reach(at time.Time) {
	if !at.IsZero() && (m.first == 0 || at.UnixMicro() < m.first) {
		m.first = at.UnixMicro()
	}
}

type markState uint8

const (
	unsent markState = iota
	queued           // or on its way
	sentOn           // Knock accepted it
	dead             // Knock refuses it
)

// ledger remembers targets by a hash of 64 bits, in a tenth of the room that their names would
// take: a million fit in 50 MB. Two that share a hash would be rare, and do no harm but delay: runs
// that stay pending are cancelled again under their own names.
type ledger struct {
	seed  maphash.Seed
	marks map[uint64]mark
}

func newLedger() *ledger { return &ledger{maphash.MakeSeed(), map[uint64]mark{}} }

func (l *ledger) of(t Target) mark { return l.marks[maphash.Comparable(l.seed, t)] }

func (l *ledger) set(t Target, m mark) { l.marks[maphash.Comparable(l.seed, t)] = m }

// Sighting is what a pending run in scope means.
type Sighting int

// What a run that is read as pending means for its target.
const (
	Waiting Sighting = iota // a cancel for it is queued, or may still take effect
	Queued                  // a cancel was queued for it just now
	Stuck                   // it stays pending whatever is sent
	Refused                 // Knock refuses the cancel
)

// sight says what a pending run means for its target, and counts a repeat. A cancel covers the runs
// that were old enough when it was sent.
func (l *ledger) sight(t Target, triggered, now time.Time) Sighting {
	m := l.of(t)
	sent := time.UnixMicro(m.sent)
	switch {
	case m.state == unsent:
		return Queued
	case m.state == queued:
		return Waiting
	case m.state == dead:
		return Refused
	case triggered.After(sent.Add(-MinAge)):
		m.repeats = 0
		l.set(t, m)
		return Queued // it came after the last cancel
	case now.Sub(sent) < repeatAfter:
		return Waiting
	case m.repeats >= mostRepeats:
		return Stuck
	}
	m.repeats++
	l.set(t, m)
	return Queued
}
