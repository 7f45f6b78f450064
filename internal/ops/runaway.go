package ops

import (
	"cmp"
	"slices"
	"time"
)

const (
	// bucketSeconds is the span in which arrivals are counted together.
	bucketSeconds = 10
	buckets       = 360 // an hour of them
	perMinute     = 60 / bucketSeconds
	// flowing is in how many buckets of the last minute runs must have arrived: one
	// trigger with a thousand recipients is a burst and is over, not a runaway.
	flowing = 4
	// judgedBy is how many minutes before the last one must be known for a baseline.
	judgedBy = 3
)

// RunawayOptions are the thresholds of a [Detector]; a zero field has its default.
type RunawayOptions struct {
	// Least is the rate in runs a minute below which nothing is a runaway; 0 is 120.
	Least float64
	// Factor is how many times its baseline a rate must be; 0 is 5.
	Factor float64
}

// Runaway is a workflow into which runs arrive far faster than is usual for it.
type Runaway struct {
	Workflow string
	// PerMinute is the rate of the last minute, Usual the baseline, both in runs a minute.
	PerMinute, Usual float64
	// Guessed is true while too little is known for a baseline, and Usual is none.
	Guessed bool
	// Since is when it was noticed.
	Since time.Time
}

// Detector holds each workflow's rate of new runs against that workflow's own
// last hour. The baseline is what three quarters of the minutes it knows of
// reach, so a runaway that has gone on for a while does not pass for usual. It
// is not safe for concurrent use.
type Detector struct {
	opts  RunawayOptions
	since time.Time // all that came after this was seen
	flows map[string]*arrivals
}

// arrivals is what arrived in one workflow.
type arrivals struct {
	counts [buckets]int
	newest int64     // number of the newest bucket
	oldest time.Time // the first arrival
	alarm  *Runaway
}

// NewDetector makes a detector that sees everything from since on. What it is
// told of the time before that counts, but silence before it says nothing.
func NewDetector(o RunawayOptions, since time.Time) *Detector {
	o.Least, o.Factor = cmp.Or(o.Least, 120), cmp.Or(o.Factor, 5)
	return &Detector{opts: o, since: since, flows: map[string]*arrivals{}}
}

// Arrived counts a run by the time at which it was inserted. Arrivals more than
// an hour older than the newest are not counted.
func (d *Detector) Arrived(workflow string, at time.Time) {
	f := d.flows[workflow]
	if f == nil {
		f = &arrivals{newest: bucketOf(at), oldest: at}
		d.flows[workflow] = f
	}
	if at.Before(f.oldest) {
		f.oldest = at
	}
	f.advance(at)
	if n := bucketOf(at); n > f.newest-buckets {
		f.counts[n%buckets]++
	}
}

func bucketOf(at time.Time) int64 { return at.Unix() / bucketSeconds }

// advance moves the newest bucket on to now and empties those in between.
func (f *arrivals) advance(now time.Time) {
	n := bucketOf(now)
	for i := max(f.newest+1, n-buckets+1); i <= n; i++ {
		f.counts[i%buckets] = 0
	}
	f.newest = max(f.newest, n)
}

// minute sums the minute that ended ago minutes before the newest bucket's end.
func (f *arrivals) minute(ago int) int {
	sum := 0
	for i := range int64(perMinute) {
		sum += f.counts[(f.newest-int64(ago*perMinute)-i)%buckets]
	}
	return sum
}

// Look returns the runaways at this moment, the fastest first.
func (d *Detector) Look(now time.Time) []Runaway {
	var out []Runaway
	for workflow, f := range d.flows {
		f.advance(now)
		if d.judge(workflow, f, now); f.alarm != nil {
			out = append(out, *f.alarm)
		}
	}
	slices.SortFunc(out, func(a, b Runaway) int {
		return cmp.Or(cmp.Compare(b.PerMinute, a.PerMinute), cmp.Compare(a.Workflow, b.Workflow))
	})
	return out
}

// judge raises an alarm, keeps it while the rate is more than half of what
// raised it, and ends it. While it lasts, its baseline stands: else what lasts
// would become usual. One that was raised without a baseline is judged by the
// first there is.
func (d *Detector) judge(workflow string, f *arrivals, now time.Time) {
	rate := float64(f.minute(0))
	usual, known := d.baseline(f)
	if f.alarm != nil {
		f.alarm.PerMinute = rate
		if f.alarm.Guessed && known {
			f.alarm.Usual, f.alarm.Guessed = usual, false
		}
		if rate < d.threshold(f.alarm.Usual)/2 {
			f.alarm = nil
		}
		return
	}
	if rate >= d.threshold(usual) && f.flows() {
		f.alarm = &Runaway{Workflow: workflow, PerMinute: rate, Usual: usual, Guessed: !known, Since: now}
	}
}

func (d *Detector) threshold(usual float64) float64 { return max(d.opts.Least, d.opts.Factor*usual) }

func (f *arrivals) flows() bool {
	n := 0
	for i := range int64(perMinute) {
		if f.counts[(f.newest-i)%buckets] > 0 {
			n++
		}
	}
	return n >= flowing
}

// baseline is the lower quartile of the minutes before the last one that are
// known. Where too few are, Least stands for it.
func (d *Detector) baseline(f *arrivals) (usual float64, known bool) {
	since := d.since
	if f.oldest.Before(since) {
		since = f.oldest
	}
	first := bucketOf(since)
	var minutes []int
	for ago := 1; ago < buckets/perMinute && f.newest-int64((ago+1)*perMinute) >= first; ago++ {
		minutes = append(minutes, f.minute(ago))
	}
	if len(minutes) < judgedBy {
		return d.opts.Least, false
	}
	slices.Sort(minutes)
	return float64(minutes[len(minutes)/4]), true
}

// PerMinute is the number of runs that arrived in a workflow in the last minute.
func (d *Detector) PerMinute(workflow string, now time.Time) int {
	f := d.flows[workflow]
	if f == nil {
		return 0
	}
	f.advance(now)
	return f.minute(0)
}

// Hour is what arrived in a workflow in each of the last 30 two-minute spans, oldest first.
func (d *Detector) Hour(workflow string, now time.Time) []float64 {
	const spans = buckets / perMinute / 2
	out := make([]float64, spans)
	f := d.flows[workflow]
	if f == nil {
		return out
	}
	f.advance(now)
	for i := range spans {
		out[spans-1-i] = float64(f.minute(2*i) + f.minute(2*i+1))
	}
	return out
}

// All is what arrived in all workflows in each of the last 30 two-minute spans, oldest first.
func (d *Detector) All(now time.Time) []float64 {
	all := d.Hour("", now)
	for workflow := range d.flows {
		if workflow == "" {
			continue
		}
		for i, n := range d.Hour(workflow, now) {
			all[i] += n
		}
	}
	return all
}
