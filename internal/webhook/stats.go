package webhook

import (
	"maps"
	"slices"
	"time"
)

// Reason is why a request was refused.
type Reason string

// The reasons to refuse a request.
const (
	BadPath      Reason = "path"
	BadMethod    Reason = "method"
	BadType      Reason = "content type"
	BadSignature Reason = "signature"
	TooLarge     Reason = "too large"
	TooSlow      Reason = "too slow"
	CutOff       Reason = "cut off"
	NotEvent     Reason = "not an event"
)

// Stats are the counts of a receiver since it was made.
type Stats struct {
	Received    int   // requests to take a webhook, whatever became of them
	Stored      int   // events that are new in the journal
	Repeats     int   // events that were there before
	Unverified  int   // of those stored: taken without a secret to check them with
	Unavailable int   // answered 503 because they could not be stored; Knock sends them again
	Problem     error // why the last of those could not be stored; nil as long as all could
	Refused     map[Reason]int
	ByType      map[string]int // of those stored
	Forwards    []ForwardStats // for each target
	PerSecond   [60]int        // stored and repeated in each of the last 60 seconds; the last one is under way
}

// Other counts the types in ByType beyond the first 200: nobody makes a receiver keep more names than that.
const Other = "other"

const maxTypes = 200

// Rate is how many events came in a second, over the last five full ones.
func (s Stats) Rate() float64 {
	const seconds = 5
	n := 0
	for _, c := range s.PerSecond[len(s.PerSecond)-1-seconds : len(s.PerSecond)-1] {
		n += c
	}
	return float64(n) / seconds
}

// Failures counts those stored that tell of something that did not reach its recipient.
func (s Stats) Failures() (n int) {
	for _, t := range Failures {
		n += s.ByType[t]
	}
	return n
}

// RefusedAll counts the refused for whatever reason.
func (s Stats) RefusedAll() (n int) {
	for _, c := range s.Refused {
		n += c
	}
	return n
}

func (s *Stats) clone(perSecond [60]int) Stats {
	c := *s
	c.Refused, c.ByType, c.Forwards, c.PerSecond = maps.Clone(s.Refused), maps.Clone(s.ByType), slices.Clone(s.Forwards), perSecond
	return c
}

func (s *Stats) refuse(why Reason) {
	if s.Refused == nil {
		s.Refused = map[Reason]int{}
	}
	s.Refused[why]++
}

func (s *Stats) keep(d *Delivery, fresh bool) {
	if !fresh {
		s.Repeats++
		return
	}
	s.Stored++
	if !d.Verified {
		s.Unverified++
	}
	if s.ByType == nil {
		s.ByType = map[string]int{}
	}
	name := d.Type
	if _, there := s.ByType[name]; !there && len(s.ByType) >= maxTypes {
		name = Other
	}
	s.ByType[name]++
}

// rate counts events by second.
type rate struct {
	counts [60]int
	second int64 // the second of the newest count
}

func (r *rate) add(now time.Time, n int) {
	r.advance(now)
	r.counts[r.second%60] += n
}

// advance empties the seconds in which nothing came.
func (r *rate) advance(now time.Time) {
	second := now.Unix()
	for s := max(r.second+1, second-59); s <= second; s++ {
		r.counts[s%60] = 0
	}
	r.second = max(r.second, second)
}

func (r *rate) lastMinute(now time.Time) (counts [60]int) {
	r.advance(now)
	for i := range counts {
		counts[i] = r.counts[(r.second+1+int64(i))%60]
	}
	return counts
}
