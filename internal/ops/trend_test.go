package ops

import (
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
)

func TestTheTrendKeepsWhatWasPending(t *testing.T) {
	at := func(minute int) time.Time { return time.Unix(int64(1_000_000*60+minute*60+5), 0) }
	run := func(minute int) *client.Run { return &client.Run{Workflow: "welcome", InsertedAt: at(minute)} }
	last := func(tr *trend, n int) []float64 { return tr.of("welcome")[trendMinutes-n:] }
	tr := newTrend()
	tr.note([]*client.Run{run(10)}, at(10), false)
	tr.note([]*client.Run{run(8), run(9), run(10)}, at(10), true)
	if got, want := last(tr, 4), []float64{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("at first it is what is pending still: %v, want %v", got, want)
	}
	tr.note([]*client.Run{run(8)}, at(10), true)
	if got, want := last(tr, 4), []float64{0, 1, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("what ended leaves the past as it was: %v, want %v", got, want)
	}
	tr.note([]*client.Run{run(8), run(12)}, at(12), true)
	if got, want := last(tr, 5), []float64{1, 2, 1, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("after two minutes: %v, want %v", got, want)
	}
	tr.note(nil, at(12+trendMinutes), true)
	if len(tr.counts) != 0 {
		t.Errorf("an hour after the last run it still keeps %d workflows", len(tr.counts))
	}
}
