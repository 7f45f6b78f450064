package ops

import (
	"slices"
	"time"

	"github.com/knockops/knockops/client"
)

// trendMinutes is how far back what was pending is known.
const trendMinutes = 60

// trend keeps how much was pending in each workflow, minute by minute. Of the time before it was
// made it knows what is pending still, which is the least that was.
type trend struct {
	minute int64 // the newest
	counts map[string]*[trendMinutes]int
	began  bool
}

func newTrend() *trend { return &trend{counts: map[string]*[trendMinutes]int{}} }

// note takes what is pending now for this minute, and for those since the last one. Until the list
// was read as far as it ever will be, whole, each reading begins anew.
func (t *trend) note(runs []*client.Run, now time.Time, whole bool) {
	minute := now.Unix() / 60
	if !t.began {
		t.minute = minute - trendMinutes
		clear(t.counts)
	}
	for _, c := range t.counts {
		for m := max(t.minute+1, minute-trendMinutes+1); m <= minute; m++ {
			c[m%trendMinutes] = 0
		}
		c[minute%trendMinutes] = 0
	}
	from := max(t.minute+1, minute-trendMinutes+1) // minutes of which nothing else is known
	if from > minute {
		from = minute
	}
	t.minute, t.began = minute, t.began || whole
	for _, r := range runs {
		c := t.counts[r.Workflow]
		if c == nil {
			c = new([trendMinutes]int)
			t.counts[r.Workflow] = c
		}
		for m := min(minute, max(from, r.InsertedAt.Unix()/60)); m <= minute; m++ {
			c[m%trendMinutes]++
		}
	}
	for workflow, c := range t.counts {
		if !slices.ContainsFunc(c[:], func(n int) bool { return n > 0 }) {
			delete(t.counts, workflow)
		}
	}
}

// of is what was pending in a workflow in each minute of the last hour, oldest first.
func (t *trend) of(workflow string) []float64 {
	out := make([]float64, trendMinutes)
	if c := t.counts[workflow]; c != nil {
		for i := range out {
			out[i] = float64(c[(t.minute+1+int64(i))%trendMinutes])
		}
	}
	return out
}
