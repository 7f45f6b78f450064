package ops

import (
	"hash/maphash"
	"time"

	"github.com/knockops/knockops/client"
)

// target is what one cancel is about, or a recipient's share of one: all under
// a key, or one recipient's.
type target struct {
	key string
	to  client.Ref // zero for everyone
}

// mark is how far the cancel of a target is.
type mark struct {
	sent    int64 // when it last left, in microseconds since 1970 by Knock's clock; 0 when it did not
	repeats uint8 // how often it was sent again because runs stayed pending
	state   markState
}

type markState uint8

const (
	unsent markState = iota
	queued           // or on its way
	sentOn           // Knock accepted it
	dead             // Knock refuses it
)

// ledger remembers targets by a hash of 64 bits, in a tenth of the room that
// their names would take: a million fit in 40 MB. Two that share a hash would
// be rare, and do no harm but delay: runs that stay pending are cancelled again
// under their own names.
type ledger struct {
	seed  maphash.Seed
	marks map[uint64]mark
}

func newLedger() *ledger {
	return &ledger{seed: maphash.MakeSeed(), marks: map[uint64]mark{}}
}

func (l *ledger) of(t target) mark { return l.marks[maphash.Comparable(l.seed, t)] }

func (l *ledger) set(t target, m mark) { l.marks[maphash.Comparable(l.seed, t)] = m }

// sighting is what a pending run in scope means.
type sighting int

const (
	waiting sighting = iota // a cancel for it is queued or may still take effect
	wanted                  // a cancel has to be sent
	stuck                   // it stays pending whatever is sent
)

// sight says what a pending run means for its target, and counts a repeat.
// A cancel covers the runs that were old enough when it was sent.
func (l *ledger) sight(t target, triggered, now time.Time) sighting {
	m := l.of(t)
	sent := time.UnixMicro(m.sent)
	switch {
	case m.state == unsent:
		return wanted
	case m.state == queued:
		return waiting
	case m.state == dead:
		return stuck
	case triggered.After(sent.Add(-MinCancelAge)):
		m.repeats = 0
		l.set(t, m)
		return wanted // it came after the last cancel
	case now.Sub(sent) < repeatAfter:
		return waiting
	case m.repeats >= mostRepeats:
		return stuck
	}
	m.repeats++
	l.set(t, m)
	return wanted
}

// survey is what a scope that is not separable has to know before it cancels:
// which recipients have, under which key, pending runs out of scope too. A
// cancel would end those with the others, so such pairs are left alone. Hashes
// that collide leave one more pair alone.
type survey struct {
	seed maphash.Seed
	out  map[uint64]struct{}
	upTo time.Time // runs triggered until then were read, by Knock's clock
}

func newSurvey() *survey { return &survey{seed: maphash.MakeSeed(), out: map[uint64]struct{}{}} }

func (s *survey) leave(t target) { s.out[maphash.Comparable(s.seed, t)] = struct{}{} }

func (s *survey) left(t target) bool {
	_, ok := s.out[maphash.Comparable(s.seed, t)]
	return ok
}
